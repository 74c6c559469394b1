import type { Rule } from '../rule.js';
import { apiVersion } from './api-version.js';
import { crdRule } from './crd-rule.js';
import { identity } from './identity.js';
import { labels } from './labels.js';
import { layerTooLarge } from './layer-too-large.js';
import { namespaceNotSaid } from './namespace-not-said.js';
import { objectName } from './object-name.js';
import { objectTooLarge } from './object-too-large.js';
import { schema } from './schema.js';
import { sopsEnvelope } from './sops-envelope.js';
import { subjectNamespace } from './subject-namespace.js';
import { unsafeText } from './unsafe-text.js';

/** It will apply: neither kustomize nor the API server refuses it. */
export const APPLY: readonly Rule[] = [
  identity,
  apiVersion,
  schema,
  crdRule,
  objectName,
  namespaceNotSaid,
  subjectNamespace,
  labels,
  unsafeText,
  sopsEnvelope,
  objectTooLarge,
  layerTooLarge,
];
