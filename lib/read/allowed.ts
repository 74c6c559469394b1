import type { Allowance } from '../model/cluster-model.js';
import { objectKey } from '../model/identity.js';
import type { JsonObject } from '../yaml/normalize.js';
import type { DeclaredAllowance } from './declarations.js';

/** What is allowed for what, as a flux-fleet.yaml says it. */
export interface AllowedIn {
  object(object: JsonObject): readonly Allowance[];
  layer(name: string): readonly Allowance[];
}

const NOTHING: readonly Allowance[] = [];

/** Looks up what is allowed; what names neither object nor layer is for all of the cluster. */
export function allowedIn(declared: readonly DeclaredAllowance[]): AllowedIn {
  const allowances = declared.map(({ rule, reason, until, object, layer }) => ({
    allowance: { rule, reason, ...(until !== undefined && { until }) },
    object,
    layer,
  }));
  const everywhere = allowances.filter((a) => a.object === undefined && a.layer === undefined);
  const of = (key: 'object' | 'layer', name: string): readonly Allowance[] => {
    const all = [...allowances.filter((a) => a[key] === name), ...everywhere];
    return all.length === 0 ? NOTHING : all.map((a) => a.allowance);
  };
  return {
    object: (object) => {
      if (allowances.length === 0) return NOTHING;
      return of('object', objectKey(object));
    },
    layer: (name) => of('layer', name),
  };
}
