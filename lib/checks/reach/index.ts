import type { Rule } from '../rule.js';
import { crossNamespace } from './cross-namespace.js';
import { sourceNotAllowed } from './source-not-allowed.js';

/** Nobody reaches further than they may. */
export const REACH: readonly Rule[] = [crossNamespace, sourceNotAllowed];
