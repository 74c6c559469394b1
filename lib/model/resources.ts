import { groupOf, schemaFile } from './kinds.js';
import type { SchemaFileName, Scope } from './kinds.js';
import { pluralOf } from './plural.js';

/** A kind as roles name it. */
export interface Resource {
  readonly group: string;
  readonly plural: string;
  readonly scope: Scope;
}

/** Kubernetes' own first. */
const FILES: readonly SchemaFileName[] = [
  ...(['kubernetes', 'flux', 'flux-operator', 'source-watcher'] as const),
  ...(['cert-manager', 'gateway-api', 'kyverno', 'sealed-secrets'] as const),
];

let all: readonly Resource[] | undefined;

/** Everything that is known by its plural, Kubernetes' own kinds first. */
export function resources(): readonly Resource[] {
  all ??= FILES.flatMap((file) =>
    Object.entries(schemaFile(file).kinds).map(([key, { scope }]) => {
      const slash = key.lastIndexOf('/');
      return { group: groupOf(key.slice(0, slash)), plural: pluralOf(key.slice(slash + 1)), scope };
    }),
  );
  return all;
}
