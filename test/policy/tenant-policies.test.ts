import { expect, test } from '@jest/globals';
import { Layer, Secret, Tenant, TenantPolicies } from 'cdk8s-flux-fleet';
import type { Cluster, TenantPoliciesProps } from 'cdk8s-flux-fleet';
import { errorOf, objectIn, objectsIn } from '../flux/objects.js';
import type { KubeObject } from '../flux/objects.js';
import { filesOf, findingsOf, testCluster, yamlOf } from '../support/fleet.js';

const MINIMAL: TenantPoliciesProps = { allowedSources: ['https://github.com/acme/'] };
const PATH = 'layers/tenant-policies/tenant-policies.yaml';

/** What a cluster with these policies gets. */
function objects(props: Partial<TenantPoliciesProps> = {}, fill?: (cluster: Cluster) => unknown): KubeObject[] {
  const cluster = testCluster();
  new TenantPolicies(cluster, 'tenant-policies', { ...MINIMAL, ...props });
  fill?.(cluster);
  return objectsIn(filesOf(cluster)[PATH]);
}

/** The names of the policies, without what they have in common. */
function names(props: Partial<TenantPoliciesProps> = {}): string[] {
  return objects(props)
    .filter((o) => o.kind === 'ValidatingAdmissionPolicy')
    .map((o) => o.metadata.name.replace('tenant-policies-', ''));
}

/** A variable of the policy about pods. */
function podsVariable(
  name: string,
  props: Partial<TenantPoliciesProps>,
  fill?: (cluster: Cluster) => unknown,
): unknown {
  const policy = objects(props, fill).find((o) => o.metadata.name === 'tenant-policies-pods')!;
  return (policy.spec['variables'] as { name: string; expression: string }[]).find((v) => v.name === name)?.expression;
}

