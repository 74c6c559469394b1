import type { FieldPath } from '../../model/cluster-model.js';
import { pointerOf } from '../../model/schema.js';
import type { JsonObject } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';
import { verdictsOf } from '../shared/verdicts.js';

/** Every custom resource keeps the rules that its CRD states in CEL, beyond what a schema can say of a field. */
export const crdRule: Rule = {
  id: 'crd-rule',
  title: 'Every custom resource keeps the rules of its CRD',
  *check(cluster) {
    for (const { on, problems } of verdictsOf(cluster)) {
      for (const { path, message } of problems) {
        yield {
          on,
          field: path,
          what: `${path.length === 0 ? nameOf(on) : `${pointerOf(path)} of ${nameOf(on)}`} breaks a rule of its CRD, and the API server refuses it: ${message}`,
          given: scalarAt(on.object, path),
        };
      }
    }
  },
};

/** The value of a field that has a plain one; what is larger does not say more than its place. */
function scalarAt(object: JsonObject, path: FieldPath): string | undefined {
  let value: unknown = object;
  for (const step of path) value = (value as Record<string | number, unknown> | null | undefined)?.[step];
  return typeof value === 'object' || value === undefined ? undefined : JSON.stringify(value);
}
