import type { Reconciler } from '../../model/accounts.js';

/** `Kustomization "apps/dev-team"`, as messages name what applies. */
export function fullNameOf({ kind, namespace, name }: Reconciler): string {
  return `${kind} "${namespace}/${name}"`;
}

/** Whether patches of the Kustomization that applies it may write the field: what they do is not always seen here. */
export function isPatchedFor({ parent }: Reconciler, field: string): boolean {
  const spec = parent?.kustomization?.object.spec as { patches?: unknown } | undefined;
  return spec?.patches !== undefined && JSON.stringify(spec.patches).includes(field);
}
