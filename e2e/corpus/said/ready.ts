import { layer, ROOT } from '../word.js';
import type { Condition, SaidOf, Word } from '../word.js';

const CERT_MANAGER = {
  'cert-manager': ['certificates.cert-manager.io', 'clusterissuers.cert-manager.io', 'issuers.cert-manager.io'],
};

const KYVERNO = { kyverno: ['clusterpolicies.kyverno.io'] };
const SLOW = 'the timeout is longer than a test may take';
const TOO_EARLY = 'Flux says nothing, and is ready: what depends on it was only too early';
const TOO_LATE = 'Flux says nothing, and is ready: the policy was only too late';
const PLAYED = 'source-controller would say it, whose part these tests only play';
const LUCK = 'whether the CRD comes in time is luck';
const MADE_UP = 'the ciphertext beside it is made up, and Flux cannot decrypt it';

/** What is said of what does not become ready. */
export const READY: SaidOf = {
  'path-missing/backslash': { words: [noPath('web', String.raw`\.\\apps\\web`)] },
  'path-missing/a-file': {
    words: [{ of: layer('web'), says: /web\/web\.yaml\/kustomization\.yaml: not a directory/ }],
  },
  'path-missing/climbs-out': { words: [noPath('web', 'web-repository/deploy')] },
  'path-missing/last-file-removed': { words: [noPath('crds', 'crds')] },
  'path-missing/renamed': { words: [noPath('apps', 'application')] },
  'path-missing/version-directory': { words: [noPath('elastic', String.raw`components/elastic/v\.1\.9\.1`)] },

  'build-failed/base-without-a-list': {
    words: [
      {
        of: layer('web'),
        says: /kustomize build failed: .*unable to find one of 'kustomization\.yaml'.* in directory '.*apps\/base\/web'/,
      },
    ],
  },
  'build-failed/misspelt-in-a-base': {
    words: [{ of: layer('web'), says: /kustomize build failed: .*shared\.settings\.yaml: no such file or directory/ }],
  },
  'build-failed/not-there': {
    words: [{ of: layer('apps'), says: /kustomize build failed: .*apps\/deployment\.yaml: no such file or directory/ }],
  },
  'build-failed/unknown-field': {
    words: [{ of: layer('web'), says: /kustomize build failed: .*unknown field "namespaces"/ }],
  },
  'build-failed/patch-for-nothing': {
    words: [
      {
        of: layer('apps'),
        says: /kustomize build failed: .*failed to find unique target for patch ConfigMap\.v1\.\[noGrp\]\/settings\.default/,
      },
    ],
  },

  'path-empty/emptied': { words: [nothingApplied('later'), nothingApplied('apps')] },
  'path-empty/nothing-listed': { words: [nothingApplied('apps')] },
  'path-empty/only-comments': { words: [nothingApplied('apps')] },

  'dependency-missing/renamed': { words: [noDependency('dashboards', 'flux-system/monitoring')] },
  'dependency-missing/reported-as-a-cycle': { words: [noDependency('web', 'flux-system/database')] },
  'dependency-missing/helm-release-namespace': {
    words: [{ of: 'HelmRelease web/web', says: /unable to get 'web\/redis' dependency: .*"redis" not found/ }],
  },
  'dependency-missing/source-missing-too': {
    words: [
      { unheard: 'Flux looks for the source first' },
      { of: layer('apps'), says: /GitRepository\S* "flux-sytem" not found/ },
    ],
  },
  'allow-unknown-rule/for-a-layer': {
    words: [{ unheard: 'this is said to no cluster' }, noDependency('apps', 'flux-system/database')],
  },

  'dependency-kind/release-of-storage': { words: [noDependency('books', 'rook-ceph/rook-ceph-cluster')] },
  'dependency-kind/release-on-kustomization': {
    words: [
      {
        of: 'HelmRelease monitoring/grafana',
        says: /unable to get 'flux-system\/secrets-store' dependency: helmreleases\S* "secrets-store" not found/,
      },
    ],
  },

  'dependency-cycle/two-layers': {
    words: [notReady('ingress', 'flux-system/monitoring')],
    besides: { [layer('monitoring')]: 'the other one of the cycle' },
  },
  'dependency-cycle/child-waits-for-parent': { words: [notReady('dashboards', 'flux-system/platform')] },
  'dependency-cycle/through-a-release': {
    words: [notReady('data', 'flux-system/apps')],
    besides: { 'HelmRelease web/web': 'one of the cycle' },
  },

  'dependency-suspended/forgotten': {
    words: [{ of: layer('apps'), says: /dependency 'flux-system\/ingress' revision is not up to date/ }],
    before: (files) => edited(files, 'clusters/prod/layers.yaml', '  suspend: true\n', ''),
    after: (files) => edited(files, 'apps/settings.yaml', 'info', 'debug'),
  },
  'dependency-suspended/own-expression': {
    words: [],
    before: (files) => edited(files, 'clusters/prod/layers.yaml', /^ {2}suspend: true\n/gm, ''),
  },
  'dependency-suspended/release': {
    words: [{ of: 'HelmRelease web/web', says: /dependency 'web\/postgres' is not ready/ }],
  },

  'dependency-not-waiting/secrets-store': {
    words: [{ unheard: TOO_EARLY }],
    charts: { 'external-secrets': ['clustersecretstores.external-secrets.io'] },
  },

  'policy-order/policies-first': { words: [], charts: KYVERNO },
  'policy-order/policy-beside-tenants': { words: [{ unheard: TOO_LATE }], charts: KYVERNO },

  'controller-missing/helm-controller': { words: [noKind('web', 'HelmRelease/web/web', 'helm.toolkit.fluxcd.io/v2')] },
  'controller-missing/image-automation': {
    words: [noKind('web', 'ImageRepository/flux-system/web', 'image.toolkit.fluxcd.io/v1')],
  },

  'undefined-variable/description-of-a-crd': { words: [noVariable('crds', 'things.example.com', 'var')] },
  'undefined-variable/from-config-map': {
    words: [noVariable('apps', 'settings', 'environment')],
    byHand:
      'apiVersion: v1\nkind: Secret\nmetadata: { name: cluster-secrets, namespace: flux-system }\nstringData: { token: a }\n',
  },
  'undefined-variable/patches-of-a-child': { words: [noVariable('layers', 'one', 'image')] },
  'undefined-variable/strict-since-2.9': {
    words: [
      { unheard: 'Flux stops at the first variable, in the order of the fields' },
      noVariable('apps', 'settings', 'region'),
    ],
  },

  'variable-unmeant/container-environment': { words: [noVariable('apps', 'probe', 'HOST')] },
  'variable-unmeant/dashboard': { words: [noVariable('apps', 'dashboard', 'DS_PROMETHEUS')] },
  'variable-unmeant/default-wins': {
    words: [{ object: 'ConfigMap default/entry', field: ['data', 'run.sh'], says: /retries=\$1.*--retry 3 / }],
  },
  'variable-unmeant/not-envsubst': { words: [{ of: layer('apps'), says: /post build failed for '.*entry'.*/ }] },
  'variable-unmeant/release-script': { words: [noVariable('media', 'media', 'REV')] },
  'variable-unmeant/script': { words: [noVariable('apps', 'backup', 'stamp')] },
  'variable-unmeant/upgrade-to-2-9': { words: [noVariable('bazarr', 'bazarr-scripts-db6h4ktct6', 'PLEX_TOKEN')] },

  'variable-type/annotation': {
    words: [{ of: layer('apps'), says: /Service\/default\/web .*prometheus\.io\/scrape/ }],
  },
  'variable-type/breaks-the-yaml': { words: [{ of: layer('apps'), says: /post build failed for '.*settings'.*yaml/ }] },
  'variable-type/config-map-and-env': {
    words: [
      { of: layer('apps'), says: /Deployment\/default\/web .*\.value: expected string/, without: 'ConfigMap/settings' },
      {
        of: layer('apps'),
        says: /ConfigMap\/default\/settings .*\.data\.PORT: expected string/,
        without: 'Deployment/web',
      },
    ],
  },
  'variable-type/own-crd': { words: [{ of: layer('shop'), says: /Shop\/east .*spec\.address/ }] },

  'variable-type/label': {
    words: [
      {
        object: 'ConfigMap default/settings',
        field: ['metadata', 'labels'],
        says: /^\{"kustomize\.toolkit\.fluxcd\.io\/name":"apps","kustomize\.toolkit\.fluxcd\.io\/namespace":"flux-system"\}$/,
      },
    ],
  },

  'variable-not-substituted/declared-for-the-cluster': {
    words: [{ object: 'ConfigMap default/a', field: ['data', 'name'], says: /^"\$\{CLUSTER_NAME\}"$/ }],
  },
  'variable-not-substituted/forgotten-post-build': {
    words: [{ object: 'ConfigMap default/b', field: ['data', 'url'], says: /\$\{domain\}/ }],
  },
  'variable-not-substituted/own-spec': {
    words: [{ object: layer('balancer'), field: ['spec', 'healthChecks'], says: /"\$\{cluster_name\}-balancer"/ }],
    besides: { [layer('balancer')]: 'it waits for what it names' },
  },
  'variable-not-substituted/two-dollars': {
    words: [{ object: 'ConfigMap default/b', field: ['data', 'cmd'], says: /\$\$\{HOME\}/ }],
  },

  'variable-name/dashes': { words: [{ of: layer('apps'), says: /post build failed|var/ }] },
  'variable-name/secret-keys': { words: [{ of: layer('apps'), says: /tls\.crt/ }] },
  'variable-name/values-yaml': { words: [{ of: layer('apps'), says: /values\.yaml/ }] },

  'decryption-missing/by-kind': {
    words: [
      { of: layer('data'), says: /Secret\/default\/data is SOPS encrypted, configuring decryption is required/ },
      { of: layer('release'), says: /HelmRelease\/default\/web .*\.sops: field not declared in schema/ },
      ciphertext('text'),
    ],
  },
  'decryption-missing/in-a-child': { words: [{ unheard: MADE_UP }], besides: { [layer('apps')]: MADE_UP } },
  'decryption-missing/in-the-root': { words: [ciphertext('token')] },
  'decryption-missing/second-kustomization': { words: [ciphertext('web')], besides: { [layer('apps')]: MADE_UP } },

  'values-from/key': {
    words: [
      {
        of: 'HelmRelease web/bad',
        says: /ConfigMap chart values reference 'web\/values' with key '.*': .*(missing key|not found)/,
      },
    ],
  },
  'values-from/not-a-map': {
    words: [{ of: 'HelmRelease web/bad', says: /ConfigMap chart values reference 'web\/values'/ }],
  },
  'values-from/not-yaml': {
    words: [{ of: 'HelmRelease web/bad', says: /ConfigMap chart values reference 'web\/values'/ }],
  },

  'crd-missing/installed-otherwise': {
    words: [noKind('backup', 'BackupConfiguration/default/nightly', 'stash.appscode.com/v1beta1')],
    provides: ['ipaddresspools.metallb.io'],
    byHand: namespace('metallb-system'),
  },
  'crd-missing/issuer-beside-cert-manager': {
    words: [noKind('infrastructure', 'ClusterIssuer/letsencrypt', 'cert-manager.io/v1')],
    charts: CERT_MANAGER,
  },
  'crd-missing/nobody-brings-it': { words: [noKind('web', 'ServiceMonitor/web/web', 'monitoring.coreos.com/v1')] },
  'crd-missing/wrong-way-round': {
    words: [noKind('certificates', 'ClusterIssuer/letsencrypt', 'cert-manager.io/v1')],
    charts: CERT_MANAGER,
  },
  'crd-missing/controllers-then-configs': { words: [], charts: CERT_MANAGER },

  'crd-order/beside-the-layer': {
    words: [notYet('pools', 'IPAddressPool/metallb-system/main', 'metallb.io/v1beta1')],
    charts: { ...CERT_MANAGER, metallb: ['ipaddresspools.metallb.io'] },
  },
  'crd-order/crds-of-ones-own': {
    words: [{ unheard: LUCK }],
    besides: { [layer('teams')]: LUCK },
  },
  'crd-order/release-without-an-order': {
    words: [notYet('issuers', 'ClusterIssuer/first', 'cert-manager.io/v1')],
    charts: CERT_MANAGER,
  },
  'crd-order/service-monitor': {
    words: [notYet('web', 'ServiceMonitor/web/web', 'monitoring.coreos.com/v1')],
    charts: { 'kube-prometheus-stack': ['servicemonitors.monitoring.coreos.com'] },
  },

  'namespace-missing/create-namespace': {
    words: [{ of: 'HelmRelease flux-system/bad', says: /namespaces "bad" not found/ }],
  },
  'namespace-missing/installed-otherwise': {
    words: [{ of: ROOT, says: /ConfigMap\/apps\/settings not found: namespaces "apps" not found/ }],
    provides: ['ipaddresspools.metallb.io'],
    byHand: namespace('metallb-system'),
  },
  'namespace-missing/target-namespace': {
    words: [{ of: layer('apps'), says: /ConfigMap\/team-a\/settings not found: namespaces "team-a" not found/ }],
  },
  'namespace-missing/typo': {
    words: [{ of: ROOT, says: /ConfigMap\/monitring\/alerts not found: namespaces "monitring" not found/ }],
  },

  'source-missing/typo': { words: [{ of: layer('infra'), says: /GitRepository\S* "infrastucture" not found/ }] },

  'config-map-missing/generated-name': {
    words: [{ of: 'HelmRelease web/web', says: /configmaps "web-values" not found/ }],
  },
  'config-map-missing/made-with-the-cluster': {
    words: [{ of: layer('west'), says: /configmaps "cluster-setings" not found/ }],
    byHand:
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: terraform-outputs, namespace: flux-system }\ndata: { VPC: "7" }\n',
  },
  'config-map-missing/substitute-from': {
    words: [{ of: 'Kustomization red/apps', says: /configmaps "facts" not found/ }],
    sources: {
      other: { 'deploy/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: "${REGION}" }\n' },
    },
    besides: { 'Kustomization blue/apps': 'Kyverno does not run here, which would copy the ConfigMap' },
  },
  'config-map-missing/values': { words: [{ of: 'HelmRelease web/web', says: /configmaps "values-web" not found/ }] },

  'source-missing/named-like-others': {
    words: [{ unheard: PLAYED }],
    provides: ['externalsecrets.external-secrets.io'],
    // What the ExternalSecret makes.
    byHand: `${namespace('database')}---\napiVersion: v1\nkind: Secret\nmetadata: { name: cloudnative-pg, namespace: database }\nstringData: { values.yaml: "a: b" }\n`,
  },
  'secret-missing/another-namespace': {
    words: [{ unheard: PLAYED }],
    // What the SealedSecret makes.
    byHand: `${namespace('web')}---\napiVersion: v1\nkind: Secret\nmetadata: { name: values, namespace: web }\nstringData: { values.yaml: "a: b" }\n`,
  },
  'secret-missing/hand-written': { words: [{ of: layer('team'), says: /GitRepository\S* "teem" not found/ }] },
  'secret-missing/read-by-flux': {
    words: [
      { of: layer('west'), says: /secrets "cluster-secret" not found/ },
      { of: 'HelmRelease web/web', says: /secrets "web-values" not found/ },
    ],
  },

  'health-check-missing/namespace-typo': { words: [{ unheard: SLOW }], besides: { [layer('nfs-subdir')]: SLOW } },
  'health-check-missing/pod-of-apps': { words: [{ unheard: SLOW }], besides: { [layer('web')]: SLOW } },
  'health-check-missing/renamed-release': { words: [{ unheard: SLOW }], besides: { [layer('ingress')]: SLOW } },
  'health-check-missing/short-timeout': {
    words: [
      { of: layer('web'), says: /HelmRelease\/default\/frontend status: 'NotFound'/ },
      { of: layer('pods'), says: /Pod.*default|no matches for kind "Pod"/ },
    ],
  },

  'key-missing/values': {
    words: [{ of: 'HelmRelease web/bad', says: /Secret chart values reference 'web\/web' with key 'values\.yaml'/ }],
    byHand: `${namespace('web')}---\napiVersion: v1\nkind: Secret\nmetadata: { name: web, namespace: web }\nstringData: { web.yaml: "a: b" }\n`,
  },

  'service-account-missing/tenant': {
    words: [{ of: 'Kustomization team/apps', says: /"system:serviceaccount:team:teem" cannot/ }],
    sources: {
      other: {
        'deploy/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: team }\n',
        'more/b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: b, namespace: team }\n',
      },
    },
  },
  'service-account-missing/workload': {
    words: [
      { of: 'Deployment web/web', says: /error looking up service account web\/web: serviceaccount "web" not found/ },
    ],
  },

  'role-missing/cluster-role-as-role': {
    words: [
      {
        account: 'team/team',
        does: 'bind roles.rbac.authorization.k8s.io',
        in: 'team',
        may: false,
        says: /role\.rbac\.authorization\.k8s\.io "admin" not found/,
      },
    ],
  },
  'role-missing/other-namespace': {
    words: [
      {
        account: 'red/ci',
        does: 'get configmaps',
        in: 'red',
        may: false,
        says: /role\.rbac\.authorization\.k8s\.io "ci" not found/,
      },
    ],
  },
  'role-missing/typo': {
    words: [
      {
        account: 'team/team',
        does: 'delete deployments.apps',
        in: 'team',
        may: false,
        says: /clusterrole\.rbac\.authorization\.k8s\.io "deploier" not found/,
      },
    ],
  },

  'provider-missing/declared': { words: [noProvider('mail')] },
  'provider-missing/typo': { words: [noProvider('slak')] },
};

