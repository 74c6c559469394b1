import type { Rule } from '../rule.js';
import { duplicateObject } from './duplicate-object.js';
import { layerDirectories } from './layer-directories.js';
import { plaintextSecret } from './plaintext-secret.js';

/** Nothing dies by accident, and nothing leaks. */
export const ACCIDENT: readonly Rule[] = [duplicateObject, layerDirectories, plaintextSecret];
