import { variableNames } from '../../kustomize/envsubst.js';
import { substitutionsOf } from '../../kustomize/substitute.js';
import type { ObjectSubstitution } from '../../kustomize/substitute.js';
import { didYouMean } from '../../model/did-you-mean.js';
import { unitOf } from '../../model/cluster-model.js';
import type { FieldPath } from '../../model/cluster-model.js';
import type { JsonValue } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';
import { foreignText, SHEBANG } from '../../kustomize/foreign-text.js';
import { isStrict } from '../../kustomize/strict-substitution.js';

/**
 * In a layer that substitutes, `${…}` is for Flux: not for a shell, a dashboard or the configuration of a server, which Flux
 * takes for its own as well.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export const variableUnmeant: Rule = {
  id: 'variable-unmeant',
  title: 'Text with ${…} that is not for Flux is kept from substitution.',
  *check(cluster) {
    for (const substitution of substitutionsOf(cluster)) {
      const { on, layer } = substitution;
      const found = [...unreadable(substitution), ...undefinedOnes(substitution), ...assigned(substitution)];
      if (found.length === 0) continue;
      const texts = [...new Set(found.map((f) => f.text))];
      const refused = found.some((f) => f.refused);
      const { of } = found.find((f) => f.of !== undefined) ?? {};
      const consequence = !refused
        ? 'Flux writes its own value, or the default, in their place'
        : found.some((f) => f.error) || isStrict(cluster)
          ? `Flux fails on that, and applies nothing of the ${unitOf(layer)}`
          : 'Flux writes nothing in their place';
      yield {
        on,
        field: found[0]!.field,
        what:
          `${nameOf(on)} has ${listed(texts)}${of === undefined ? '' : ` in ${of}`}, ` +
          `and ${nameOf(layer)} substitutes variables: ${consequence}`,
        expected: 'variables of Flux only, or an object that says that it is to be left alone',
        given: [...new Set(found.map((f) => f.error).filter((e) => e !== undefined))].join(', ') || texts.join(', '),
        fix: fixFor(substitution, texts[0]!),
      };
    }
  },
};

/** Some text that is not for Flux. */
interface Unmeant {
  readonly field: FieldPath;
  readonly text: string;
  /** What it is, for people. */
  readonly of?: string | undefined;
  /** What Flux says. */
  readonly error?: string;
  /** Whether Flux refuses it, and does not only write something else. */
  readonly refused: boolean;
}

function unreadable({ failures, given }: ObjectSubstitution): Unmeant[] {
  return failures
    .filter((f) => f.by === 'envsubst')
    .map(({ field, given: text, error }) => ({
      field,
      text: expressionIn(text),
      of: foreignText(given, field, undefined),
      error,
      refused: true,
    }));
}

function undefinedOnes({ places, given, variables }: ObjectSubstitution): Unmeant[] {
  const defined = [...variables.values.keys()];
  return [...places].flatMap(([name, field]) => {
    const of = didYouMean(name, defined) === undefined ? foreignText(given, field, name) : undefined;
    return of === undefined ? [] : [{ field, text: `\${${name}}`, of, refused: true }];
  });
}

/** Names that a script gives a value itself: what Flux writes in their place is never what the script means. */
function assigned({ given, places }: ObjectSubstitution): Unmeant[] {
  return textsOf(given).flatMap(({ field, text }) => {
    if (!SHEBANG.test(text)) return [];
    return [...variableNames(text)]
      .filter((name) => !places.has(name) && assigns(text, name))
      .map((name) => ({ field, text: `\${${name}}`, of: 'a script that sets it itself', refused: false }));
  });
}

function assigns(script: string, name: string): boolean {
  return new RegExp(`^\\s*(?:(?:export|local|readonly|declare) +)*${name}=(?!\\$\\{${name}\\b)`, 'm').test(script);
}

function textsOf(value: JsonValue, field: FieldPath = []): { field: FieldPath; text: string }[] {
  if (typeof value === 'string') return value.includes('${') ? [{ field, text: value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? value.map((item, i) => [i, item] as const) : Object.entries(value);
  return entries.flatMap(([step, part]) => textsOf(part, [...field, step]));
}

/** The first expression of a text that envsubst cannot read. */
function expressionIn(text: string): string {
  const all = [...text.matchAll(/(?<!\$)(?:\$\$)*(\$\{[^\n}]{0,40}\}?)/g)].map((m) => m[1]!);
  return all.find((e) => variableNames(e).size === 0) ?? all[0] ?? '${';
}

function listed(texts: readonly string[]): string {
  const [first, second, ...rest] = texts;
  if (second === undefined) return first!;
  return rest.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${rest.length} more`;
}

function fixFor({ given, variables }: ObjectSubstitution, text: string): string {
  const own = textsOf(given).some((t) => [...variableNames(t.text)].some((name) => variables.values.has(name)));
  const escape = `write $${text}, with two dollars`;
  const annotation = 'annotate it with kustomize.toolkit.fluxcd.io/substitute: disabled';
  return own ? `${escape}; where it needs no variable of Flux, ${annotation}` : `${annotation}, or ${escape}`;
}
