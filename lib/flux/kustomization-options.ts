import type { IKustomizationSpec } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1';
import type { Args } from '../argument.js';
import { durationMs } from '../argument.js';
import type { DeepReadonly } from '../deep-readonly.js';
import { localRef } from '../reference.js';
import type { ConfigMapRef, NamedObject, SecretRef } from '../reference.js';
import { compact } from '../compact.js';
import { checkPatches, patchSpec } from './patch.js';
import type { Patch } from './patch.js';

/** An image whose name, tag or digest is replaced. */
export type Image = DeepReadonly<NonNullable<IKustomizationSpec['images']>[number]>;
/** An object whose readiness counts. */
export type HealthCheck = Required<Pick<NonNullable<IKustomizationSpec['healthChecks']>[number], 'apiVersion'>> &
  NonNullable<IKustomizationSpec['healthChecks']>[number];
/** How the readiness of a custom resource is read, in CEL. */
export type HealthCheckExpr = DeepReadonly<NonNullable<IKustomizationSpec['healthCheckExprs']>[number]>;

/** Fields of objects that Flux leaves to others, as JSON pointers: `Kustomization.spec.ignore`; new in Flux 2.9. */
export interface IgnoreRule {
  readonly paths: readonly string[];
  readonly target?: NonNullable<Patch['target']>;
}

/**
 * What Flux substitutes in the manifests before it applies them.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export interface PostBuild {
  /** Variables by name; each `${NAME}` in the manifests becomes the value. */
  readonly substitute?: Readonly<Record<string, string>>;
  /** ConfigMaps and Secrets, in the Kustomization's namespace, whose keys are variables; later ones win. */
  readonly substituteFrom?: readonly { readonly from: ConfigMapRef | SecretRef; readonly optional?: boolean }[];
  /** Whether Flux substitutes only where variables are given (`WithVariables`), or always; new in Flux 2.9. */
  readonly substituteStrategy?: 'WithVariables' | 'Always';
}

