import type { SaidOf } from '../word.js';
import { ACCIDENT } from './accident.js';
import { APPLY } from './apply.js';
import { REACH } from './reach.js';
import { READY } from './ready.js';

/** What is said of each case that is brought on a cluster. */
export const SAID: SaidOf = { ...APPLY, ...READY, ...REACH, ...ACCIDENT };
