// A process of its own for the tests of the writer:
//   synth-child.ts forever <outdir>            writes one state after the other until it is killed
//   synth-child.ts rounds <outdir> <cluster>   fills and empties a cluster's directory many times, and fills it at last
//   synth-child.ts once <outdir> <JSON>        writes these files once, and prints the text of the error
import { writeSync } from 'node:fs';
import { generation } from './generations.js';
import { synth } from './output.js';
import type { Files } from './temp-dir.js';

const [mode, outdir, argument] = process.argv.slice(2) as [string, string, string];

if (mode === 'forever') {
  const [a, b] = [generation('a'), generation('b')];
  synth(outdir, b);
  writeSync(1, 'ready\n');
  for (;;) {
    synth(outdir, a);
    synth(outdir, b);
  }
} else if (mode === 'rounds') {
  const unit = { owner: `fleet "${argument}"`, root: `clusters/${argument}` };
  for (let round = 0; round < 100; round++) {
    synth(outdir, {}, unit);
    synth(outdir, { 'a.yaml': argument, 'a/b/c.yaml': argument }, unit);
  }
} else {
  try {
    synth(outdir, JSON.parse(argument) as Files);
  } catch (error) {
    writeSync(1, (error as Error).message);
  }
}
