import type { Construct } from 'constructs';
import type { INetworkPolicyEgressRule, INetworkPolicyIngressRule } from 'kubernetes-models/networking.k8s.io/v1';
import { Args } from '../argument.js';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';

/** Traffic that is allowed often enough to have a name. */
export type CommonTraffic = 'same-namespace' | 'dns' | 'internet';

/** What a namespace's pods may talk to: nothing but what is said here. */
export interface AllowedTraffic {
  /**
   * Traffic with a name: `same-namespace` (pods among themselves), `dns` (the cluster's DNS), `internet` (IPv4
   * outside of the private, shared and link-local address ranges).
   *
   * @default - none
   */
  readonly allow?: readonly CommonTraffic[];
  /**
   * Rules for what may reach the pods.
   *
   * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
   */
  readonly ingress?: readonly INetworkPolicyIngressRule[];
  /** Rules for what the pods may reach. */
  readonly egress?: readonly INetworkPolicyEgressRule[];
}

/** Props of {@link NetworkPolicy}. */
export interface NetworkPolicyProps extends NamespacedObjectMeta, AllowedTraffic {
  /**
   * Labels of the pods that it holds for.
   *
   * @default - all pods of the namespace
   */
  readonly podLabels?: Readonly<Record<string, string>>;
}

/** Networks of the cluster and of its provider; 169.254.169.254 gives away the credentials of the node. */
const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];
const COMMON: Record<CommonTraffic, { ingress?: INetworkPolicyIngressRule; egress?: INetworkPolicyEgressRule }> = {
  'same-namespace': { ingress: { from: [{ podSelector: {} }] }, egress: { to: [{ podSelector: {} }] } },
  dns: {
    egress: {
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    },
  },
  internet: { egress: { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: PRIVATE } }] } },
};

/** A `NetworkPolicy` that denies all traffic of its pods but what is allowed. */
export class NetworkPolicy extends Manifest {
  /** @throws FleetError for traffic that has no such name */
  constructor(scope: Construct, id: string, props: NetworkPolicyProps = {}) {
    const args = new Args(scope, id);
    for (const name of props.allow ?? []) args.oneOf('allow', name, Object.keys(COMMON));
    const common = (props.allow ?? []).map((name) => COMMON[name]);
    const ingress = [...common.flatMap((c) => c.ingress ?? []), ...(props.ingress ?? [])];
    const egress = [...common.flatMap((c) => c.egress ?? []), ...(props.egress ?? [])];
    super(scope, id, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: objectMeta(scope, id, 'NetworkPolicy', props),
      spec: {
        podSelector: props.podLabels ? { matchLabels: props.podLabels } : {},
        policyTypes: ['Ingress', 'Egress'],
        ...(ingress.length > 0 && { ingress }),
        ...(egress.length > 0 && { egress }),
      },
    });
  }
}
