import { substitutionsOf } from '../../kustomize/substitute.js';
import type { Failure } from '../../kustomize/substitute.js';
import { formatPointer } from '../../yaml/normalize.js';
import type { JsonValue } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/**
 * Text stays text when its variables are substituted. Flux writes the values into YAML without quotes, whatever quotes the
 * file has: `"${PORT}"` becomes a number.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-substitution-of-numbers-and-booleans
 */
export const variableType: Rule = {
  id: 'variable-type',
  title: 'A text with variables is still text, and still YAML, when Flux has substituted them.',
  *check(cluster) {
    for (const { on, spoiled, failures } of substitutionsOf(cluster)) {
      for (const retyped of spoiled) {
        const { field, given, value } = retyped;
        // Nothing is empty text, to Flux and to the API server.
        if (value === null) continue;
        const place = formatPointer(field);
        const isLabel = field[0] === 'metadata' && field[1] === 'labels';
        yield {
          on,
          field,
          what:
            `${place} of ${nameOf(on)} becomes ${kindOf(value)} when Flux substitutes its variable, whatever its quotes: ` +
            (isLabel
              ? 'Flux then drops all labels of the object, without a word'
              : 'the API server refuses it, and with it everything else that the Kustomization applies'),
          expected: 'text',
          given: `${given}, which becomes ${JSON.stringify(value)}`,
          fix: `write ${quoted(given)}, which puts the quotes around the value on the cluster`,
        };
      }
      for (const failure of failures) {
        if (failure.by === 'yaml') yield { on, ...told(failure, nameOf(on)) };
      }
    }
  },
};

function told({ field, given, error }: Failure, name: string) {
  return {
    field,
    what:
      `${formatPointer(field)} of ${name} is no YAML any more when Flux has substituted its variables: ` +
      'Flux applies nothing of its Kustomization',
    expected: 'a value that can stand there without quotes',
    given: `${given.length > 80 ? `${given.slice(0, 77)}...` : given} (${error})`,
    fix: `write ${quoted(given)}, which puts quotes around the value on the cluster, or a value without ": ", " #" and quotes`,
  };
}

function kindOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list';
  return { number: 'a number', boolean: 'true or false', object: 'a map', string: 'text' }[typeof value as 'number'];
}

/** The text with quotes that come only with the substitution. */
function quoted(given: string): string {
  const quote = '${quote:="}';
  return given.includes('\n') || given.length > 60 ? `${quote} before and behind it` : `'${quote}${given}${quote}'`;
}
