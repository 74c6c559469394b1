import { validateObject } from '../../model/schema.js';
import type { SchemaProblem } from '../../model/schema.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** Every field is one that its kind has, with a value that it takes: the CRDs' and Kubernetes' own schemas. */
export const schema: Rule = {
  id: 'invalid-field',
  *check(cluster) {
    const files = Object.values(cluster.system.files).flatMap((f) => ('objects' in f ? f.objects : []));
    const root = cluster.layers[0]!;
    const system = files.map((object) => ({
      object,
      construct: root.construct,
      code: root.code,
      allowed: [],
      namespace: undefined,
    }));
    for (const on of [...system, ...cluster.layers.flatMap((l) => l.objects)]) {
      for (const problem of validateObject(on.object)) {
        yield {
          on,
          what: `${problem.pointer} of ${nameOf(on)} is not what its kind takes`,
          expected: problem.expected,
          given: problem.given,
          fix: quoted(problem),
        };
      }
    }
  },
};

/** YAML has numbers and booleans where Kubernetes wants text: the commonest mistake has the shortest cure. */
function quoted({ expected, given }: SchemaProblem): string | undefined {
  const [, value] = /^(.+) \(a (?:number|boolean)\)$/.exec(given) ?? [];
  return expected === 'a string' && value !== undefined ? `write "${value}", in quotes` : undefined;
}
