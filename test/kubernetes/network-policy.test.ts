import { expect, test } from '@jest/globals';
import { NetworkPolicy } from 'cdk8s-flux-fleet';
import type { CommonTraffic, NetworkPolicyProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { findingsOf, yamlOf } from '../support/fleet.js';
import { errorOf, specOf } from '../flux/objects.js';

/** The spec of a policy with these props. */
function spec(props: NetworkPolicyProps = {}): Record<string, unknown> {
  return specOf((layer) => new NetworkPolicy(layer, 'deny', { namespace: 'apps', ...props }));
}

test('defaults: all traffic of all pods is denied', () => {
  expect(yamlOf((layer) => new NetworkPolicy(layer, 'deny', { namespace: 'apps' }))).toMatchInlineSnapshot(`
   "apiVersion: networking.k8s.io/v1
   kind: NetworkPolicy
   metadata:
     name: deny
     namespace: apps
   spec:
     podSelector: {}
     policyTypes:
       - Ingress
       - Egress
   "
  `);
});

test('what is allowed with a name', () => {
  expect(
    yamlOf(
      (layer) => new NetworkPolicy(layer, 'deny', { namespace: 'apps', allow: ['same-namespace', 'dns', 'internet'] }),
    ),
  ).toMatchInlineSnapshot(`
   "apiVersion: networking.k8s.io/v1
   kind: NetworkPolicy
   metadata:
     name: deny
     namespace: apps
   spec:
     egress:
       - to:
           - podSelector: {}
       - ports:
           - port: 53
             protocol: UDP
           - port: 53
             protocol: TCP
         to:
           - namespaceSelector:
               matchLabels:
                 kubernetes.io/metadata.name: kube-system
       - to:
           - ipBlock:
               cidr: "0.0.0.0/0"
               except:
                 - "10.0.0.0/8"
                 - "100.64.0.0/10"
                 - "169.254.0.0/16"
                 - "172.16.0.0/12"
                 - "192.168.0.0/16"
     ingress:
       - from:
           - podSelector: {}
     podSelector: {}
     policyTypes:
       - Ingress
       - Egress
   "
  `);
});

test('every prop lands in its field', () => {
  const meta = { name: 'the-policy', namespace: 'apps', labels: { team: 'a' }, annotations: { note: 'b' } };
  const ingress = [{ from: [{ podSelector: { matchLabels: { app: 'proxy' } } }], ports: [{ port: 8080 }] }];
  const egress = [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }];
  const props = { ...meta, podLabels: { app: 'web' }, ingress, egress };
  expect(parse(yamlOf((layer) => new NetworkPolicy(layer, 'deny', props)))).toEqual({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta,
    spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress', 'Egress'], ingress, egress },
  });
});

test('rules of one’s own stand beside what is allowed with a name', () => {
  const rule = { to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] };
  const { egress } = spec({ allow: ['same-namespace'], egress: [rule] });
  expect(egress).toEqual([{ to: [{ podSelector: {} }] }, rule]);
});

test('both directions are denied, also where only one is allowed something', () => {
  const { policyTypes, ingress, egress } = spec({ allow: ['dns'] });
  expect(policyTypes).toEqual(['Ingress', 'Egress']);
  expect(ingress).toBeUndefined();
  expect(egress).toHaveLength(1);
});

test('the Internet is not the node: neither private networks nor the metadata of the cloud can be reached', () => {
  const { egress } = spec({ allow: ['internet'] }) as { egress: { to: { ipBlock: { except: string[] } }[] }[] };
  expect(egress[0]!.to[0]!.ipBlock.except).toEqual(
    expect.arrayContaining(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']),
  );
});

test('refuses a name that no traffic has', () => {
  expect(errorOf(() => spec({ allow: ['intranet' as CommonTraffic] }))).toMatchInlineSnapshot(`
   "'allow' has no such value [invalid-value]
     expected  same-namespace, dns, internet
     given     "intranet"
     construct test/layer/deny
     at        test/kubernetes/network-policy.test.ts:<line>, called from test/kubernetes/network-policy.test.ts:<line>"
  `);
});

test('refuses to stand in no namespace', () => {
  expect(findingsOf(() => yamlOf((layer) => new NetworkPolicy(layer, 'deny')))).toMatchObject([
    { rule: 'object-without-namespace' },
  ]);
});