test('defaults', () => {
  expect(
    yamlOf((layer) => new TenantPolicies(layer, 'tenant-policies', { allowedSources: ['https://github.com/acme/'] })),
  ).toMatchInlineSnapshot(`
   "apiVersion: v1
   kind: ConfigMap
   metadata:
     labels:
       cdk8s-flux-fleet/allowed-sources: tenants
     name: tenant-policies-sources
     namespace: flux-system
   data:
     prefixes: |
       https://github.com/acme/
   ---
   apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicy
   metadata:
     name: tenant-policies-buckets
   spec:
     failurePolicy: Fail
     matchConditions:
       - expression: "!has(object.metadata.deletionTimestamp)"
         name: not-being-deleted
     matchConstraints:
       resourceRules:
         - apiGroups:
             - source.toolkit.fluxcd.io
           apiVersions:
             - "*"
           operations:
             - CREATE
             - UPDATE
           resources:
             - buckets
     validations:
       - expression: "false"
         message: "tenants have no Buckets here: use a GitRepository or an OCIRepository"
         reason: Forbidden
   ---
   apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicy
   metadata:
     name: tenant-policies-kubeconfig
   spec:
     failurePolicy: Fail
     matchConditions:
       - expression: "!has(object.metadata.deletionTimestamp)"
         name: not-being-deleted
     matchConstraints:
       resourceRules:
         - apiGroups:
             - kustomize.toolkit.fluxcd.io
           apiVersions:
             - "*"
           operations:
             - CREATE
             - UPDATE
           resources:
             - kustomizations
         - apiGroups:
             - helm.toolkit.fluxcd.io
           apiVersions:
             - "*"
           operations:
             - CREATE
             - UPDATE
           resources:
             - helmreleases
     validations:
       - expression: "!has(object.spec.kubeConfig)"
         message: "tenants reconcile this cluster only: remove spec.kubeConfig"
         reason: Forbidden
   ---
   apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicy
   metadata:
     name: tenant-policies-pods
   spec:
     failurePolicy: Fail
     matchConstraints:
       resourceRules:
         - apiGroups:
             - ""
           apiVersions:
             - "*"
           operations:
             - CREATE
           resources:
             - pods
     validations:
       - expression: "!(variables.account in [variables.tenant, 'flux']) && !(request.namespace + '/' + variables.account in variables.others)"
         message: "this service account is for Flux alone: give the pod one of its own in spec.serviceAccountName"
         reason: Forbidden
     variables:
       - expression: "has(object.spec.serviceAccountName) ? object.spec.serviceAccountName : 'default'"
         name: account
       - expression: "namespaceObject.metadata.labels['toolkit.fluxcd.io/tenant']"
         name: tenant
       - expression: "[]"
         name: others
   ---
   apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicy
   metadata:
     name: tenant-policies-source-status
   spec:
     failurePolicy: Fail
     matchConstraints:
       resourceRules:
         - apiGroups:
             - source.toolkit.fluxcd.io
           apiVersions:
             - "*"
           operations:
             - UPDATE
           resources:
             - "*/status"
     validations:
       - expression: "request.userInfo.groups.exists(group, group == 'system:serviceaccounts:flux-system')"
         message: the status of a source is written by Flux alone
         reason: Forbidden
   ---
   apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicy
   metadata:
     name: tenant-policies-sources
   spec:
     failurePolicy: Fail
     matchConditions:
       - expression: "!has(object.metadata.deletionTimestamp)"
         name: not-being-deleted
     matchConstraints:
       resourceRules:
         - apiGroups:
             - source.toolkit.fluxcd.io
           apiVersions:
             - "*"
           operations:
             - CREATE
             - UPDATE
           resources:
             - gitrepositories
             - ocirepositories
             - helmrepositories
         - apiGroups:
             - image.toolkit.fluxcd.io
           apiVersions:
             - "*"
           operations:
             - CREATE
             - UPDATE
           resources:
             - imagerepositories
     paramKind:
       apiVersion: v1
       kind: ConfigMap
     validations:
       - expression: "!variables.url.matches('([.]|%2[eE]){2}') && variables.prefixes.exists(p, (variables.url + '/').startsWith(p))"
         message: "this source is not allowed here: take one of your organisation, or ask the platform team to allow it"
         messageExpression: "'the source ' + variables.url + ' is not allowed here: take one below ' + variables.prefixes.join(', ') + ', or ask the platform team to allow it'"
         reason: Forbidden
     variables:
       - expression: "has(object.spec.url) ? object.spec.url : has(object.spec.image) ? 'oci://' + object.spec.image : ''"
         name: url
       - expression: "params.data.prefixes.split('\\\\n').filter(p, p != '')"
         name: prefixes
   ---
   apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicyBinding
   metadata:
     name: tenant-policies-buckets
   spec:
     matchResources:
       namespaceSelector:
         matchExpressions:
           - key: toolkit.fluxcd.io/tenant
             operator: Exists
     policyName: tenant-policies-buckets
     validationActions:
       - Deny
       - Audit
   ---
   apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicyBinding
   metadata:
     name: tenant-policies-kubeconfig
   spec:
     matchResources:
       namespaceSelector:
         matchExpressions:
           - key: toolkit.fluxcd.io/tenant
             operator: Exists
     policyName: tenant-policies-kubeconfig
     validationActions:
       - Deny
       - Audit
   ---
   apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicyBinding
   metadata:
     name: tenant-policies-pods
   spec:
     matchResources:
       namespaceSelector:
         matchExpressions:
           - key: toolkit.fluxcd.io/tenant
             operator: Exists
     policyName: tenant-policies-pods
     validationActions:
       - Deny
       - Audit
   ---
   apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicyBinding
   metadata:
     name: tenant-policies-source-status
   spec:
     matchResources:
       namespaceSelector:
         matchExpressions:
           - key: toolkit.fluxcd.io/tenant
             operator: Exists
     policyName: tenant-policies-source-status
     validationActions:
       - Deny
       - Audit
   ---
   apiVersion: admissionregistration.k8s.io/v1
   kind: ValidatingAdmissionPolicyBinding
   metadata:
     name: tenant-policies-sources
   spec:
     matchResources:
       namespaceSelector:
         matchExpressions:
           - key: toolkit.fluxcd.io/tenant
             operator: Exists
     paramRef:
       name: tenant-policies-sources
       namespace: flux-system
       parameterNotFoundAction: Deny
     policyName: tenant-policies-sources
     validationActions:
       - Deny
       - Audit
   "
  `);
});

test('on a cluster they get a layer that tenants can depend on', () => {
  const cluster = testCluster();
  const before = new Layer(cluster, 'before', { namespace: 'before' });
  new Tenant(before, 'early', { namespaces: ['early'] });
  const policies = new TenantPolicies(cluster, 'tenant-policies', { ...MINIMAL, dependsOn: [before] });
  new Tenant(cluster, 'shop', { namespaces: ['shop'], dependsOn: [policies] });
  const files = filesOf(cluster);
  const dependsOn = (file: string) => objectIn(files[file], 'Kustomization').spec['dependsOn'];
  expect(dependsOn('tenant-policies.yaml')).toEqual([{ name: 'before' }]);
  expect(dependsOn('shop.yaml')).toEqual([{ name: 'tenant-policies' }]);
});

