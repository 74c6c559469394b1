// The second thread of a synth, from the sources: worker threads take no loader from their parent.
import { register } from 'tsx/esm/api';

register();
await import('../../lib/synth/thread/worker.ts');
