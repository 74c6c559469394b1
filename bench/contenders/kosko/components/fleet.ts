import { plainCluster } from '../../../objects.js';
import { sizeFrom } from '../../../sizes.js';

const size = sizeFrom(process.argv.slice(3));

/** A component of kosko: the objects of the cluster whose turn it is. */
export default function (): unknown[] {
  return [...plainCluster(process.env.BENCH_CLUSTER!, size).values()].flat();
}
