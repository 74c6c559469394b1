import type { Finding } from '../finding.js';
import { whereIs } from '../model/cluster-model.js';
import type { ClusterModel } from '../model/cluster-model.js';
import { allowedRules } from './allowed-rules.js';
import { apiVersion } from './api-version.js';
import { controllerMissing } from './controller-missing.js';
import { crossNamespace } from './cross-namespace.js';
import { dependencyCycle } from './dependency-cycle.js';
import { dependencyMissing } from './dependency-missing.js';
import { duplicateObject } from './duplicate-object.js';
import { identity } from './identity.js';
import { labels } from './labels.js';
import { layerContent } from './layer-content.js';
import { layerDirectories } from './layer-directories.js';
import { plaintextSecret } from './plaintext-secret.js';
import type { Rule } from './rule.js';
import { schema } from './schema.js';
import { sourceNotAllowed } from './source-not-allowed.js';
import { undefinedVariable } from './undefined-variable.js';
import { unsafeText } from './unsafe-text.js';
import { valuesFrom } from './values-from.js';

const JUDGES: readonly Rule[] = [
  identity,
  duplicateObject,
  layerContent,
  layerDirectories,
  dependencyMissing,
  dependencyCycle,
  apiVersion,
  controllerMissing,
  crossNamespace,
  schema,
  labels,
  plaintextSecret,
  sourceNotAllowed,
  undefinedVariable,
  unsafeText,
  valuesFrom,
];

/** Rules that the synth itself keeps while it makes the model, and that may be allowed. */
const KEPT_BEFORE = ['scope-unknown'];

/** The rules, in the order in which their findings are told. */
export const RULES: readonly Rule[] = [...JUDGES, allowedRules([...JUDGES.map((r) => r.id), ...KEPT_BEFORE])];

/** What is wrong with a cluster, without what its code allows. */
export function checkCluster(cluster: ClusterModel, rules: readonly Rule[] = RULES): Finding[] {
  return rules.flatMap((rule) =>
    [...rule.check(cluster)]
      .filter(({ on }) => !on.allowed.some((a) => a.rule === rule.id))
      .map(({ on, ...finding }) => ({ rule: rule.id, ...finding, where: whereIs(on) })),
  );
}
