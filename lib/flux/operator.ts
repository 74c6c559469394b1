import type { FluxInstanceSpec, ResourceSetSpec } from '../../imports/types/index.js';
import { Args, show } from '../argument.js';
import { compact } from '../compact.js';
import type { DeepReadonly } from '../deep-readonly.js';
import { PRUNE_DISABLED } from '../kubernetes/namespace.js';
import { rootAccountPatch } from '../policy/lockdown.js';
import { SHARDING_KEY } from '../shard.js';
import {
  checkFluxSettings,
  DEFAULT_COMPONENTS,
  FLUX_REGISTRY,
  intervalPatches,
  settingsPatches,
  syncPatches,
} from './controllers.js';
import type { FluxSettings } from './controllers.js';
import { GitRef } from './git-ref.js';
import type { GitSourceProps } from './git-repository.js';
import { mergeValues } from './helm-values.js';
import type { FluxInstallation, InstallationTarget } from './installation.js';
import type { BucketSourceProps } from './bucket.js';
import { OCIRef } from './oci-ref.js';
import type { OCISourceProps } from './oci-repository.js';
import type { Source } from './source.js';
import { checkVersionRange } from './version-range.js';

/** How the operator upgrades itself. */
export interface OperatorUpgrade {
  /**
   * Versions of the operator's chart that it may upgrade to, a semver range.
   *
   * @default '*'
   */
  readonly version?: string;
  /**
   * Address of the operator's chart.
   *
   * @default 'oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator'
   */
  readonly url?: string;
  /** Values of the operator's chart, over ours (multitenancy as the cluster's lockdown says). */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Settings of a cluster whose Flux the Flux Operator installs. */
export interface OperatorSettings extends FluxSettings {
  /**
   * The Flux version, or a range of which the operator takes the newest.
   *
   * @default '2.9.x'
   * @see https://fluxoperator.dev/docs/crd/fluxinstance/#distribution-version
   */
  readonly version?: string;
  /**
   * Registry that the controllers' images come from.
   *
   * @default 'ghcr.io/fluxcd'
   */
  readonly registry?: string;
  /** Artifact with Flux's manifests, or false for those inside the operator's image. */
  readonly artifact?: string | false;
  /** Further fields of `FluxInstance.spec.distribution`. */
  readonly distribution?: Partial<FluxInstanceSpec['distribution']>;
  /**
   * Fields of `FluxInstance.spec.cluster`: type, size, domain, network policy.
   *
   * @see https://fluxoperator.dev/docs/crd/fluxinstance/#cluster-configuration
   */
  readonly cluster?: FluxInstanceSpec['cluster'];
  /** Shards of the controllers, `FluxInstance.spec.sharding`. */
  readonly sharding?: DeepReadonly<FluxInstanceSpec['sharding']>;
  /** Storage of source-controller, `FluxInstance.spec.storage`. */
  readonly storage?: FluxInstanceSpec['storage'];
  /** Labels and annotations of all that the operator installs. */
  readonly commonMetadata?: FluxInstanceSpec['commonMetadata'];
  /** Whether the operator waits until Flux is ready. */
  readonly wait?: boolean;
  /**
   * How the operator upgrades itself: a ResourceSet `flux-operator`; false for not at all.
   *
   * @default - to the newest version of its chart, with verified signature
   */
  readonly upgrade?: OperatorUpgrade | false;
  /** Fields of `FluxInstance.spec` that have no setting here, or over what they say: the escape hatch. */
  readonly spec?: DeepReadonly<Partial<FluxInstanceSpec>>;
}

const ARTIFACT = 'oci://ghcr.io/controlplaneio-fluxcd/flux-operator-manifests:latest';
const CHART = 'oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator';
const RELEASE_WORKFLOW = {
  issuer: '^https://token\\.actions\\.githubusercontent\\.com$',
  subject:
    '^https://github\\.com/controlplaneio-fluxcd/charts/\\.github/workflows/release\\.yml@refs/tags/v\\d+\\.\\d+\\.\\d+$',
};
/** Fields of the sync that FluxInstance has a place for; the rest goes through its patches. */
const IN_SYNC = new Set(['url', 'ref', 'secretRef', 'interval', 'provider', 'endpoint', 'bucketName']);

/**
 * Flux by the Flux Operator: a FluxInstance named `flux`, and a ResourceSet that keeps the operator itself up to date.
 *
 * @see https://fluxoperator.dev/docs/crd/fluxinstance/
 */
export function operatorInstallation(settings: OperatorSettings): FluxInstallation {
  checkFluxSettings(settings);
  checkVersionRange(new Args(undefined), 'version', settings.version);
  if (settings.upgrade) checkVersionRange(new Args(undefined), 'upgrade.version', settings.upgrade.version);
  return {
    mode: 'operator',
    components: settings.components ?? DEFAULT_COMPONENTS,
    registry: settings.distribution?.registry ?? settings.registry ?? FLUX_REGISTRY,
    ...(settings.sharding && {
      sharding: { key: settings.sharding.key ?? SHARDING_KEY, shards: settings.sharding.shards },
    }),
    check: (target) => void syncSpec(target),
    files: (target) => ({
      'flux-instance.yaml': { objects: [fluxInstance(settings, target)] },
      ...(settings.upgrade !== false && {
        'flux-operator.yaml': { objects: [operatorUpgrade(settings.upgrade ?? {}, target)] },
      }),
    }),
    kustomization: () => ({}),
  };
}

function fluxInstance(settings: OperatorSettings, target: InstallationTarget): object {
  const artifact = settings.artifact === false ? undefined : (settings.artifact ?? ARTIFACT);
  const patches = [
    ...(target.lockdownAccount !== undefined ? [rootAccountPatch()] : []),
    ...syncPatches(target.source, IN_SYNC),
    ...intervalPatches('Kustomization', target.intervals.root),
    ...settingsPatches(settings),
  ];
  const spec = {
    distribution: {
      ...compact({ version: settings.version ?? '2.9.x', registry: settings.registry ?? FLUX_REGISTRY, artifact }),
      ...settings.distribution,
    },
    components: settings.components ?? DEFAULT_COMPONENTS,
    cluster: {
      type: 'kubernetes',
      networkPolicy: true,
      domain: 'cluster.local',
      ...(target.lockdownAccount !== undefined && {
        multitenant: true,
        tenantDefaultServiceAccount: target.lockdownAccount,
      }),
      ...settings.cluster,
    },
    sync: syncSpec(target),
    ...compact({
      kustomize: patches.length > 0 ? { patches } : undefined,
      sharding: settings.sharding,
      storage: settings.storage,
      commonMetadata: settings.commonMetadata,
      wait: settings.wait,
    }),
    ...settings.spec,
  };
  return object('FluxInstance', 'flux', spec);
}

/** Pruning these two would run an uninstaller, so they carry the guard themselves. */
function object(kind: 'FluxInstance' | 'ResourceSet', name: string, spec: object): object {
  const metadata = { name, namespace: 'flux-system', annotations: PRUNE_DISABLED };
  return { apiVersion: 'fluxcd.controlplane.io/v1', kind, metadata, spec };
}

function syncSpec({ cluster, path, source }: InstallationTarget): object {
  const spec = source.spec;
  const { url, ref } = syncAddress(cluster, source);
  const pullSecret = (spec.secretRef as { name: string } | undefined)?.name;
  return compact({ kind: source.kind, url, ref, path, interval: spec.interval, pullSecret, provider: spec.provider });
}

function syncAddress(cluster: string, source: Source): { url: string; ref: string } {
  if (source.kind === 'Bucket') {
    const { endpoint, bucketName } = source.props as BucketSourceProps;
    return { url: endpoint, ref: bucketName };
  }
  const { url, ref } = source.props as GitSourceProps | OCISourceProps;
  const found = source.kind === 'GitRepository' ? GitRef.from(ref).toRefName() : OCIRef.from(ref).toTag();
  if (found === undefined) {
    return new Args(undefined, cluster).fail({
      rule: 'operator-sync-ref',
      what: 'the Flux Operator cannot sync from this reference',
      expected: source.kind === 'GitRepository' ? 'a branch, a tag or a full reference name' : 'a tag',
      given: show(source.spec['ref']),
      fix: 'follow a branch or a tag, and let CI move it',
    });
  }
  return { url, ref: found };
}

function operatorUpgrade(upgrade: OperatorUpgrade, { lockdownAccount }: InstallationTarget): object {
  const namespace = 'flux-system';
  const name = 'flux-operator';
  const multitenancy =
    lockdownAccount === undefined ? {} : { multitenancy: { enabled: true, defaultServiceAccount: lockdownAccount } };
  const spec: ResourceSetSpec = {
    serviceAccountName: name,
    dependsOn: [
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        name: 'helmreleases.helm.toolkit.fluxcd.io',
      },
    ],
    resources: [
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'OCIRepository',
        metadata: { name, namespace },
        spec: {
          interval: '10m',
          url: upgrade.url ?? CHART,
          ref: { semver: upgrade.version ?? '*' },
          // A chart that the user mirrors is signed by the user, not by the operator's makers.
          ...(upgrade.url === undefined && { verify: { provider: 'cosign', matchOIDCIdentity: [RELEASE_WORKFLOW] } }),
        },
      },
      {
        apiVersion: 'helm.toolkit.fluxcd.io/v2',
        kind: 'HelmRelease',
        metadata: { name, namespace },
        spec: {
          interval: '30m',
          releaseName: name,
          serviceAccountName: name,
          chartRef: { kind: 'OCIRepository', name },
          values: mergeValues(multitenancy, upgrade.values ?? {}),
        },
      },
    ],
  };
  return object('ResourceSet', name, spec);
}
