import { Layer } from 'cdk8s-flux-fleet';
import type { Cluster, HealthCheck, LayerProps } from 'cdk8s-flux-fleet';

/** Kinds that a recipe may be waited for by. */
const KINDS = {
  CustomResourceDefinition: { apiVersion: 'apiextensions.k8s.io/v1', namespaced: false },
  DaemonSet: { apiVersion: 'apps/v1', namespaced: true },
  Deployment: { apiVersion: 'apps/v1', namespaced: true },
} as const;

/** An object that says by its state whether a recipe works: its kind and name. */
export type Sign = `${keyof typeof KINDS}/${string}`;

/** Props of {@link recipe}. */
export interface RecipeProps extends Omit<LayerProps, 'name' | 'namespace' | 'healthChecks'> {
  readonly namespace: string;
  /** What must be healthy before the recipe is ready; of the recipe's namespace, where the kind has one. */
  readonly healthy?: readonly Sign[];
}

/** A Kustomization as the Cookbook names it: `<name>`, or `<name>--<namespace>` where the two differ. */
export function recipe(cluster: Cluster, name: string, props: RecipeProps): Layer {
  const { namespace, healthy, ...options } = props;
  return new Layer(cluster, name === namespace ? name : `${name}--${namespace}`, {
    interval: '15m',
    timeout: '2m',
    ...options,
    namespace,
    healthChecks: healthy?.map((sign) => healthCheck(sign, namespace)),
  });
}

function healthCheck(sign: Sign, namespace: string): HealthCheck {
  const [kind, name] = sign.split('/') as [keyof typeof KINDS, string];
  const { apiVersion, namespaced } = KINDS[kind];
  return { apiVersion, kind, name, ...(namespaced && { namespace }) };
}
