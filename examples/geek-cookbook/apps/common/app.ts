import { ConfigMap, HelmRelease, Namespace } from 'cdk8s-flux-fleet';
import type { Cluster, HelmReleaseProps, HelmRepository, Layer } from 'cdk8s-flux-fleet';
import { recipe } from './recipe.js';
import type { RecipeProps } from './recipe.js';

/** Props of {@link app}. */
export interface AppProps extends Omit<RecipeProps, 'namespace'> {
  /** Where the chart comes from. */
  readonly repository: HelmRepository;
  /** Range of the chart's versions. */
  readonly version: string;
  /**
   * Namespace that the chart is installed into.
   *
   * @default - the chart's name
   */
  readonly namespace?: string;
  /**
   * Whether the namespace is made here, or by another app that shares it.
   *
   * @default true
   */
  readonly createNamespace?: boolean;
  /** How Helm installs it, and values over those of `values/<chart>.yaml`. */
  readonly release?: Pick<HelmReleaseProps, 'timeout' | 'install' | 'upgrade' | 'values'>;
}

/** One chart in one namespace: a Kustomization with the namespace, the release, and its values in a ConfigMap. */
export function app(cluster: Cluster, chart: string, props: AppProps): Layer {
  const { repository, version, namespace = chart, createNamespace = true, release, ...options } = props;
  const layer = recipe(cluster, chart, { ...options, namespace });

  if (createNamespace) new Namespace(layer, 'namespace', { name: namespace });
  const values = new ConfigMap(layer, `${chart}-helm-chart-value-overrides`, {
    files: { 'values.yaml': new URL(`../../values/${chart}.yaml`, import.meta.url) },
  });
  new HelmRelease(layer, chart, {
    chart: { chart, version, source: repository },
    interval: options.interval ?? '15m',
    timeout: '5m',
    releaseName: chart,
    valuesFrom: [{ from: values, valuesKey: 'values.yaml' }],
    ...release,
  });
  return layer;
}
