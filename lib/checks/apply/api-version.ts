import type { ClusterState, ObjectState } from '../../model/cluster-state.js';
import { kindsIn } from '../../model/crd-kinds.js';
import { lookup } from '../../model/kinds.js';
import type { Lookup } from '../../model/kinds.js';
import { maintainedIn, servedIn, serviceOf } from '../../model/lifecycle.js';
import type { Service, Versions } from '../../model/lifecycle.js';
import { nameOf } from '../rule.js';
import type { Rule, RuleFinding } from '../rule.js';

/**
 * Every object's API version is served by what the cluster runs; where it does not say that, by the newest Kubernetes and
 * Flux that this library knows.
 */
export const apiVersion: Rule = {
  id: 'api-version-not-served',
  title: 'Every object has an API version that the cluster serves',
  *check(cluster) {
    for (const state of cluster.unjudged) {
      const { apiVersion: version, kind } = state.object;
      if (typeof version !== 'string' || typeof kind !== 'string') continue;
      const service = serviceOf(version, kind, versionsOf(cluster, state));
      const known = kindsIn(cluster, state.target).lookup(version, kind);
      const found = isDated(service) ? ofVersion(state, service) : ofNewest(state, known);
      if (found) yield { on: state.on, field: ['apiVersion'], ...found };
    }
  },
};

type Said = Omit<RuleFinding, 'on' | 'field'>;

/** What a hub applies elsewhere, and what a repository's directories are for, runs versions that nobody says here. */
function versionsOf(cluster: ClusterState, { target }: ObjectState): Versions {
  const unknown = cluster.partial || target !== '';
  return unknown ? { kubernetesVersion: undefined, fluxVersion: undefined } : cluster;
}

/** Whether it is the version that decides; what was never removed and is not known now is no kind that can be applied. */
function isDated(service: Service | undefined): service is Service {
  return service !== undefined && (service.state !== 'served' || service.removed !== undefined);
}

function ofVersion({ on, id }: ObjectState, service: Service): Said | undefined {
  if (service.state === 'served') return undefined;
  const { product, version, state } = service;
  const others = servedIn(id.group, id.kind, service);
  const moment =
    state === 'not-yet'
      ? `which came with ${product} ${service.introduced}`
      : `which ${product} ${service.removed} removed`;
  return {
    what: `${nameOf(on)} has an API version that ${product} ${version} ${state === 'not-yet' ? 'does not serve yet' : 'no longer serves'}: the API server refuses it`,
    expected: others.length > 0 ? others.join(' or ') : newestOf(on.object.apiVersion as string, id.kind, service),
    given: `${id.apiVersion} ${id.kind}, ${moment}`,
    fix:
      others.length > 0
        ? `write apiVersion: ${others[0]}, and check its fields against that version`
        : state === 'not-yet'
          ? `leave it out until the cluster runs ${product} ${service.introduced}`
          : 'use what took its place, and read what changed since',
  };
}

/** What to write where the group has no version of the kind any more. */
function newestOf(apiVersion: string, kind: string, { product, version }: Service): string {
  const known = lookup(apiVersion, kind);
  return typeof known === 'object' ? known.served.join(' or ') : `a kind that ${product} ${version} has`;
}

/** Where nobody says what the cluster runs, the newest counts; of what older releases still serve, that is said. */
function ofNewest({ on, id: { apiVersion: version, kind } }: ObjectState, known: Lookup): Said | undefined {
  if (known === 'served' || known === 'unknown-group') return undefined;
  const older = maintainedIn(version, kind);
  const mend =
    known === 'unknown-kind'
      ? 'check kind and group'
      : `write apiVersion: ${known.served[0]}, and check its fields against that version`;
  return {
    what: `${nameOf(on)} has an API version that ${older ? `${older.product} ${older.newest} no longer serves` : 'no cluster serves'}: the API server refuses it`,
    expected: known === 'unknown-kind' ? `a kind that ${version} has` : known.served.join(' or '),
    given: `${version} ${kind}`,
    fix: older ? `${mend}; or say what the cluster runs: ${older.field}` : mend,
  };
}
