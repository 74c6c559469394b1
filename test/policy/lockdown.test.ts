import { expect, test } from '@jest/globals';
import { Flux, GitRef, Layer, Source } from 'cdk8s-flux-fleet';
import type { ClusterProps } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { lockdownPatches } from '../../lib/policy/lockdown.js';
import { toYaml } from '../../lib/yaml/write.js';
import { filesOf, findingsOf, testCluster } from '../support/fleet.js';
import { errorOf, objectIn } from '../flux/objects.js';

const SOURCE = Source.git({ url: 'https://github.com/acme/infra', ref: GitRef.branch('main') });

/** The files of a cluster with one layer, `infra`. */
function files(props: ClusterProps = {}): Record<string, string> {
  const cluster = testCluster(props);
  new Layer(cluster, 'infra', { source: SOURCE, path: './' });
  return filesOf(cluster);
}

/** Flags that the patches of flux-system/kustomization.yaml give to each controller. */
function flags(text: string): Record<string, string[]> {
  const { patches } = parse(text) as { patches?: { patch: string; target: { kind: string; name: string } }[] };
  const all: Record<string, string[]> = {};
  for (const { patch, target } of patches ?? []) {
    if (target.kind !== 'Deployment') continue;
    for (const name of target.name.replace(/[()]/g, '').split('|')) {
      for (const op of parse(patch) as { value: string }[]) (all[name] ??= []).push(op.value);
    }
  }
  return all;
}

test('the patches of Flux’s manifests', () => {
  expect(toYaml([lockdownPatches('default')])).toMatchInlineSnapshot(`
   "- patch: |
       - op: add
         path: /spec/template/spec/containers/0/args/-
         value: "--no-cross-namespace-refs=true"
     target:
       kind: Deployment
       name: "(kustomize-controller|helm-controller|notification-controller|image-reflector-controller|image-automation-controller|source-watcher)"
   - patch: |
       - op: add
         path: /spec/template/spec/containers/0/args/-
         value: "--no-remote-bases=true"
     target:
       kind: Deployment
       name: kustomize-controller
   - patch: |
       - op: add
         path: /spec/template/spec/containers/0/args/-
         value: "--default-service-account=default"
     target:
       kind: Deployment
       name: "(kustomize-controller|helm-controller)"
   - patch: |
       - op: add
         path: /spec/serviceAccountName
         value: kustomize-controller
     target:
       kind: Kustomization
       name: flux-system
   "
  `);
});

test('every controller that refers to others may not cross namespaces; those that apply have no rights of their own', () => {
  expect(flags(files()['flux-system/kustomization.yaml']!)).toEqual({
    'kustomize-controller': [
      '--no-cross-namespace-refs=true',
      '--no-remote-bases=true',
      '--default-service-account=default',
    ],
    'helm-controller': ['--no-cross-namespace-refs=true', '--default-service-account=default'],
    'notification-controller': ['--no-cross-namespace-refs=true'],
    'image-reflector-controller': ['--no-cross-namespace-refs=true'],
    'image-automation-controller': ['--no-cross-namespace-refs=true'],
    'source-watcher': ['--no-cross-namespace-refs=true'],
  });
});

test('is on unless it is turned off', () => {
  expect(files({ lockdown: true })).toEqual(files());
  expect(parse(files()['flux-fleet.yaml']!)).toMatchObject({ lockdown: true });
  expect(parse(files({ lockdown: false })['flux-fleet.yaml']!)).toMatchObject({ lockdown: false });
});

test('turned off it leaves no patch, and layers have the rights of the controller', () => {
  const off = files({ lockdown: false });
  expect(off['flux-system/kustomization.yaml']).not.toContain('serviceAccountName');
  expect(flags(off['flux-system/kustomization.yaml']!)).toEqual({});
  expect(objectIn(off['infra.yaml'], 'Kustomization').spec).not.toHaveProperty('serviceAccountName');
});

test('turned on the root and the layers run as kustomize-controller', () => {
  const on = files();
  const { patches } = parse(on['flux-system/kustomization.yaml']!) as { patches: { patch: string; target: object }[] };
  const root = patches.filter((p) => 'kind' in p.target && p.target.kind === 'Kustomization');
  expect(root.map((p) => [p.target, parse(p.patch) as unknown])).toEqual([
    [
      { kind: 'Kustomization', name: 'flux-system' },
      [{ op: 'add', path: '/spec/serviceAccountName', value: 'kustomize-controller' }],
    ],
  ]);
  expect(objectIn(on['infra.yaml'], 'Kustomization').spec).toMatchObject({
    serviceAccountName: 'kustomize-controller',
  });
});

test('the account without rights may have another name', () => {
  const lockdown = { defaultServiceAccount: 'flux' };
  const { 'helm-controller': helm } = flags(files({ lockdown })['flux-system/kustomization.yaml']!);
  expect(helm).toContain('--default-service-account=flux');
  expect(parse(files({ lockdown })['flux-fleet.yaml']!)).toMatchObject({ lockdown: true });
});

test('an empty object of options is a lockdown like true', () => {
  expect(files({ lockdown: {} })).toEqual(files({ lockdown: true }));
});

test('with the operator it is said in FluxInstance, and the operator makes the patches', () => {
  const instance = (lockdown: ClusterProps['lockdown']): Record<string, unknown> =>
    objectIn(files({ flux: Flux.operator(), lockdown })['flux-system/flux-instance.yaml'], 'FluxInstance').spec[
      'cluster'
    ] as Record<string, unknown>;
  expect(instance(true)).toMatchObject({ multitenant: true, tenantDefaultServiceAccount: 'default' });
  expect(instance({ defaultServiceAccount: 'flux' })).toMatchObject({ tenantDefaultServiceAccount: 'flux' });
  expect(instance(false)).not.toHaveProperty('multitenant');
  expect(instance(false)).not.toHaveProperty('tenantDefaultServiceAccount');
});

test('refuses an account that is no name', () => {
  expect(errorOf(() => testCluster({ lockdown: { defaultServiceAccount: 'No Rights' } }))).toMatchInlineSnapshot(`
   "'lockdown.defaultServiceAccount' is not a DNS subdomain name [invalid-name]
     expected  at most 253 lower-case letters, digits, "-" and ".", with a letter or digit at both ends
     given     "No Rights"
     construct test
     at        test/support/fleet.ts:<line>, called from test/policy/lockdown.test.ts:<line>
     fix       write "no-rights""
  `);
});

test('refuses an account with an empty name: the flag would turn the lockdown off', () => {
  expect(findingsOf(() => testCluster({ lockdown: { defaultServiceAccount: '' } }))).toMatchObject([
    { rule: 'invalid-name', given: '""' },
  ]);
});
