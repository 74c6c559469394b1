import { layer, ROOT } from '../word.js';
import type { SaidOf } from '../word.js';

const SETTINGS = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: apps }\n';
/** What whoever writes to a tenant's source could have in it. */
const POWER = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: power }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: ServiceAccount, name: dev-team, namespace: apps }]
`;

const BASE = {
  'acme/base': {
    tag: 'v1.2.3',
    files: {
      'app/kustomization.yaml': 'resources: [base.yaml]\n',
      'app/base.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: base, namespace: default }\n',
    },
  },
};
/** What the chart of cert-manager adds to the role "admin". */
const CERT_MANAGER_EDIT = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: cert-manager-edit, labels: { rbac.authorization.k8s.io/aggregate-to-admin: 'true' } }
rules: [{ apiGroups: [cert-manager.io], resources: [certificates], verbs: ['*'] }]
`;
const NOT_FETCHED = 'nothing is fetched from elsewhere here';
const CHANGES = 'Flux says nothing, and is ready, until somebody changes what is elsewhere';

/** What is said of those who reach further than they may. */
export const REACH: SaidOf = {
  'account-not-named/platform-forgot': {
    words: [
      { of: layer('apps'), says: /"system:serviceaccount:flux-system:default" cannot/ },
      { of: 'HelmRelease flux-system/podinfo', says: /"system:serviceaccount:flux-system:default" cannot/ },
    ],
  },
  'account-not-named/root-forgot': {
    words: [
      {
        of: ROOT,
        says: /kustomizations\S* "flux-system" is forbidden: User "system:serviceaccount:flux-system:default" cannot/,
      },
    ],
  },
  'account-not-named/tenant-forgot': {
    words: [{ of: 'Kustomization apps/dev-team', says: /"system:serviceaccount:apps:default" cannot/ }],
    sources: { 'dev-team': { 'deploy/settings.yaml': SETTINGS } },
  },

  'tenant-unbound/no-account': {
    words: [{ account: 'apps/dev-team', does: 'delete nodes', may: true, says: /ClusterRoleBinding "power"/ }],
    sources: { 'dev-team': { 'deploy/power.yaml': POWER } },
  },
  'tenant-unbound/lockdown-half': {
    words: [{ account: 'apps/dev-team', does: 'delete nodes', may: true, says: /ClusterRoleBinding "power"/ }],
    sources: { 'dev-team': { 'deploy/power.yaml': POWER } },
  },

  'forbidden/cluster-scoped': {
    words: [
      {
        of: 'Kustomization apps/dev-team',
        says: /namespaces "apps-preview" is forbidden: User "system:serviceaccount:apps:dev-team" cannot/,
      },
      {
        of: 'Kustomization apps/dev-team',
        says: /ingressclasses\.networking\.k8s\.io "internal" is forbidden: User "system:serviceaccount:apps:dev-team" cannot/,
        without: 'Namespace/apps-preview',
      },
    ],
  },
  'forbidden/custom-resources': {
    byHand: CERT_MANAGER_EDIT,
    words: [
      {
        of: 'Kustomization web/web-team',
        says: /certificates\.cert-manager\.io "web" is forbidden: User "system:serviceaccount:web:web-team" cannot/,
      },
    ],
  },
  'forbidden/escalation': {
    words: [
      {
        of: 'Kustomization apps/dev-team',
        says: /rolebindings\.rbac\.authorization\.k8s\.io "robot" is forbidden: .*attempting to grant RBAC permissions not currently held/,
      },
    ],
  },
  'forbidden/other-namespace': {
    words: [
      {
        of: 'Kustomization apps/dev-team',
        says: /configmaps "one" is forbidden: User "system:serviceaccount:apps:dev-team" cannot .* in the namespace "web"/,
      },
    ],
  },
  'forbidden/release-elsewhere': {
    words: [
      {
        of: 'HelmRelease apps/podinfo',
        says: /User "system:serviceaccount:apps:dev-team" cannot .* in the namespace "web"/,
      },
    ],
  },

  'tenant-cluster-admin/cluster-role-binding': {
    words: [
      { account: 'apps/dev-team', does: 'delete nodes', may: true, says: /ClusterRoleBinding "dev-team-reconciler"/ },
    ],
  },
  'tenant-cluster-admin/own-wildcards': {
    words: [{ account: 'apps/dev-team', does: 'delete nodes', may: true, says: /ClusterRoleBinding "deployer"/ }],
  },

  'tenant-reaches-out/bind-by-name': {
    words: [
      {
        account: 'ops/ops',
        does: 'bind clusterroles.rbac.authorization.k8s.io',
        may: true,
        says: /ClusterRoleBinding "ops-roles"/,
      },
    ],
  },
  'tenant-reaches-out/flux-system': {
    words: [
      {
        account: 'apps/dev-team',
        does: 'patch gitrepositories.source.toolkit.fluxcd.io',
        in: 'flux-system',
        may: true,
        says: /RoleBinding "dev-team-sources\/flux-system"/,
      },
    ],
  },
  'tenant-reaches-out/other-tenant': {
    words: [
      {
        account: 'apps/dev-team',
        does: 'impersonate serviceaccounts',
        in: 'web',
        may: true,
        says: /RoleBinding "friday\/web"/,
      },
    ],
  },
  'tenant-reaches-out/reads-secrets': {
    words: [{ account: 'apps/dev-team', does: 'get secrets', may: true, says: /ClusterRoleBinding "dev-team-reader"/ }],
  },

  'cross-namespace-reference/chart-in-flux-system': {
    words: [
      {
        of: 'HelmRelease apps/podinfo',
        says: /cross-namespace references are not allowed: cannot access OCIRepository flux-system\/podinfo/,
      },
    ],
  },
  'cross-namespace-reference/tenant-of-the-clusters-source': {
    words: [
      {
        of: 'Kustomization apps/dev-team',
        says: /can't access 'GitRepository\/flux-system\/\S+', cross-namespace references have been blocked/,
      },
    ],
  },

  'remote-base/component': {
    words: [{ of: layer('apps'), says: fetchedAndRefused('labels') }],
    repositories: {
      'acme/components': {
        tag: 'v2.0.0',
        files: {
          'labels/kustomization.yaml':
            'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonLabels: { a: b }\n',
        },
      },
    },
  },
  'remote-base/github': {
    words: [{ of: layer('apps'), says: fetchedAndRefused('app') }],
    besides: { [layer('crds')]: NOT_FETCHED },
    repositories: BASE,
  },
  'remote-base/without-lockdown': { words: [], repositories: BASE },
  'remote-base-unpinned/follows-main': {
    words: [{ unheard: CHANGES }],
    besides: { [layer('apps')]: NOT_FETCHED, [layer('infra')]: NOT_FETCHED },
  },
  'remote-base-unpinned/latest-release': {
    words: [{ unheard: CHANGES }],
    besides: { [layer('metrics')]: NOT_FETCHED, [layer('certs')]: NOT_FETCHED },
  },
  'remote-base-unpinned/no-ref': {
    words: [{ unheard: CHANGES }],
    besides: { [layer('apps')]: NOT_FETCHED, [layer('infra')]: NOT_FETCHED },
  },
};

/** kustomize fetches it, and may not read what lies outside of the source. */
function fetchedAndRefused(path: string): RegExp {
  return new RegExp(`(?<said>fs-security-constraint abs \\S+/${path}: path '\\S+' is not in or below '\\S+')`);
}
