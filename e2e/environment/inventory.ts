import type { KubeObject } from './api.js';
import type { FluxObject } from './flux-object.js';

/** Ids of the objects that a Kustomization has applied, as it writes them: `namespace_name_group_kind`. */
export function inventoryOf({ status }: FluxObject): string[] {
  return (status?.inventory?.entries ?? []).map(({ id }) => id).sort();
}

/** Id of an object in an inventory. */
export function idOf({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  // Names of roles may have colons.
  const name = metadata.name.replaceAll(':', '__');
  return [metadata.namespace ?? '', name, group, kind].join('_');
}

/** What became ready before something that it depends on, given the order in which all became ready. */
export function outOfOrder(ready: readonly string[], kustomizations: readonly FluxObject[]): string[] {
  return kustomizations.flatMap(({ metadata, spec }) => {
    const own = `${metadata.namespace}/${metadata.name}`;
    const before = (spec.dependsOn ?? []).map((d) => `${d.namespace ?? metadata.namespace}/${d.name}`);
    const late = before.filter((id) => !ready.includes(id) || ready.indexOf(id) > ready.indexOf(own));
    return late.map((id) => `${own} was ready before ${id}`);
  });
}
