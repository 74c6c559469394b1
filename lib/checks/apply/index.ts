import type { Rule } from '../rule.js';
import { apiVersion } from './api-version.js';
import { identity } from './identity.js';
import { labels } from './labels.js';
import { schema } from './schema.js';
import { unsafeText } from './unsafe-text.js';

/** It will apply: neither kustomize nor the API server refuses it. */
export const APPLY: readonly Rule[] = [identity, apiVersion, schema, labels, unsafeText];
