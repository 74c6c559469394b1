import type { IConstruct } from 'constructs';
import type { Args } from './argument.js';
import { didYouMean } from './model/did-you-mean.js';
import { clusterOf, scopeInfo } from './scope.js';

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
