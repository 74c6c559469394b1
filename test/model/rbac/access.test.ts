import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accessOf, isClusterAdmin, may, resourceOf } from '../../../lib/model/rbac/access.js';
import type { Access } from '../../../lib/model/rbac/access.js';
import { account, bind, namespace, object, role, stateOf } from '../../checks/reach/support.js';

const TEAM = { namespace: 'apps', name: 'team' };
const CORE = { group: '', name: undefined };

function access(...root: object[]): Access {
  return accessOf(stateOf({ root }), '');
}

describe('the role admin in a namespace', () => {
  const admin = access(bind('apps/team', 'admin', 'apps'));

  test.each([
    ['create', '', 'secrets', 'apps', 'yes'],
    ['create', '', 'secrets', 'other', 'no'],
    ['list', '', 'secrets', undefined, 'no'],
    ['create', 'rbac.authorization.k8s.io', 'rolebindings', 'apps', 'yes'],
    ['create', '', 'resourcequotas', 'apps', 'no'],
    ['create', '', 'namespaces', undefined, 'no'],
    ['create', 'helm.toolkit.fluxcd.io', 'helmreleases', 'apps', 'yes'],
    ['create', 'apps', 'deployments/finalizers', 'apps', 'no'],
    ['patch', 'apps', 'deployments/scale', 'apps', 'yes'],
    ['create', 'cert-manager.io', 'certificates', 'apps', 'unknown'],
    ['create', 'cert-manager.io', 'certificates', 'other', 'no'],
  ])('%s %s %s in %s: %s', (verb, group, resource, place, answer) => {
    expect(may(admin, TEAM, { verb, group, resource, namespace: place })).toBe(answer);
  });
});

test('a role that is not here is unknown in its place, and nothing elsewhere', () => {
  const unknown = access(bind('apps/team', 'made-elsewhere', 'apps'));
  expect(may(unknown, TEAM, { ...CORE, verb: 'get', resource: 'pods', namespace: 'apps' })).toBe('unknown');
  expect(may(unknown, TEAM, { ...CORE, verb: 'get', resource: 'pods', namespace: 'other' })).toBe('no');
});

test('a Role is of the binding’s own namespace', () => {
  const roles = [role('r', ['get core pods'], 'other'), bind('apps/team', 'r', 'apps', 'Role')];
  expect(may(access(...roles), TEAM, { ...CORE, verb: 'get', resource: 'pods', namespace: 'apps' })).toBe('unknown');
});

test('a subject without namespace is of the binding’s', () => {
  const binding = bind('apps/team', 'edit', 'apps') as { subjects: object[] };
  binding.subjects = [{ kind: 'ServiceAccount', name: 'team' }];
  expect(may(access(binding), TEAM, { ...CORE, verb: 'create', resource: 'pods', namespace: 'apps' })).toBe('yes');
});

test.each(['system:serviceaccounts', 'system:serviceaccounts:apps', 'system:authenticated'])(
  'an account is of the group %s',
  (name) => {
    const binding = bind('apps/team', 'cluster-admin') as { subjects: object[] };
    binding.subjects = [{ kind: 'Group', name }];
    expect(isClusterAdmin(access(binding), TEAM)).toBe(true);
    const elsewhere = isClusterAdmin(access(binding), { namespace: 'other', name: 'team' });
    expect(elsewhere).toBe(name !== 'system:serviceaccounts:apps');
  },
);

test('a service account is a user of that name', () => {
  const binding = bind('apps/team', 'cluster-admin') as { subjects: object[] };
  binding.subjects = [{ kind: 'User', name: 'system:serviceaccount:apps:team' }];
  expect(isClusterAdmin(access(binding), TEAM)).toBe(true);
});

test('Flux’s two controllers that apply are cluster-admin', () => {
  const none = access();
  const admins = ['kustomize-controller', 'helm-controller', 'source-controller'].filter((name) =>
    isClusterAdmin(none, { namespace: 'flux-system', name }),
  );
  expect(admins).toEqual(['kustomize-controller', 'helm-controller']);
});

test('everybody may ask what they are allowed to do, and which version it is', () => {
  const group = 'authorization.k8s.io';
  expect(may(access(), TEAM, { verb: 'create', group, resource: 'selfsubjectaccessreviews' })).toBe('yes');
  expect(may(access(), TEAM, { verb: 'get', path: '/version' })).toBe('yes');
  expect(may(access(), TEAM, { verb: 'get', path: '/metrics' })).toBe('no');
});