test('in a layer they stand there, and the layer waits for what they wait for', () => {
  const cluster = testCluster();
  const before = new Layer(cluster, 'before');
  new Tenant(before, 'early', { namespaces: ['early'] });
  const layer = new Layer(cluster, 'policies');
  const policies = new TenantPolicies(layer, 'tenant-policies', { ...MINIMAL, dependsOn: [before] });
  const files = filesOf(cluster);
  expect(policies.dependableLayer).toBe(layer);
  expect(objectsIn(files['layers/policies/policies.yaml'])).toHaveLength(11);
  expect(objectIn(files['policies.yaml'], 'Kustomization').spec['dependsOn']).toEqual([{ name: 'before' }]);
});

test('each policy is put into force in the namespaces of tenants', () => {
  const all = objects({ imageAutomation: false });
  const bindings = all.filter((o) => o.kind === 'ValidatingAdmissionPolicyBinding');
  const policies = all.filter((o) => o.kind === 'ValidatingAdmissionPolicy');
  expect(bindings.map((b) => b.spec['policyName'])).toEqual(policies.map((p) => p.metadata.name));
  expect(policies).toHaveLength(6);
  for (const binding of bindings) {
    expect(binding.spec).toMatchObject({
      matchResources: {
        namespaceSelector: { matchExpressions: [{ key: 'toolkit.fluxcd.io/tenant', operator: 'Exists' }] },
      },
      validationActions: ['Deny', 'Audit'],
    });
  }
});

test('what is not there to be decided fails the request', () => {
  for (const o of objects({ imageAutomation: false })) {
    if (o.kind === 'ValidatingAdmissionPolicy') expect(o.spec['failurePolicy']).toBe('Fail');
  }
  const binding = objects().find((o) => o.spec?.['policyName'] === 'tenant-policies-sources')!;
  expect(binding.spec['paramRef']).toEqual({
    name: 'tenant-policies-sources',
    namespace: 'flux-system',
    parameterNotFoundAction: 'Deny',
  });
});

test('what is refused is forbidden, which Flux does not take for an immutable field', () => {
  for (const o of objects({ imageAutomation: false })) {
    if (o.kind === 'ValidatingAdmissionPolicy') expect(o.spec['validations']).toMatchObject([{ reason: 'Forbidden' }]);
  }
});

test('each policy can be left out, and image automation can be denied', () => {
  expect(names()).toEqual(['buckets', 'kubeconfig', 'pods', 'source-status', 'sources']);
  expect(names({ buckets: true })).toEqual(['kubeconfig', 'pods', 'source-status', 'sources']);
  expect(names({ remoteKubeConfig: true })).toEqual(['buckets', 'pods', 'source-status', 'sources']);
  expect(names({ fluxAccountPods: true })).toEqual(['buckets', 'kubeconfig', 'source-status', 'sources']);
  expect(names({ imageAutomation: false })).toEqual([
    'buckets',
    'image-automation',
    'kubeconfig',
    'pods',
    'source-status',
    'sources',
  ]);
});

test('an environment may only tell of what it would refuse', () => {
  const actions = objects({ validationActions: ['Audit', 'Warn'] }).flatMap((o) => o.spec?.['validationActions'] ?? []);
  expect(actions).toEqual(Array.from({ length: 5 }, () => ['Audit', 'Warn']).flat());
});

test('the status of a source is for Flux to write, also while the source is being deleted', () => {
  const { spec } = objects().find((o) => o.metadata.name === 'tenant-policies-source-status')!;
  expect(spec).toMatchObject({
    matchConstraints: { resourceRules: [{ resources: ['*/status'], operations: ['UPDATE'] }] },
    validations: [
      { expression: "request.userInfo.groups.exists(group, group == 'system:serviceaccounts:flux-system')" },
    ],
  });
  expect(spec).not.toHaveProperty('matchConditions');
});

test('prefixes end where a name ends', () => {
  const allowedSources = [
    'https://github.com/acme',
    'ssh://git@github.com/acme/',
    'oci://ghcr.io',
    'oci://r.io:5000/a//',
  ];
  const [list] = objects({ allowedSources }).filter((o) => o.kind === 'ConfigMap');
  expect(list!.data).toEqual({
    prefixes: 'https://github.com/acme/\nssh://git@github.com/acme/\noci://ghcr.io/\noci://r.io:5000/a/\n',
  });
});

