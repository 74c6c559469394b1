import type { IConstruct } from 'constructs';
import { allowedHere } from '../allow.js';
import type { Allowance } from '../allow.js';
import { codeAt, originOf } from '../origin.js';
import { scopeInfo } from '../scope.js';
import type { ScopeInfo } from '../scope.js';

/** What the constructs around an object decide for it. */
export interface Around {
  /** Namespace of objects that say none. */
  readonly namespace: string | undefined;
  /** Labels of all objects. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** Shard of Flux's objects. */
  readonly shard: string | undefined;
  readonly allowed: readonly Allowance[];
  /** The line of the user's code that made the nearest construct that remembers its own; it holds no construct. */
  readonly code: () => string | undefined;
  /** Whether the tenant around is about to leave. */
  readonly offboarding: boolean;
  /** The noun that decides where objects are written: a layer, or one that takes no objects. */
  readonly place: IConstruct | undefined;
  /** What kind of noun that is. */
  readonly placeNoun: ScopeInfo['noun'] | undefined;
}

const NOTHING: Around = {
  namespace: undefined,
  labels: undefined,
  shard: undefined,
  allowed: [],
  code: () => undefined,
  offboarding: false,
  place: undefined,
  placeNoun: undefined,
};

/**
 * What constructs decide for those below them, worked out once for each: a fleet has many more objects than scopes. Made
 * when a cluster is finished, and dropped with it, because until then any of it may change.
 */
export class Surroundings {
  private readonly known = new Map<IConstruct, Around>();

  /** What holds for the objects that stand directly below a construct. */
  below(scope: IConstruct | undefined): Around {
    if (scope === undefined) return NOTHING;
    let around = this.known.get(scope);
    if (around === undefined) {
      around = within(scope, this.below(scope.node.scope));
      this.known.set(scope, around);
    }
    return around;
  }
}

function within(scope: IConstruct, above: Around): Around {
  const info = scopeInfo(scope);
  const allowed = allowedHere(scope);
  const origin = originOf(scope);
  if (info === undefined && allowed.length === 0 && origin === undefined) return above;
  const isPlace = info !== undefined && !info.noun.startsWith('tenant');
  return {
    namespace: info?.namespace ?? above.namespace,
    labels: info?.labels ? { ...above.labels, ...info.labels } : above.labels,
    shard: info?.shard ?? above.shard,
    allowed: allowed.length > 0 ? [...allowed, ...above.allowed] : above.allowed,
    code: origin ? () => codeAt(origin) : above.code,
    offboarding:
      info?.noun === 'tenant' ? (scope as { offboarding?: boolean }).offboarding === true : above.offboarding,
    place: isPlace ? scope : above.place,
    placeNoun: isPlace ? info.noun : above.placeNoun,
  };
}
