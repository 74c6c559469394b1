import { referenceRule } from '../shared/missing.js';

/**
 * The issuer of every Certificate is there: an Issuer in the namespace of the Certificate, or a ClusterIssuer.
 *
 * @see https://cert-manager.io/docs/concepts/certificate/
 */
export const issuerMissing = referenceRule({
  id: 'issuer-missing',
  title: 'Every Issuer or ClusterIssuer that a Certificate refers to is on the cluster.',
  kinds: ['Issuer', 'ClusterIssuer'],
  consequence: () => 'cert-manager waits for it, and the Secret with the certificate never comes',
});
