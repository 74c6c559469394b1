import type { IConstruct } from 'constructs';
import { Args, show } from './argument.js';
import { assign } from './assign.js';
import { didYouMean } from './model/did-you-mean.js';
import { clusterOf, layerOf, scopeInfo } from './scope.js';

/** The label by which Flux's controllers divide the work, unless the operator's settings name another one. */
export const SHARDING_KEY = 'sharding.fluxcd.io/key';

/** The label that Flux objects of a construct carry: the shard of the nearest noun that has one. */
export function shardLabel(construct: IConstruct | undefined): Record<string, string> {
  for (let c = construct; c; c = c.node.scope) {
    const shard = scopeInfo(c)?.shard;
    if (shard !== undefined) return { [shardingKey(construct)]: shard };
  }
  return {};
}

/** The label by which the controllers of the construct's cluster divide the work. */
export function shardingKey(construct: IConstruct | undefined): string {
  return clusterOf(construct)?.sharding?.key ?? SHARDING_KEY;
}

/**
 * One of the shards for a name, always the same one, whatever other names there are. A shard that is added takes its
 * share of the names, and of one that is removed only its own names move; the others stay where they are.
 *
 * @throws FleetError for an empty name, and for shards that are none, that are given twice or are no DNS labels
 * @see https://fluxcd.io/flux/installation/configuration/sharding/#assign-resources-to-shards
 */
export function assignShard(name: string, shards: readonly string[]): string {
  const args = new Args(undefined);
  if (typeof name !== 'string' || name === '') {
    args.fail({
      rule: 'invalid-name',
      what: 'a shard is to be assigned to something without a name',
      expected: 'a name, such as that of a tenant',
      given: show(name),
    });
  }
  checkShards(args, 'shards', shards);
  return assign(name, shards);
}

/** Checks a list of shards where the user's code gives it. */
export function checkShards(args: Args, field: string, shards: readonly string[]): void {
  if (typeof shards === 'string' || (shards as unknown) === undefined || shards.length === 0) {
    args.fail({
      rule: 'shards',
      what: `'${field}' names no shard`,
      expected: 'at least one, such as ["shard1", "shard2"]',
      given: show(shards),
      fix: 'name the shards, or leave it out: the main controllers then reconcile everything',
    });
  }
  for (const shard of shards) args.dnsLabel(`a shard in '${field}'`, shard);
  const twice = shards.find((shard, i) => shards.indexOf(shard) !== i);
  if (twice === undefined) return;
  args.fail({ rule: 'shards', what: `'${field}' names the shard "${twice}" twice`, expected: 'each once' });
}

/**
 * The shard of a tenant or component: the one that it says, or that of what is around it; else one of those that its
 * cluster divides them among, if it does. What is for another cluster is left alone: its controllers are not known here.
 */
export function shardOf(scope: IConstruct, name: string, said: string | undefined): string | undefined {
  const isSaid = said !== undefined || Object.keys(shardLabel(scope)).length > 0;
  if (isSaid || (layerOf(scope)?.target ?? '') !== '') return said;
  const shards = clusterOf(scope)?.shards ?? [];
  return shards.length > 0 ? assign(name, shards) : undefined;
}

/** Checks that a shard has controllers, where that is known: elsewhere nothing of it would be reconciled. */
export function checkShard(args: Args, scope: IConstruct, shard: string | undefined): void {
  if (shard === undefined) return;
  args.dnsLabel("'shard'", shard);
  const shards = clusterOf(scope)?.sharding?.shards;
  if (shards === undefined || shards.includes(shard)) return;
  const meant = didYouMean(shard, shards);
  args.fail({
    rule: 'unknown-shard',
    what: `no controllers run for the shard "${shard}", so nothing of it would be reconciled`,
    expected: shards.join(', '),
    given: shard,
    fix: meant === undefined ? 'add it to sharding.shards of Flux.operator' : `write "${meant}"`,
  });
}
