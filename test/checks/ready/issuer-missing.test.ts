import { expect, test } from '@jest/globals';
import { ClusterIssuer } from 'cdk8s-flux-fleet';
import { findingsInLayer, object } from '../support.js';

/** What is said of a Certificate, beside the ClusterIssuer `ca`. */
function findings(issuerRef: object) {
  const found = findingsInLayer((layer) => {
    new ClusterIssuer(layer, 'ca', { selfSigned: {} });
    object(layer, 'web', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      spec: { secretName: 'web', dnsNames: ['web.acme.example'], issuerRef },
    });
  });
  return found.filter((f) => f.rule === 'issuer-missing');
}

test('a ClusterIssuer is not found where no kind is said', () => {
  expect(findings({ name: 'ca' })).toMatchObject([
    {
      what: 'Certificate "base/web" needs the Issuer "base/ca", which nothing makes: cert-manager waits for it, and the Secret with the certificate never comes',
    },
  ]);
  expect(findings({ kind: 'ClusterIssuer', name: 'ca' })).toEqual([]);
});

test('a misspelt one is told with what was meant', () => {
  expect(findings({ kind: 'ClusterIssuer', name: 'ka' })).toMatchObject([
    { expected: 'a ClusterIssuer that is there: did you mean "ca"?' },
  ]);
});

test('issuers of other makers are not judged', () => {
  expect(findings({ kind: 'Issuer', name: 'x', group: 'example.com' })).toEqual([]);
});