/** How a Flux Kustomization reconciles: everything of its spec but what it applies and what it waits for. */
export interface KustomizationOptions {
  /**
   * How often the files are applied again, a Go duration.
   *
   * @default - that of the cluster's or fleet's `intervals`, else '10m'
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#interval
   */
  readonly interval?: string;
  /**
   * How soon a failed reconciliation is tried again, a Go duration.
   *
   * @default - '2m'; where the interval is not longer, Flux's (the interval)
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#retry-interval
   */
  readonly retryInterval?: string;
  /**
   * How long building, applying and waiting may take, a Go duration.
   *
   * @default - '5m' where it waits, else Flux's (the interval)
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#timeout
   */
  readonly timeout?: string;
  /**
   * Whether objects that are no longer in the files are deleted.
   *
   * @default true
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#prune
   */
  readonly prune?: boolean;
  /**
   * Whether it is ready only when all that it applies is ready.
   *
   * @default - true where something depends on it and no healthChecks are given
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#wait
   */
  readonly wait?: boolean;
  /**
   * Objects that must be ready before it is; ignored by Flux where `wait` is true.
   *
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#health-checks
   */
  readonly healthChecks?: readonly HealthCheck[];
  /**
   * How the readiness of custom resources is read.
   *
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#health-check-expressions
   */
  readonly healthCheckExprs?: readonly HealthCheckExpr[];
  /**
   * What happens to the objects when the Kustomization itself is deleted.
   *
   * @default - Flux's, MirrorPrune
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#deletion-policy
   */
  readonly deletionPolicy?: 'MirrorPrune' | 'Delete' | 'WaitForTermination' | 'Orphan';
  /** Recreates objects whose immutable fields change. */
  readonly force?: boolean;
  /**
   * Stops reconciling; written only when true, so that a `flux suspend` on the cluster is not undone.
   *
   * @default false
   */
  readonly suspend?: boolean;
  /**
   * How encrypted Secrets are decrypted.
   *
   * @default - none; the provider is sops
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#decryption
   */
  readonly decryption?: {
    readonly provider?: 'sops';
    readonly secretRef?: SecretRef;
    readonly serviceAccountName?: string;
  };
  /** Variables that Flux substitutes. */
  readonly postBuild?: PostBuild;
  /**
   * Substitutes the variables of the cluster at run time, from the ConfigMap `flux-runtime-info`, which is then emitted
   * into the Kustomization's namespace.
   *
   * @default false
   */
  readonly runtimeInfo?: boolean;
  /** Patches over what is applied. */
  readonly patches?: readonly Patch[];
  /** Images that are replaced in what is applied. */
  readonly images?: readonly Image[];
  /** Kustomize components, as paths relative to the Kustomization's path. */
  readonly components?: readonly string[];
  /** Whether components that are not there are left out instead of failing. */
  readonly ignoreMissingComponents?: boolean;
  /** Namespace that everything is put into, over what the files say. */
  readonly targetNamespace?: string;
  /** Labels and annotations for everything that is applied. */
  readonly commonMetadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /** Prefix for the names of everything that is applied. */
  readonly namePrefix?: string;
  /** Suffix for the names of everything that is applied. */
  readonly nameSuffix?: string;
  /** The cluster that is applied to, where it is another one (a hub that reconciles for others). */
  readonly kubeConfig?: {
    readonly secretRef?: SecretRef & { readonly key?: string };
    readonly configMapRef?: ConfigMapRef;
  };
  /**
   * Service account whose rights count, in the Kustomization's namespace.
   *
   * @default - a tenant's own; `kustomize-controller` for layers under lockdown; else the controller's rights
   */
  readonly serviceAccountName?: string;
  /** Fields that are not touched once the object is there; without a `target` those of all objects; new in Flux 2.9. */
  readonly ignore?: readonly IgnoreRule[];
  /** Annotations of kustomize's build: `originAnnotations`, `transformerAnnotations`; new in Flux 2.9. */
  readonly buildMetadata?: readonly string[];
  /**
   * Fields of `Kustomization.spec` that have no prop here, or over what the props say: the escape hatch.
   *
   * @see https://fluxcd.io/flux/components/kustomize/api/v1/
   */
  readonly spec?: Readonly<Record<string, unknown>>;
}

const RUNTIME_INFO: ConfigMapRef = { kind: 'ConfigMap', name: 'flux-runtime-info' };
const DEFAULT_RETRY = '2m';
const DEFAULT_TIMEOUT = '5m';

/** What a Kustomization applies and waits for; what {@link KustomizationOptions} leaves out. */
export interface KustomizationTarget {
  readonly sourceRef: object;
  readonly path: string;
  /** How often it is applied again, where the options do not say. */
  readonly interval: string;
  readonly dependsOn: readonly { readonly name: string; readonly namespace?: string; readonly readyExpr?: string }[];
  /** Whether something waits for it. */
  readonly hasDependents: boolean;
  /** Service account where the options name none. */
  readonly serviceAccountName: string | undefined;
}

/** Checks options once, where the user's code gives them. */
export function checkKustomizationOptions(args: Args, o: KustomizationOptions): void {
  args.duration('interval', o.interval);
  args.duration('retryInterval', o.retryInterval);
  args.duration('timeout', o.timeout);
  args.oneOf('deletionPolicy', o.deletionPolicy, ['MirrorPrune', 'Delete', 'WaitForTermination', 'Orphan']);
  if (o.targetNamespace !== undefined) args.dnsLabel("'targetNamespace'", o.targetNamespace);
  checkPatches(args, o.patches);
  for (const name of Object.keys(o.postBuild?.substitute ?? {})) checkVariableName(args, name);
}

