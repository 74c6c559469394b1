import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MIB = 2 ** 20;
const LEAST = 48 * MIB;

/**
 * Keeps the memory of a long run low. Between two clusters nearly all of a thread's memory is garbage, but where a machine
 * has much of it, V8 lets hundreds of MiB pile up before it looks. Asked after each cluster, it has the garbage collected
 * when the heap is twice as large as what was in use the last time.
 */
export class Memory {
  private limit = LEAST;
  private collect: (() => void) | undefined;

  check(): void {
    if (getHeapStatistics().used_heap_size < this.limit) return;
    this.collect ??= garbageCollector();
    this.collect();
    this.limit = Math.max(LEAST, 2 * getHeapStatistics().used_heap_size);
  }
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
