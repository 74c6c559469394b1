import type { Construct } from 'constructs';
import type { IHelmReleaseSpec } from '@kubernetes-models/flux-cd/helm.toolkit.fluxcd.io/v2';
import { Args, show } from '../argument.js';
import { compact } from '../compact.js';
import type { DeepReadonly } from '../deep-readonly.js';
import { late, Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { localRef } from '../reference.js';
import type { ConfigMapRef, SecretRef } from '../reference.js';
import { accountIn, defaultNamespace } from '../scope.js';
import type { HelmValues } from './helm-values.js';
import { intervalOf } from './intervals.js';
import type { HealthCheckExpr } from './kustomization-options.js';
import { referTo } from './source.js';
import type { SourceLike, SourceRef } from './source.js';
import { checkVersionRange } from './version-range.js';

type Spec = IHelmReleaseSpec;

/** How a chart is installed: `HelmRelease.spec.install`. */
export type HelmInstall = DeepReadonly<NonNullable<Spec['install']>>;
/** How a chart is upgraded: `HelmRelease.spec.upgrade`; `chartNameChangeStrategy` is new in Flux 2.9. */
export type HelmUpgrade = DeepReadonly<NonNullable<Spec['upgrade']>> & {
  readonly chartNameChangeStrategy?: 'InPlaceUpdate' | 'Reinstall';
};
/** How a failed release is rolled back. */
export type HelmRollback = DeepReadonly<NonNullable<Spec['rollback']>>;
/** How a release is removed. */
export type HelmUninstall = DeepReadonly<NonNullable<Spec['uninstall']>>;
/** Whether and how the chart's tests run. */
export type HelmTest = DeepReadonly<NonNullable<Spec['test']>>;
/** What happens when objects on the cluster differ from the release. */
export type DriftDetection = DeepReadonly<NonNullable<Spec['driftDetection']>>;
/** A kustomization over what the chart renders. */
export type PostRenderer = DeepReadonly<NonNullable<Spec['postRenderers']>[number]>;

/** A chart from a HelmRepository, GitRepository or Bucket: `HelmRelease.spec.chart`. */
export interface HelmChart {
  /** Name of the chart, or its path in a Git source, such as `./charts/app`. */
  readonly chart: string;
  /** Where it comes from. */
  readonly source: SourceLike;
  /**
   * Version, or range of versions.
   *
   * @default - Flux's, `*`: say one
   */
  readonly version?: string;
  /**
   * How often a new version is looked for, a Go duration.
   *
   * @default - Flux's, the interval of the release
   */
  readonly interval?: string;
  /** When a new artifact counts as a new chart: `Revision` for charts from Git without a version bump. */
  readonly reconcileStrategy?: 'ChartVersion' | 'Revision';
  /** Values files of the chart, relative to it. */
  readonly valuesFiles?: readonly string[];
  /** Whether values files that are not there are left out instead of failing. */
  readonly ignoreMissingValuesFiles?: boolean;
  /** Signatures that an OCI chart must carry. */
  readonly verify?: { readonly provider: 'cosign' | 'notation'; readonly secretRef?: SecretRef };
}

/** Values from a ConfigMap or Secret in the release's namespace. */
export interface HelmValuesFrom {
  readonly from: ConfigMapRef | SecretRef;
  /** @default - Flux's, values.yaml */
  readonly valuesKey?: string;
  /** Where in the values a single value goes, such as `ingress.host`. */
  readonly targetPath?: string;
  /** Whether it may be missing. */
  readonly optional?: boolean;
  /** Whether the value is taken as it is and not as YAML; new in Flux 2.9. */
  readonly literal?: boolean;
}

/** Another release that must be ready first. */
export interface HelmReleaseDependency {
  readonly on: HelmRelease;
  /** CEL that decides whether it is ready. */
  readonly readyExpr?: string;
}

/** Props of {@link HelmRelease}. */
export interface HelmReleaseProps extends NamespacedObjectMeta {
  /** The chart, from a repository of charts or from Git. Either this or `chartRef`. */
  readonly chart?: HelmChart;
  /** The chart as a source of its own: an OCIRepository, or what an ArtifactGenerator makes. Either this or `chart`. */
  readonly chartRef?: SourceLike;
  /**
   * Values, over the chart's own. Merge those of base and environment with `mergeValues`.
   *
   * @see https://fluxcd.io/flux/components/helm/helmreleases/#values
   */
  readonly values?: HelmValues;
  /**
   * Values from ConfigMaps and Secrets, under those of `values`; what is named here carries the label that makes Flux
   * reconcile at once when it changes.
   *
   * @see https://fluxcd.io/flux/components/helm/helmreleases/#values-references
   */
  readonly valuesFrom?: readonly HelmValuesFrom[];
  /**
   * How often the release is reconciled, a Go duration.
   *
   * @default - that of the cluster's or fleet's `intervals`, else '30m'
   */
  readonly interval?: string;
  /**
   * How long one Helm action may take, a Go duration.
   *
   * @default - Flux's, 5m
   */
  readonly timeout?: string;
  /** Releases that must be ready first. */
  readonly dependsOn?: readonly (HelmRelease | HelmReleaseDependency)[];
  /**
   * Name of the Helm release.
   *
   * @default - Flux's, the name of the object, behind `<targetNamespace>-` where there is one
   */
  readonly releaseName?: string;
  /**
   * Namespace that the chart is installed into.
   *
   * @default - that of the object
   */
  readonly targetNamespace?: string;
  /**
   * Namespace that Helm keeps its records in. When it changes, Flux uninstalls the release and installs it anew.
   *
   * @default - that of the object
   */
  readonly storageNamespace?: string;
  /**
   * Service account whose rights count, in the release's namespace.
   *
   * @default - the tenant's or component's own; `helm-controller` in flux-system under lockdown
   */
  readonly serviceAccountName?: string;
  readonly install?: HelmInstall;
  readonly upgrade?: HelmUpgrade;
  readonly test?: HelmTest;
  readonly rollback?: HelmRollback;
  readonly uninstall?: HelmUninstall;
  readonly driftDetection?: DriftDetection;
  readonly postRenderers?: readonly PostRenderer[];
  /** Which objects post-renderers see; new in Flux 2.9. */
  readonly postRenderStrategy?: 'nohooks' | 'combined' | 'separate';
  readonly healthCheckExprs?: readonly HealthCheckExpr[];
  /** How many revisions Helm keeps. */
  readonly maxHistory?: number;
  readonly commonMetadata?: DeepReadonly<Spec['commonMetadata']>;
  /** The cluster that it is installed on, where it is another one. */
  readonly kubeConfig?: DeepReadonly<Spec['kubeConfig']>;
  /**
   * Stops reconciling; written only when true, so that a `flux suspend` on the cluster is not undone.
   *
   * @default false
   */
  readonly suspend?: boolean;
  /** Fields of `HelmRelease.spec` that have no prop here, or over what the props say: the escape hatch. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/**
 * A `HelmRelease` of helm.toolkit.fluxcd.io/v2.
 *
 * @see https://fluxcd.io/flux/components/helm/helmreleases/
 */
export class HelmRelease extends Manifest {
  declare readonly kind: 'HelmRelease';

  /** @throws FleetError where both or none of chart and chartRef are given, and for what Flux would refuse */
  constructor(scope: Construct, id: string, props: HelmReleaseProps) {
    const args = new Args(scope, id);
    checkProps(args, props);
    const meta = objectMeta(scope, id, 'HelmRelease', props);
    const namespace = meta.namespace ?? defaultNamespace(scope);
    const { ref, uses, refs } = referTo((props.chartRef ?? props.chart?.source)!, meta.name, namespace);
    const dependencies = (props.dependsOn ?? []).map((d) => (d instanceof HelmRelease ? { on: d } : d));
    super(
      scope,
      id,
      {
        apiVersion: 'helm.toolkit.fluxcd.io/v2',
        kind: 'HelmRelease',
        metadata: meta,
        spec: late({
          produce: () => ({
            ...compact({
              interval: props.interval ?? intervalOf(scope, 'HelmRelease'),
              ...(props.chart ? { chart: chartSpec(props.chart, ref) } : { chartRef: ref }),
              serviceAccountName: props.serviceAccountName ?? accountIn(scope, namespace, 'helm-controller'),
              dependsOn: dependencies.length > 0 ? dependencies.map((d) => dependency(d, namespace)) : undefined,
            }),
            ...passedThrough(props),
            ...props.spec,
          }),
        }),
      },
      {
        refs: [
          ...(props.valuesFrom ?? []).filter((v) => v.optional !== true).map((v) => v.from),
          props.chart?.verify?.secretRef,
          ...refs,
        ],
        sources: uses,
      },
    );
  }
}

function checkProps(args: Args, props: HelmReleaseProps): void {
  if ((props.chart === undefined) === (props.chartRef === undefined)) {
    args.fail({
      rule: 'helm-chart',
      what: `this HelmRelease has ${props.chart ? 'both chart and chartRef' : 'neither chart nor chartRef'}`,
      expected:
        'exactly one of chart (a chart in a HelmRepository, GitRepository or Bucket) and chartRef (an OCIRepository)',
      given: props.chart ? 'chart and chartRef' : 'neither',
      fix: props.chart
        ? 'leave one of them out'
        : 'say chart: { chart, version, source }, or chartRef: Source.oci({ … })',
    });
  }
  if (props.chart && (props.chart.source as unknown) === undefined) {
    args.fail({
      rule: 'helm-chart',
      what: 'the chart of this HelmRelease has no source',
      expected: 'chart.source: a HelmRepository, GitRepository or Bucket',
      given: 'undefined',
      fix: 'say source: Source.helm({ … })',
    });
  }
  const releaseName = props.releaseName;
  if (releaseName !== undefined && (releaseName.length > 53 || releaseName.length === 0)) {
    args.fail({
      rule: 'release-name',
      what: 'the Helm release name has a wrong length',
      expected: '1 to 53 characters',
      given: show(releaseName),
    });
  }
  if (
    props.values !== undefined &&
    (typeof props.values !== 'object' || props.values === null || Array.isArray(props.values))
  ) {
    args.fail({ rule: 'values-not-a-map', what: 'Helm values are no map', given: show(props.values) });
  }
  for (const field of ['interval', 'timeout'] as const) args.duration(field, props[field]);
  args.duration('chart.interval', props.chart?.interval);
  checkVersionRange(args, 'chart.version', props.chart?.version);
  for (const action of ['install', 'upgrade', 'test', 'rollback', 'uninstall'] as const) {
    args.duration(`${action}.timeout`, props[action]?.timeout);
  }
  for (const action of ['install', 'upgrade'] as const) checkStrategy(args, action, props[action]);
}

/** Retries repair nothing, and repairs have no interval: what is said for the other one would have no effect. */
function checkStrategy(args: Args, action: string, { strategy, remediation }: HelmInstall | HelmUpgrade = {}): void {
  // Whether failed tests count matters for retries too.
  const { ignoreTestFailures: _, ...repairs } = remediation ?? {};
  const retries = strategy?.name === 'RetryOnFailure';
  const useless = retries ? Object.keys(repairs).map((field) => `remediation.${field}`) : [];
  if (!retries && strategy?.retryInterval !== undefined) useless.push('strategy.retryInterval');
  if (useless.length === 0) return;
  args.fail({
    rule: 'helm-strategy',
    what: `${action} of this HelmRelease says both how to retry and how to repair`,
    expected: 'strategy RetryOnFailure with a retryInterval, or remediation',
    given: `strategy ${show(strategy?.name)} and ${useless.join(', ')}`,
    fix: "say { strategy: { name: 'RetryOnFailure', retryInterval: '5m' } }, or { remediation: { retries: 3 } }",
  });
}

/** Props that are fields of the spec, under the same name and in the same form. */
function passedThrough(props: HelmReleaseProps): Record<string, unknown> {
  return compact({
    releaseName: props.releaseName,
    targetNamespace: props.targetNamespace,
    storageNamespace: props.storageNamespace,
    timeout: props.timeout,
    maxHistory: props.maxHistory,
    install: props.install,
    upgrade: props.upgrade,
    test: props.test,
    rollback: props.rollback,
    uninstall: props.uninstall,
    driftDetection: props.driftDetection,
    postRenderers: props.postRenderers,
    postRenderStrategy: props.postRenderStrategy,
    healthCheckExprs: props.healthCheckExprs,
    commonMetadata: props.commonMetadata,
    kubeConfig: props.kubeConfig,
    suspend: props.suspend === true ? true : undefined,
    valuesFrom: props.valuesFrom?.map(({ from, ...rest }) => compact({ kind: from.kind, name: from.name, ...rest })),
    values: props.values,
  });
}

function chartSpec(chart: HelmChart, sourceRef: SourceRef): Record<string, unknown> {
  const { source: _source, verify, ...fields } = chart;
  return {
    spec: compact({
      ...fields,
      sourceRef,
      verify: verify && compact({ provider: verify.provider, secretRef: localRef(verify.secretRef) }),
    }),
  };
}

function dependency(d: HelmReleaseDependency, namespace: string | undefined): Record<string, unknown> {
  const other = d.on.namespace === namespace ? undefined : d.on.namespace;
  return compact({ name: d.on.name, namespace: other, readyExpr: d.readyExpr });
}
