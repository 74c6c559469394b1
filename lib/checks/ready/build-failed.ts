import type { Rule } from '../rule.js';
import { nameOf } from '../rule.js';

/**
 * Kustomize can build every directory that a Kustomization names.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#generating-a-kustomizationyaml-file
 */
export const buildFailed: Rule = {
  id: 'build-failed',
  title: 'Kustomize can build every directory that a Kustomization names.',
  *check(cluster) {
    for (const layer of cluster.layers) {
      const error = layer.facts?.error;
      if (error === undefined) continue;
      yield {
        on: layer,
        field: ['spec', 'path'],
        what: `kustomize cannot build the directory "${layer.facts!.path}" of ${nameOf(layer)}: Flux applies nothing of it`,
        expected: 'a directory that `kustomize build` accepts',
        given: shortened(error),
        fix: fixFor(error),
      };
    }
  },
};

/** Kustomize wraps its words in those of every loader on the way; the last ones say what is wrong. */
function shortened(error: string): string {
  const text = error
    .replace(/^error:\s*/i, '')
    .replace(/\s+/g, ' ')
    .trim();
  const cause =
    /(?:^|: )((?:may not add resource|no resource matches|no matches for|unable to parse|json: |yaml: |evalsymlink failure|security; |invalid |found multiple|trouble configuring|cycle detected|conflict)[^]*)$/i.exec(
      text,
    );
  const said = cause?.[1] ?? text;
  return said.length > 240 ? `${said.slice(0, 237)}...` : said;
}

function fixFor(error: string): string {
  const found = FIXES.find(([pattern]) => pattern.test(error));
  return found?.[1] ?? 'build it yourself with `kubectl kustomize`, and mend what it says';
}

const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /already registered id|may not add resource/i,
    'two files have the same object: take one of them away, or list only one',
  ],
  [
    /no resource matches|no matches for (?:Id|OriginalId)/i,
    'a patch or replacement is for an object that is not in the directory: mend its target, or take it away',
  ],
  [/cycle detected/i, 'a kustomization.yaml lists a directory that it is in itself: take that out'],
  [/not in or below|security; file/i, 'a file lies outside of the source: move it into it'],
  [
    /no such file|is not there|doesn.t exist|evalsymlink failure|must resolve to a file/i,
    'kustomization.yaml lists what is not there: mend its name, or take it out',
  ],
  [/yaml: |did not find expected|mapping values/i, 'a file is no YAML: mend it at the line that is named'],
  [/unknown field|json: /i, 'kustomization.yaml has a field that kustomize does not know: mend its name'],
];