test('the accounts of Flux are those that are named, and those of tenants that are named otherwise', () => {
  expect(podsVariable('others', {})).toBe('[]');
  const tenants = (cluster: Cluster) => {
    new Tenant(cluster, 'shop', { namespaces: ['shop', { name: 'jobs', serviceAccountName: 'runner' }] });
    new Tenant(cluster, 'web', {
      namespaces: ['web', 'web-two'],
      sharedServiceAccount: true,
      serviceAccountName: 'web-flux',
    });
  };
  expect(podsVariable('others', {}, tenants)).toBe("['jobs/runner', 'web/web-flux']");
});

test('accounts of tenants that a hub keeps on another cluster are none of this one', () => {
  const edge = (cluster: Cluster) =>
    new Tenant(new Layer(cluster, 'edge', { kubeConfig: { secretRef: Secret.fromName('edge') } }), 'shop', {
      namespaces: ['shop'],
      serviceAccountName: 'deployer',
    });
  expect(podsVariable('others', {}, edge)).toBe('[]');
});

test('further names of accounts may be given', () => {
  const pods = objects({ fluxAccounts: ['gitops', 'flux-apps'] }).find((o) => o.metadata.name.endsWith('-pods'))!;
  expect(pods.spec['validations']).toMatchObject([
    { expression: expect.stringContaining("[variables.tenant, 'gitops', 'flux-apps']") },
  ]);
  const none = objects({ fluxAccounts: [] }).find((o) => o.metadata.name.endsWith('-pods'))!;
  expect(none.spec['validations']).toMatchObject([{ expression: expect.stringContaining('in [variables.tenant])') }]);
});

test('refuses a prefix with a wildcard', () => {
  expect(errorOf(() => objects({ allowedSources: ['https://github.com/acme/*'] }))).toMatchInlineSnapshot(`
   "this cannot be the prefix of allowed sources [allowed-source]
     expected  https://, ssh:// or oci:// with a host, and a path without wildcards and ".."
     given     "https://github.com/acme/*"
     construct test/tenant-policies
     at        test/policy/tenant-policies.test.ts:<line>, called from test/policy/tenant-policies.test.ts:<line>
     fix       write such as "https://github.com/acme/""
  `);
});

test.each([
  'http://github.com/acme/',
  'https://',
  'https:///acme/',
  'github.com/acme/',
  'https://github.com/acme/../',
  'https://github.com/acme/?x',
  'https://github.com/acme/ b',
  'https://github.com/acme/\nhttps://',
  '',
])('refuses the prefix %j', (prefix) => {
  expect(findingsOf(() => objects({ allowedSources: [prefix] }))).toMatchObject([{ rule: 'allowed-source' }]);
});

test('refuses to allow no source at all', () => {
  expect(findingsOf(() => objects({ allowedSources: [] }))).toMatchObject([
    { rule: 'allowed-source', what: 'no source is allowed: tenants could have none' },
  ]);
});

test('refuses actions and accounts that the API server would refuse', () => {
  expect(findingsOf(() => objects({ validationActions: ['Deny', 'Warn'] }))).toMatchObject([
    { rule: 'validation-actions', where: { construct: 'test/tenant-policies' } },
  ]);
  expect(findingsOf(() => objects({ fluxAccounts: ["a', 'b"] }))).toMatchObject([{ rule: 'invalid-name' }]);
});

test('refuses another place than a cluster or a layer', () => {
  const tenant = new Tenant(testCluster(), 'shop', { namespaces: ['shop'] });
  expect(findingsOf(() => new TenantPolicies(tenant, 'policies', MINIMAL))).toMatchObject([{ rule: 'policies-place' }]);
});

test('refuses a second pack of the same name', () => {
  const cluster = testCluster();
  new TenantPolicies(cluster, 'policies', MINIMAL);
  expect(findingsOf(() => new TenantPolicies(cluster, 'policies', MINIMAL))).toMatchObject([
    { rule: 'duplicate-name' },
  ]);
});

test('refuses what only JavaScript can say: no list of prefixes', () => {
  expect(findingsOf(() => objects({ allowedSources: undefined }))).toMatchObject([
    { rule: 'allowed-source', given: 'nothing' },
  ]);
  const text = 'https://github.com/acme/';
  expect(findingsOf(() => objects({ allowedSources: text as never }))).toMatchObject([
    { rule: 'allowed-source', given: `"${text}"` },
  ]);
});

test('the order of tenants makes no difference', () => {
  const tenants = (ids: readonly string[]) => (cluster: Cluster) => {
    for (const id of ids) new Tenant(cluster, id, { namespaces: [id], serviceAccountName: 'deployer' });
  };
  expect(podsVariable('others', {}, tenants(['b', 'a']))).toBe("['a/deployer', 'b/deployer']");
  expect(podsVariable('others', {}, tenants(['a', 'b']))).toBe("['a/deployer', 'b/deployer']");
});
