import { ApiObject } from 'cdk8s';
import type { Cluster, Dependency, Layer } from 'cdk8s-flux-fleet';
import { recipe } from './recipe.js';

/** Props of {@link metallbConfig}. */
export interface MetallbConfigProps {
  readonly dependsOn: readonly Dependency[];
  /** Addresses that Services of type LoadBalancer get. */
  readonly addresses: readonly string[];
  /** The router that the addresses are announced to. */
  readonly peer: { readonly address: string; readonly asn: number; readonly ownAsn: number };
}

const NAMESPACE = 'metallb-system';
const POOL = 'metallb-pool';

/** What MetalLB gives away, and how it announces it: by BGP to the router, and by ARP to the local network. */
export function metallbConfig(cluster: Cluster, props: MetallbConfigProps): Layer {
  const { dependsOn, addresses, peer } = props;
  const layer = recipe(cluster, 'config', {
    namespace: NAMESPACE,
    dependsOn,
    healthy: ['Deployment/metallb-controller'],
  });
  const object = (version: string, kind: string, name: string, spec: unknown) =>
    // A kind that the library does not know may be namespaced or not, so the namespace is written out.
    new ApiObject(layer, kind, {
      apiVersion: `metallb.io/${version}`,
      kind,
      metadata: { name, namespace: NAMESPACE },
      spec,
    });

  object('v1beta1', 'IPAddressPool', POOL, { addresses });
  object('v1beta2', 'BGPPeer', `bgppeer-${peer.address}`, {
    myASN: peer.ownAsn,
    peerASN: peer.asn,
    peerAddress: peer.address,
  });
  object('v1beta1', 'BGPAdvertisement', 'metallb-advertisment', {
    ipAddressPools: [POOL],
    aggregationLength: 32,
    localPref: 100,
    communities: ['65535:65282'],
  });
  object('v1beta1', 'L2Advertisement', 'my-l2-advertisment', { ipAddressPools: [POOL] });
  return layer;
}
