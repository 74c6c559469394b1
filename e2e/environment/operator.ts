import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { KubeObject } from './api.js';
import { syncObjects } from './flux-manifests.js';
import { objectsIn, textOf } from './manifests.js';

/** What a FluxInstance says, as far as these tests look at it. */
export interface FluxInstance extends KubeObject {
  readonly spec: {
    readonly cluster?: { readonly multitenant?: boolean; readonly tenantDefaultServiceAccount?: string };
    readonly kustomize?: { readonly patches?: readonly Patch[] };
    readonly sharding?: { readonly key?: string; readonly shards: readonly string[] };
    readonly sync: {
      readonly url: string;
      readonly ref: string;
      readonly path: string;
      readonly interval?: string;
      readonly pullSecret?: string;
    };
  };
}

interface Patch {
  readonly patch: string;
  readonly target: { readonly kind: string; readonly name?: string };
}

/** A Deployment as it is changed for a shard. */
interface Deployment {
  metadata: { name: string };
  spec: {
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string> };
      spec: { containers: { args: string[] }[] };
    };
  };
}

const CONTROLLERS = '(kustomize-controller|helm-controller|notification-controller|image-.*-controller)';
const SHARDED = ['source-controller', 'kustomize-controller', 'helm-controller'];
const APPLIERS = '(kustomize-controller|helm-controller)';

/**
 * Plays the part of Flux Operator, which these tests do not have: what it installs for a FluxInstance, its own source and
 * Kustomization included, with its patches.
 */
export function installedBy(
  kubectl: string,
  components: string,
  { spec: { cluster, kustomize, sharding, sync } }: FluxInstance,
): KubeObject[] {
  const own = syncObjects({
    ...sync,
    ref: { name: sync.ref },
    secret: sync.pullSecret,
    serviceAccountName: cluster?.multitenant === true ? 'kustomize-controller' : undefined,
  });
  const account = cluster?.tenantDefaultServiceAccount ?? 'default';
  const lockdown = [
    argument(CONTROLLERS, '--no-cross-namespace-refs=true'),
    argument(APPLIERS, `--default-service-account=${account}`),
  ];
  const directory = mkdtempSync(join(tmpdir(), 'flux-instance-'));
  try {
    writeFileSync(join(directory, 'components.yaml'), components);
    writeFileSync(join(directory, 'sync.yaml'), textOf(own));
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['components.yaml', 'sync.yaml'],
      patches: [...(cluster?.multitenant === true ? lockdown : []), ...(kustomize?.patches ?? [])],
    };
    writeFileSync(join(directory, 'kustomization.yaml'), stringify(kustomization));
    const options = { encoding: 'utf8', maxBuffer: 1 << 26 } as const;
    const objects = objectsIn(execFileSync(kubectl, ['kustomize', directory], options));
    return sharding === undefined ? objects : objects.flatMap((object) => sharded(object, sharding));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The Deployment of a controller that is sharded, and the same for each shard, which watches only what is its own. */
function sharded(
  object: KubeObject,
  { key = 'sharding.fluxcd.io/key', shards }: { readonly key?: string; readonly shards: readonly string[] },
): KubeObject[] {
  const { name } = object.metadata;
  if (object.kind !== 'Deployment' || !SHARDED.includes(name)) return [object];
  const watching = (selector: string, suffix: string): KubeObject => {
    const copy = structuredClone(object) as unknown as Deployment;
    copy.metadata.name += suffix;
    copy.spec.selector.matchLabels['app'] += suffix;
    copy.spec.template.metadata.labels['app'] += suffix;
    copy.spec.template.spec.containers[0]!.args.push(`--watch-label-selector=${selector}`);
    return copy as unknown as KubeObject;
  };
  return [watching(`!${key}`, ''), ...shards.map((shard) => watching(`${key}=${shard}`, `-${shard}`))];
}

function argument(name: string, value: string): Patch {
  const path = '/spec/template/spec/containers/0/args/-';
  return { target: { kind: 'Deployment', name }, patch: stringify([{ op: 'add', path, value }]) };
}
