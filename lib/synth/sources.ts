import type { Finding } from '../finding.js';
import { groupBy } from '../group-by.js';
import type { ExistingObject } from '../model/cluster-model.js';
import { inheritedLabels } from '../scope.js';
import { shardLabel } from '../shard.js';
import { inNamespace, modelOf, whereOf } from './draft.js';
import { commonPlace } from './placement.js';
import type { Draft, PlacedUse } from './draft.js';
import { normalizeObject } from '../yaml/normalize.js';

/**
 * Emits the sources that objects bring along, once per namespace: those of flux-system beside the cluster's layers, so
 * that they never move when another user comes; those of other namespaces where their user stands.
 */
export function placeSources(
  layers: readonly Draft[],
  uses: readonly PlacedUse[],
  external: ExistingObject[],
  findings: Finding[],
): void {
  for (const users of groupBy(uses, keyOf).values()) {
    const first = users[0]!;
    const place = commonPlace(layers, new Set(users.map((u) => u.layer)), first.namespace, first.target);
    if (!place) {
      findings.push(noCommonPlace(users));
      continue;
    }
    const labels = commonLabels(users);
    const objects = new Set(users.map((u) => JSON.stringify(normalizeObject(u.source.toObject(u.name, u.namespace)))));
    if (objects.size > 1) findings.push(differentSources(users));
    place.objects.push({
      ...modelOf(first.user, normalizeObject(first.source.toObject(first.name, first.namespace, labels))),
      ...(place.directory === '' && { fileName: 'shared-sources.yaml' }),
    });
    external.push(...inNamespace(first.source.refs, first.namespace, first.target));
  }
}

function keyOf(use: PlacedUse): string {
  return [use.target, use.source.kind, use.namespace, use.name].join('\n');
}

/** The labels that all users inherit alike; among them the shard, so that one of several shards has none. */
function commonLabels(users: readonly PlacedUse[]): Record<string, string> {
  const [first, ...others] = users.map(({ user }) => ({ ...inheritedLabels(user.node.scope), ...shardLabel(user) }));
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
