import { readFileSync, realpathSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem, type } from 'node:os';

/** The machine that was measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Type of the file system that the contenders wrote to, such as tmpfs. */
  readonly fileSystem: string;
}

export function machine(directory: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: type(),
    node: process.versions.node,
    fileSystem: fileSystemOf(directory),
  };
}

export function machineText({ cpu, cores, memoryGiB, system, node, fileSystem }: Machine): string {
  return `${cores} cores (${cpu}), ${memoryGiB} GiB, ${system}, Node.js ${node}, files on ${fileSystem}`;
}

/** How many processes others ran in the last minute, on average; 0 where the system does not tell. */
export function load(): number {
  return loadavg()[0] ?? 0;
}

/** The type of the file system that a directory is on; `unknown` where the system does not tell. */
export function fileSystemOf(directory: string): string {
  try {
    return typeAt(realpathSync(directory), readFileSync('/proc/mounts', 'utf8'));
  } catch {
    return 'unknown';
  }
}

/** The type of the mount that a path is below, from the lines of /proc/mounts. */
export function typeAt(path: string, mounts: string): string {
  const above = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([, at, kind]) => (at === undefined || kind === undefined ? [] : [{ at, kind }]))
    .filter(({ at }) => path === at || path.startsWith(at.endsWith('/') ? at : `${at}/`));
  // Of two mounts on one place the later one counts.
  return above.reduce((best, m) => (m.at.length >= best.at.length ? m : best), { at: '', kind: 'unknown' }).kind;
}
