import type { Files } from './temp-dir.js';

const COUNT = 100;

/** Two states of one cluster between which a process goes back and forth until it is killed; half of the files are shared. */
export function generation(name: 'a' | 'b'): Files {
  const shared = Array.from({ length: COUNT }, (_, i) => [`shared/${i % 20}/${i}.yaml`, content(name, i)]);
  const own = Array.from({ length: COUNT }, (_, i) => [`${name}/${i % 20}/${i}.yaml`, content(name, i)]);
  return Object.fromEntries([...shared, ...own]) as Files;
}

function content(name: string, i: number): string {
  return `generation: ${name}\nfiller: ${name.repeat((i * 97) % 9000)}\nend: ${name}\n`;
}
