import type { Rule } from '../rule.js';
import { duplicateObject } from './duplicate-object.js';
import { fluxPlaceholder } from './flux-placeholder.js';
import { fluxPrunable } from './flux-prunable.js';
import { layerDirectories } from './layer-directories.js';
import { namespaceRenamed } from './namespace-renamed.js';
import { plaintextSecret } from './plaintext-secret.js';
import { plaintextValue } from './plaintext-value.js';
import { pruneUnguarded } from './prune-unguarded.js';
import { releaseTwoOwners } from './release-two-owners.js';
import { secretTwoOwners } from './secret-two-owners.js';

/** Nothing dies by accident, and nothing leaks. */
export const ACCIDENT: readonly Rule[] = [
  duplicateObject,
  layerDirectories,
  namespaceRenamed,
  secretTwoOwners,
  releaseTwoOwners,
  fluxPlaceholder,
  fluxPrunable,
  pruneUnguarded,
  plaintextSecret,
  plaintextValue,
];