test('a role that Flux substitutes in is not known', () => {
  const roles = [role('r', ['${VERBS} core pods'], 'apps'), bind('apps/team', 'r', 'apps', 'Role')];
  expect(may(access(...roles), TEAM, { ...CORE, verb: 'get', resource: 'pods', namespace: 'apps' })).toBe('unknown');
});

test('what roles gather may itself be gathered, and circles end', () => {
  const gathers = (name: string, label: string, own: string): object =>
    object('rbac.authorization.k8s.io/v1', 'ClusterRole', name, undefined, {
      metadata: { name, labels: { [own]: 'true' } },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: 'true' } }] },
    });
  const root = [
    gathers('first', 'second', 'first'),
    gathers('second', 'first', 'second'),
    role('third', ['get core pods'], undefined, { first: 'true' }),
    bind('apps/team', 'first'),
  ];
  expect(may(access(...root), TEAM, { ...CORE, verb: 'get', resource: 'pods' })).toBe('yes');
});

test('the plural is the one of the CRD, where it is here', () => {
  const crd = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'x', undefined, {
    spec: { group: 'example.com', names: { kind: 'Datum', plural: 'data' } },
  });
  expect(resourceOf(stateOf({ root: [crd] }), 'example.com', 'Datum')).toBe('data');
  expect(resourceOf(stateOf({ root: [] }), 'example.com', 'Datum')).toBe('datums');
  expect(resourceOf(stateOf({ root: [] }), 'networking.k8s.io', 'NetworkPolicy')).toBe('networkpolicies');
});

// ---- against an evaluator that walks all bindings, as slow and plain as can be ------------------------------------

const VERBS = ['get', 'create', 'patch', '*'];
const RESOURCES = ['pods', 'pods/exec', 'secrets', '*', '*/exec'];
const PLACES = ['apps', 'other'];
const arbitraryRule = fc.record({
  verbs: fc.subarray(VERBS, { minLength: 1 }),
  apiGroups: fc.subarray(['', 'apps', '*'], { minLength: 1 }),
  resources: fc.subarray(RESOURCES, { minLength: 1 }),
  resourceNames: fc.subarray(['a', 'b']),
});
const arbitraryBinding = fc.record({
  place: fc.constantFrom(undefined, ...PLACES),
  rules: fc.array(arbitraryRule, { maxLength: 3 }),
  who: fc.constantFrom('apps/team', 'other/team', 'apps/else'),
});
const arbitraryRequest = fc.record({
  verb: fc.constantFrom('get', 'create', 'delete'),
  group: fc.constantFrom('', 'apps', 'batch'),
  resource: fc.constantFrom('pods', 'pods/exec', 'secrets'),
  namespace: fc.constantFrom(undefined, ...PLACES),
  name: fc.constantFrom(undefined, 'a', 'c'),
});

test('the answer is that of an evaluator which walks all bindings', () => {
  fc.assert(
    fc.property(fc.array(arbitraryBinding, { maxLength: 5 }), arbitraryRequest, (bindings, request) => {
      const root = bindings.flatMap(({ place, rules, who }, i) => [
        object('rbac.authorization.k8s.io/v1', place === undefined ? 'ClusterRole' : 'Role', `r${i}`, place, { rules }),
        bind(who, `r${i}`, place, place === undefined ? 'ClusterRole' : 'Role'),
      ]);
      let allowed = false;
      for (const { place, rules, who } of bindings) {
        if (who !== 'apps/team' || (place !== undefined && place !== request.namespace)) continue;
        for (const { verbs, apiGroups, resources, resourceNames } of rules) {
          const oneOf = (list: string[], value: string): boolean => list.some((item) => item === '*' || item === value);
          const star = request.resource === 'pods/exec' && resources.includes('*/exec');
          const named = resourceNames.length === 0 || resourceNames.includes(request.name ?? '');
          if (oneOf(verbs, request.verb) && oneOf(apiGroups, request.group) && named) {
            allowed ||= star || oneOf(resources, request.resource);
          }
        }
      }
      expect(may(access(...root), TEAM, request)).toBe(allowed ? 'yes' : 'no');
    }),
  );
});

test('another cluster of a hub has rights of its own', () => {
  const state = stateOf({
    root: [namespace('apps'), account('apps', 'team')],
    layers: {
      edge: {
        target: 'Secret/edge',
        objects: [{ ...stateOf({ root: [bind('apps/team', 'cluster-admin')] }).layers[0]!.objects[0]! }],
      },
    },
  });
  expect(isClusterAdmin(accessOf(state, ''), TEAM)).toBe(false);
  expect(isClusterAdmin(accessOf(state, 'Secret/edge'), TEAM)).toBe(true);
});
