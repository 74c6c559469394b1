import { substitutionsOf } from '../../kustomize/substitute.js';
import type { SchemaProblem } from '../../model/schema.js';
import { formatPointer } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';
import { verdictsOf } from '../shared/verdicts.js';

/** Every field is one that its kind has, with a value that it takes: the CRDs' and Kubernetes' own schemas. */
export const schema: Rule = {
  id: 'invalid-field',
  title: 'Every field is one that its kind has, with a value that it takes',
  *check(cluster) {
    const spoiled = new Map(substitutionsOf(cluster).map((s) => [s.on, s.spoiled.map((r) => formatPointer(r.field))]));
    for (const { on, fields } of verdictsOf(cluster)) {
      for (const problem of fields) {
        // Said already, by the rule on what every object says of itself.
        if (problem.pointer === 'metadata.name') continue;
        // Said by the rule on variables, with what it was written as.
        if (spoiled.get(on)?.includes(formatPointer(problem.path))) continue;
        yield {
          on,
          field: problem.path,
          what: `${problem.pointer} of ${nameOf(on)} is not what its kind takes: the API server refuses it`,
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