/** Checks that a name can stand in `${NAME}`. */
export function checkVariableName(args: Args, name: string): void {
  if (/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name)) return;
  args.fail({
    rule: 'variable-name',
    what: 'a variable has a name that Flux cannot substitute',
    expected: 'letters, digits and "_", not beginning with a digit',
    given: JSON.stringify(name),
    fix: `write "${name.replace(/[^_a-zA-Z0-9]/g, '_').replace(/^(\d)/, '_$1')}"`,
  });
}

/** `Kustomization.spec`, with defaults filled in; what nobody says is undefined. */
export function kustomizationSpec(o: KustomizationOptions, target: KustomizationTarget): Record<string, unknown> {
  const interval = o.interval ?? target.interval;
  const retry = durationMs(interval) > durationMs(DEFAULT_RETRY) ? DEFAULT_RETRY : undefined;
  const checksHealth = (o.healthChecks?.length ?? 0) > 0;
  const wait = o.wait ?? (target.hasDependents && !checksHealth);
  // In the order in which it is written: then nobody has to sort it.
  const spec = {
    buildMetadata: o.buildMetadata,
    commonMetadata: o.commonMetadata,
    components: o.components,
    decryption: o.decryption && {
      provider: o.decryption.provider ?? 'sops',
      ...compact({
        secretRef: localRef(o.decryption.secretRef),
        serviceAccountName: o.decryption.serviceAccountName,
      }),
    },
    deletionPolicy: o.deletionPolicy,
    dependsOn: target.dependsOn.length > 0 ? target.dependsOn : undefined,
    force: o.force,
    healthCheckExprs: o.healthCheckExprs,
    healthChecks: o.healthChecks,
    ignore: o.ignore,
    ignoreMissingComponents: o.ignoreMissingComponents,
    images: o.images,
    interval,
    kubeConfig:
      o.kubeConfig &&
      compact({ secretRef: keyRef(o.kubeConfig.secretRef), configMapRef: localRef(o.kubeConfig.configMapRef) }),
    namePrefix: o.namePrefix,
    nameSuffix: o.nameSuffix,
    patches: o.patches?.map(patchSpec),
    path: target.path,
    postBuild: postBuildSpec(o),
    prune: o.prune ?? true,
    retryInterval: o.retryInterval ?? retry,
    serviceAccountName: o.serviceAccountName ?? target.serviceAccountName,
    sourceRef: target.sourceRef,
    suspend: o.suspend === true ? true : undefined,
    targetNamespace: o.targetNamespace,
    timeout: o.timeout ?? (wait || checksHealth ? DEFAULT_TIMEOUT : undefined),
    wait: wait ? true : undefined,
  };
  return o.spec ? { ...spec, ...o.spec } : spec;
}

/** The objects that the options refer to, in the Kustomization's namespace. */
export function kustomizationRefs(o: KustomizationOptions): (NamedObject | undefined)[] {
  return [
    o.decryption?.secretRef,
    o.kubeConfig?.secretRef,
    o.kubeConfig?.configMapRef,
    ...(o.postBuild?.substituteFrom ?? []).filter((s) => s.optional !== true).map((s) => s.from),
  ];
}

function postBuildSpec(o: KustomizationOptions): Record<string, unknown> | undefined {
  const from = [
    ...(o.runtimeInfo === true ? [{ from: RUNTIME_INFO, optional: undefined }] : []),
    ...(o.postBuild?.substituteFrom ?? []),
  ];
  if (from.length === 0 && o.postBuild === undefined) return undefined;
  return compact({
    substitute: o.postBuild?.substitute,
    substituteFrom:
      from.length > 0
        ? from.map((s) => compact({ ...localRef(s.from), kind: s.from.kind, optional: s.optional }))
        : undefined,
    substituteStrategy: o.postBuild?.substituteStrategy,
  });
}

function keyRef(secret: (SecretRef & { readonly key?: string }) | undefined): Record<string, unknown> | undefined {
  return secret && compact({ name: secret.name, key: secret.key });
}
