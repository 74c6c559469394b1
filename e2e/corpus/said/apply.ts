import { layer, ROOT } from '../word.js';
import type { Condition, SaidOf } from '../word.js';

const MADE_UP = 'the ciphertext beside it is made up, and Flux cannot decrypt it';

/** What is said of what does not apply. */
export const APPLY: SaidOf = {
  'object-identity/no-name': { words: [{ of: layer('apps'), says: /missing metadata\.name in object/ }] },
  'object-identity/number-as-name': {
    words: [{ object: 'ConfigMap apps/4711', field: [], says: /^nothing$/ }],
  },
  'object-identity/no-kind': { words: [{ of: layer('apps'), says: /apps\/values\.yaml: missing Resource metadata/ }] },

  'api-version-not-served/flux-2-8-upgrade': {
    words: [
      { ...notServed('HelmRelease/apps/redis', 'helm.toolkit.fluxcd.io/v2beta2'), without: 'HelmRepository/bitnami' },
      { ...notServed('HelmRepository/apps/bitnami', 'source.toolkit.fluxcd.io/v1beta2'), without: 'HelmRelease/redis' },
    ],
  },
  'api-version-not-served/version-not-said': {
    words: [
      {
        ...notServed('HelmRepository/flux-system/bitnami', 'source.toolkit.fluxcd.io/v1beta2'),
        without: 'HelmRelease/redis',
      },
      {
        ...notServed('HelmRelease/flux-system/redis', 'helm.toolkit.fluxcd.io/v2beta1'),
        without: 'HelmRepository/bitnami',
      },
    ],
  },

  'invalid-field/health-checks-in-source-ref': {
    words: [
      {
        of: ROOT,
        says: /Kustomization\/flux-system\/apps dry-run failed: .* \.spec\.sourceRef\.healthChecks: field not declared in schema/,
      },
    ],
  },
  'invalid-field/indented-once-too-far': {
    words: [
      {
        of: ROOT,
        says: /HelmRelease\/apps\/redis dry-run failed: .* \.spec\.chart\.spec\.intervall: field not declared in schema/,
      },
    ],
  },
  'invalid-field/number-in-config-map': {
    words: [{ of: ROOT, says: /ConfigMap\/apps\/web dry-run failed: .* \.data\.PORT: expected string/ }],
  },
  'invalid-field/own-crd': {
    words: [{ of: ROOT, says: /Widget\/apps\/large dry-run failed: .* \.spec\.size: expected numeric/ }],
  },
  'invalid-field/validation-of-v1beta1': {
    words: [
      {
        of: ROOT,
        says: /Kustomization\/flux-system\/apps dry-run failed: .* \.spec\.validation: field not declared in schema/,
      },
    ],
  },
  'invalid-field/values-from-elsewhere': {
    words: [
      {
        of: ROOT,
        says: /HelmRelease\/web\/web dry-run failed: .* \.spec\.valuesFrom\[0\]\.namespace: field not declared in schema/,
      },
    ],
  },

  'crd-rule/both-charts': {
    words: [{ of: ROOT, says: /HelmRelease\/apps\/redis .*either chart or chartRef must be set/ }],
  },
  'crd-rule/bucket-default-provider': {
    words: [
      {
        of: ROOT,
        says: /Bucket\/apps\/models .*ServiceAccountName is not supported for the 'generic' Bucket provider/,
      },
    ],
  },
  'crd-rule/retry-interval': {
    words: [{ of: ROOT, says: /HelmRelease\/apps\/redis .*spec\.install\.strategy: .*\.retryInterval cannot be set/ }],
  },

  'object-name/cron-job-too-long': {
    words: [
      {
        of: ROOT,
        says: /"backup-of-the-customer-database-to-object-storage-daily": must be no more than 52 characters/,
      },
    ],
  },
  'object-name/underscore': { words: [{ of: ROOT, says: /metadata\.name: Invalid value: "web_settings"/ }] },

  'namespace-not-said/generator': {
    words: [{ of: layer('jenkins'), says: /ConfigMap\/jobs-btf9cghffm namespace not specified/ }],
  },
  'namespace-not-said/rendered-chart': {
    words: [{ of: layer('web'), says: /ServiceAccount\/web namespace not specified/ }],
  },
  'namespace-not-said/target-namespace': {
    words: [{ of: layer('green'), says: /ConfigMap\/settings namespace not specified/ }],
  },

  'subject-namespace/bootstrap': {
    words: [{ of: ROOT, says: /ClusterRoleBinding\/viewers .*subjects\[\d\]\.namespace: Required value/ }],
  },
  'subject-namespace/kustomize-fills-some': {
    words: [{ of: layer('web'), says: /ClusterRoleBinding\/reader-view .*subjects\[\d\]\.namespace: Required value/ }],
  },
  'subject-namespace/was-a-role-binding': {
    words: [{ of: ROOT, says: /ClusterRoleBinding\/everywhere .*subjects\[\d\]\.namespace: Required value/ }],
  },

  'invalid-label/too-long': {
    words: [{ of: ROOT, says: /ConfigMap\/apps\/web .*metadata\.labels: .*must be no more than 63/ }],
  },
  'invalid-label/url-as-key': {
    words: [
      {
        of: ROOT,
        says: /ConfigMap\/apps\/web .*metadata\.labels: .*"https:\/\/example\.com\/team": a valid label key/,
      },
    ],
  },
  'invalid-label/version-with-plus': {
    words: [{ of: ROOT, says: /ConfigMap\/apps\/web .*metadata\.labels: .*"1\.4\.0\+build\.7"/ }],
  },

  'unsafe-text/delete-character': {
    words: [{ of: ROOT, says: /"second\\x7f".*yaml: control characters are not allowed/ }],
  },
  'unsafe-text/line-separator': { words: [{ object: 'ConfigMap apps/notes', field: [], says: /^nothing$/ }] },
  'unsafe-text/next-line': {
    words: [{ object: 'ConfigMap apps/banner', field: ['data', 'text'], says: /^"Wartung ab 22 Uhr"$/ }],
  },

  'sops-envelope/half-envelope': {
    words: [{ object: 'Secret apps/db', field: ['data', 'password'], says: /^"ENC\[AES256_GCM,/ }],
  },

  'sops-envelope/copied-value': { words: [{ unheard: MADE_UP }], besides: { [layer('apps')]: MADE_UP } },
  'sops-envelope/helm-values': { words: [{ unheard: MADE_UP }], besides: { [layer('apps')]: MADE_UP } },

  'object-too-large/crd-of-a-release': {
    words: [{ of: layer('apps'), says: /HelmRelease\/apps\/redis .*request is too large/ }],
  },
  'object-too-large/dashboards': {
    words: [
      { of: layer('apps'), says: /ConfigMap "dashboards" is invalid: .*Too long: may not be more than 1048576 bytes/ },
    ],
  },
};

function notServed(object: string, version: string): Condition {
  const [kind] = object.split('/');
  const text = `${object} dry-run failed: no matches for kind "${kind}" in version "${version}"`;
  return { of: ROOT, says: new RegExp(text.replaceAll('.', '\\.')) };
}
