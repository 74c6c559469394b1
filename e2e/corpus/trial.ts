import { readCase } from '../../test/support/corpus.js';
import type { TestCluster } from '../environment/cluster.js';
import { heard, othersReady, speaker } from './hearing.js';
import { steady } from './page.js';
import type { Row } from './page.js';
import { SAID } from './said/index.js';
import { withoutObject } from './stage.js';
import type { Stage } from './stage.js';
import { wordsOf } from './table.js';

/**
 * Brings a case on the cluster, and waits until it has said of each finding what it is expected to say, and until all else
 * is ready. Returns what was said, in the order of the findings.
 */
export async function tryCase(cluster: TestCluster, stage: Stage, name: string): Promise<Row['said'][]> {
  const { before, after, besides = {}, ...surroundings } = SAID[name] ?? {};
  const { files } = readCase(name);
  const words = wordsOf(name);
  const unready = [...Object.keys(besides), ...words.flatMap((word) => ('of' in word ? [word.of] : []))];
  const rest = () => othersReady(cluster, unready);
  const said: Row['said'][] = [];
  const brought = new Map<string | undefined, Awaited<ReturnType<Stage['bring']>>>();
  for (const word of words.length === 0 ? [undefined] : words) {
    const without = word !== undefined && 'without' in word ? word.without : undefined;
    if (!brought.has(without)) {
      const own = without === undefined ? files : withoutObject(files, without);
      brought.set(without, await stage.bring(before?.(own) ?? own, surroundings));
      for (const commit of [before && own, after?.(own)]) {
        if (commit === undefined) continue;
        await othersReady(cluster, []);
        await stage.commit(commit);
      }
    }
    if (word === undefined) continue;
    if ('object' in word) await rest();
    if ('unheard' in word) said.push(undefined);
    else said.push({ of: speaker(word), text: steady(await heard(cluster, brought.get(without)!, word), word.says) });
  }
  await rest();
  return said;
}
