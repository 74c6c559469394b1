import type { Rule } from '../rule.js';
import { controllerMissing } from './controller-missing.js';
import { dependencyCycle } from './dependency-cycle.js';
import { dependencyMissing } from './dependency-missing.js';
import { layerContent } from './layer-content.js';
import { undefinedVariable } from './undefined-variable.js';
import { valuesFrom } from './values-from.js';

/** It will become ready: nothing is waited for that does not come. */
export const READY: readonly Rule[] = [
  layerContent,
  dependencyMissing,
  dependencyCycle,
  controllerMissing,
  undefinedVariable,
  valuesFrom,
];
