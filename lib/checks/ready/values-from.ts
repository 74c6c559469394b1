import type { ObjectModel } from '../../model/cluster-model.js';
import type { ObjectState } from '../../model/cluster-state.js';
import { fullName } from '../../model/identity.js';
import type { JsonObject } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule, RuleFinding } from '../rule.js';
import { isMap, parseDocument } from '../../yaml/parser.js';

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
  title: 'The values that a HelmRelease reads from a ConfigMap are there, and are values.',
  *check(cluster) {
    // A hub applies to several clusters, each with ConfigMaps of its own.
    for (const target of new Set(cluster.layers.map((l) => l.target))) {
      const maps = configMaps(cluster.ofKind('', 'ConfigMap').filter((o) => o.target === target));
      for (const { on, id, target: at } of cluster.ofKind('helm.toolkit.fluxcd.io', 'HelmRelease')) {
        if (at !== target) continue;
        const { namespace } = id;
        const references = ((on.object.spec as JsonObject | undefined)?.valuesFrom ?? []) as unknown as Reference[];
        for (const reference of references) {
          const map = reference.kind === 'ConfigMap' ? maps.get(`${namespace}/${reference.name}`) : undefined;
          const problem = map && problemOf(on, reference, map);
          if (problem) yield { on, ...problem };
        }
      }
    }
  },
};

const NOTHING = 'Flux neither installs nor upgrades the release';

function configMaps(states: readonly ObjectState[]): ReadonlyMap<string, ObjectModel> {
  return new Map(states.map(({ id, on }) => [fullName(id), on]));
}

function problemOf(on: ObjectModel, reference: Reference, map: ObjectModel): Omit<RuleFinding, 'on'> | undefined {
  const key = reference.valuesKey ?? 'values.yaml';
  const data = (map.object.data ?? {}) as Readonly<Record<string, unknown>>;
  const text = data[key];
  if (text === undefined) {
    if (reference.optional === true) return undefined;
    return {
      what: `${nameOf(on)} reads values under a key that ${nameOf(map)} does not have: ${NOTHING}`,
      expected: Object.keys(data).join(', ') || 'a ConfigMap with data',
      given: key,
      fix: 'name the key with valuesKey, or give the ConfigMap that key',
    };
  }
  // With a targetPath the text is one value, and no document; what is no text, the API server refuses.
  if (reference.targetPath !== undefined || typeof text !== 'string') return undefined;
  const document = parseDocument(text, { version: '1.1' });
  const [error] = document.errors;
  const isValues = document.contents === null || isMap(document.contents);
  if (error === undefined && isValues) return undefined;
  return {
    what: `${nameOf(on)} reads values from ${nameOf(map)} that are no YAML map: ${NOTHING}`,
    expected: `a YAML map under the key ${key}`,
    given: error ? error.message.split('\n')[0]!.replace(/:$/, '') : 'YAML that is no map',
  };
}