function noPath(name: string, path: string): Word {
  return {
    of: layer(name),
    says: new RegExp(`kustomization path not found: stat \\S*/kustomization-\\d+/${path}: no such file`),
  };
}

function noDependency(name: string, dependency: string): Word {
  return { of: layer(name), says: new RegExp(`dependency '${dependency}' not found`) };
}

function notReady(name: string, dependency: string): Word {
  return { of: layer(name), says: new RegExp(`dependency '${dependency}' is not ready`) };
}

function noVariable(name: string, object: string, variable: string): Word {
  return {
    of: layer(name),
    says: new RegExp(`post build failed for '\\S*/${object}': .*variable not set \\(strict mode\\): "(${variable})"`),
  };
}

function ciphertext(secret: string): Word {
  return { object: `Secret default/${secret}`, field: ['data', 'token'], says: /^"ENC\[AES256_GCM,/ };
}

/** A kind that the API server does not know. */
function noKind(name: string, object: string, version: string): Condition {
  const [kind] = object.split('/');
  return {
    of: layer(name),
    says: new RegExp(`${object} dry-run failed: no matches for kind "${kind}" in version "${version}"`),
  };
}

/** A kind that the API server does not know yet. */
function notYet(name: string, object: string, version: string): Word {
  return { ...noKind(name, object, version), once: true };
}

/** Ready, with nothing in its inventory. */
function nothingApplied(name: string): Word {
  return { object: layer(name), field: ['status', 'inventory', 'entries'], says: /^(?:\[\]|nothing)$/ };
}

function noProvider(name: string): Word {
  return { log: 'notification-controller', says: new RegExp(`failed to read provider.*"${name}"`) };
}

function namespace(name: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n`;
}

function edited(
  files: Readonly<Record<string, string>>,
  path: string,
  from: string | RegExp,
  to: string,
): Record<string, string> {
  return { ...files, [path]: files[path]!.replace(from, to) };
}
