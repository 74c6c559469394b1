import type { Rule } from '../rule.js';
import { admissionPolicyMissing } from './admission-policy-missing.js';
import { buildFailed } from './build-failed.js';
import { configMapMissing } from './config-map-missing.js';
import { controllerMissing } from './controller-missing.js';
import { crdMissing } from './crd-missing.js';
import { crdOrder } from './crd-order.js';
import { decryptionMissing } from './decryption-missing.js';
import { dependencyCycle } from './dependency-cycle.js';
import { dependencyKind } from './dependency-kind.js';
import { dependencyMissing } from './dependency-missing.js';
import { dependencyNotWaiting } from './dependency-not-waiting.js';
import { dependencySuspended } from './dependency-suspended.js';
import { eventSourceMissing } from './event-source-missing.js';
import { healthCheckMissing } from './health-check-missing.js';
import { issuerMissing } from './issuer-missing.js';
import { keyMissing } from './key-missing.js';
import { layerContent } from './layer-content.js';
import { namespaceMissing } from './namespace-missing.js';
import { pathEmpty } from './path-empty.js';
import { pathIgnored } from './path-ignored.js';
import { pathMissing } from './path-missing.js';
import { policyOrder } from './policy-order.js';
import { providerMissing } from './provider-missing.js';
import { roleMissing } from './role-missing.js';
import { secretMissing } from './secret-missing.js';
import { serviceAccountMissing } from './service-account-missing.js';
import { sourceMissing } from './source-missing.js';
import { timeoutTooShort } from './timeout-too-short.js';
import { undefinedVariable } from './undefined-variable.js';
import { unreachedFile } from './unreached-file.js';
import { valuesFrom } from './values-from.js';
import { variableName } from './variable-name.js';
import { variableNotSubstituted } from './variable-not-substituted.js';
import { variableType } from './variable-type.js';
import { variableUnmeant } from './variable-unmeant.js';

/** What is referred to is on the cluster. */
export const REFERENCES: readonly Rule[] = [
  crdMissing,
  crdOrder,
  namespaceMissing,
  sourceMissing,
  secretMissing,
  configMapMissing,
  keyMissing,
  serviceAccountMissing,
  roleMissing,
  issuerMissing,
  providerMissing,
  eventSourceMissing,
  admissionPolicyMissing,
  healthCheckMissing,
];

/** It will become ready: nothing is waited for that does not come. */
export const READY: readonly Rule[] = [
  layerContent,
  pathMissing,
  pathIgnored,
  buildFailed,
  pathEmpty,
  unreachedFile,
  dependencyMissing,
  dependencyKind,
  dependencyCycle,
  dependencySuspended,
  dependencyNotWaiting,
  timeoutTooShort,
  policyOrder,
  controllerMissing,
  undefinedVariable,
  variableUnmeant,
  variableType,
  variableName,
  variableNotSubstituted,
  decryptionMissing,
  valuesFrom,
  ...REFERENCES,
];
