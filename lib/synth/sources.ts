import type { Finding } from '../finding.js';
import { saidInterval } from '../flux/intervals.js';
import type { IntervalKind } from '../flux/intervals.js';
import { groupBy } from '../group-by.js';
import { inNamespace, modelOf, whereOf } from './draft.js';
import { byName, commonPlace } from './placement.js';
import type { Draft, Needs, PlacedUse } from './draft.js';
import type { Surroundings } from './surroundings.js';
import { normalizeObject } from '../yaml/normalize.js';

/**
 * Emits the sources that objects bring along, once per namespace: those of flux-system beside the cluster's layers, so
 * that they never move when another user comes; those of other namespaces where their user stands.
 */
export function placeSources(
  layers: readonly Draft[],
  { around, objects, key, uses, external, findings }: Needs,
): void {
  const named = byName(layers);
  for (const users of groupBy(uses, keyOf).values()) {
    const first = users[0]!;
    const place = commonPlace(named, new Set(users.map((u) => u.layer)), first.namespace, first.target);
    if (!place) {
      findings.push(noCommonPlace(users));
      continue;
    }
    const labels = commonLabels(around, users, key);
    if (areDifferent(users)) findings.push(differentSources(users));
    const source = first.source.withInterval(saidInterval(first.user, first.source.kind as IntervalKind));
    const known = objects.at(`${first.user.node.path} ${first.source.kind}`);
    const object = known.normalize(source.toObject(first.name, first.namespace, labels));
    const fileName = place.directory === '' ? 'shared-sources.yaml' : undefined;
    place.objects.push(modelOf(around, first.user, object, fileName));
    external.push(...inNamespace(first.source.refs, first.namespace, first.target));
  }
}

function keyOf(use: PlacedUse): string {
  return [use.target, use.source.kind, use.namespace, use.name].join('\n');
}

/** Mostly all users were given one and the same value. */
function areDifferent(users: readonly PlacedUse[]): boolean {
  const [{ source }] = users as [PlacedUse];
  if (users.every((u) => u.source === source)) return false;
  return new Set(users.map((u) => JSON.stringify(normalizeObject(u.source.spec)))).size > 1;
}

/** The labels that all users inherit alike; among them the shard, so that one of several shards has none. */
function commonLabels(
  around: Surroundings,
  users: readonly PlacedUse[],
  key: string,
): Readonly<Record<string, string>> {
  const [first, ...others] = users.map(({ user }): Readonly<Record<string, string>> => {
    const { labels = {} } = around.below(user.node.scope);
    // A layer has its own shard, and its labels are those of what is in it.
    const { shard } = around.below(user);
    return shard === undefined ? labels : { ...labels, [key]: shard };
  });
  if (others.length === 0) return first!;
  return Object.fromEntries(Object.entries(first!).filter(([k, v]) => others.every((o) => o[k] === v)));
}

function noCommonPlace(users: readonly PlacedUse[]): Finding {
  const { source, name, namespace, user } = users[0]!;
  return {
    rule: 'source-place',
    what: `the ${source.kind} "${name}" in ${namespace} is used by several layers, and none of them can own it`,
    expected: 'one layer that applies it',
    given: [...new Set(users.map((u) => u.layer))].sort().join(', '),
    fix: `make it a construct in the layer that comes first, new ${source.kind}(layer, "${name}", { … }), and give that to all of them`,
    where: whereOf(user),
  };
}

function differentSources(users: readonly PlacedUse[]): Finding {
  const { source, name, namespace, user } = users[0]!;
  return {
    rule: 'source-conflict',
    what: `two different sources want to be the ${source.kind} "${name}" in ${namespace}`,
    expected: 'one definition of it, or two names',
    given: users.map((u) => u.user.node.path).join(' and '),
    fix: 'say the source once as a value and use that, or give one of them another name',
    where: whereOf(user),
  };
}
