import { isMap, parseDocument } from 'yaml';
import type { ClusterModel, ObjectModel } from '../model/cluster-model.js';
import { fullName, identityOf, isKind } from '../model/identity.js';
import type { JsonObject } from '../yaml/normalize.js';
import { nameOf } from './rule.js';
import type { Rule, RuleFinding } from './rule.js';

interface Reference {
  readonly kind: string;
  readonly name: string;
  readonly valuesKey?: string;
  readonly targetPath?: string;
  readonly optional?: boolean;
}

/** The values that a HelmRelease reads from a ConfigMap of the fleet are there, and are values. */
export const valuesFrom: Rule = {
  id: 'values-from',
  *check(cluster) {
    const maps = configMaps(cluster);
    for (const [on, target] of objectsOf(cluster)) {
      if (!isKind(on.object, 'helm.toolkit.fluxcd.io', 'HelmRelease')) continue;
      const { namespace } = identityOf(on.object);
      const references = ((on.object.spec as JsonObject | undefined)?.valuesFrom ?? []) as unknown as Reference[];
      for (const reference of references) {
        const map =
          reference.kind === 'ConfigMap' ? maps.get(keyOf(target, `${namespace}/${reference.name}`)) : undefined;
        const problem = map && problemOf(on, reference, map);
        if (problem) yield { on, ...problem };
      }
    }
  },
};

function configMaps(cluster: ClusterModel): ReadonlyMap<string, ObjectModel> {
  const all = objectsOf(cluster).filter(([{ object }]) => isKind(object, '', 'ConfigMap'));
  return new Map(all.map(([model, target]) => [keyOf(target, fullName(identityOf(model.object))), model]));
}

/** The objects, each with the cluster that it is applied to: a hub applies to several. */
function objectsOf(cluster: ClusterModel): [ObjectModel, string][] {
  return cluster.layers.flatMap((l) => l.objects.map((o): [ObjectModel, string] => [o, l.target]));
}

function keyOf(target: string, name: string): string {
  return `${target}\n${name}`;
}

function problemOf(on: ObjectModel, reference: Reference, map: ObjectModel): Omit<RuleFinding, 'on'> | undefined {
  const key = reference.valuesKey ?? 'values.yaml';
  const data = (map.object.data ?? {}) as Readonly<Record<string, string>>;
  const text = data[key];
  if (text === undefined) {
    if (reference.optional === true) return undefined;
    return {
      what: `${nameOf(on)} reads values under a key that ${nameOf(map)} does not have`,
      expected: Object.keys(data).join(', ') || 'a ConfigMap with data',
      given: key,
      fix: 'name the key with valuesKey, or give the ConfigMap that key',
    };
  }
  // With a targetPath the text is one value, and no document.
  if (reference.targetPath !== undefined) return undefined;
  const document = parseDocument(text, { version: '1.1' });
  const [error] = document.errors;
  const isValues = document.contents === null || isMap(document.contents);
  if (error === undefined && isValues) return undefined;
  return {
    what: `${nameOf(on)} reads values from ${nameOf(map)} that are none`,
    expected: `a YAML map under the key ${key}`,
    given: error ? error.message.split('\n')[0]!.replace(/:$/, '') : 'YAML that is no map',
  };
}
