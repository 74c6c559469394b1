import { expect, test } from '@jest/globals';
import { Flux } from 'cdk8s-flux-fleet';
import type { ControllerSettings, FluxSettings } from 'cdk8s-flux-fleet';
import { parse } from 'yaml';
import { addArgs, DEFAULT_COMPONENTS, FLUX_COMPONENTS, settingsPatches } from '../../lib/flux/controllers.js';
import { filesOf, findingsOf, testCluster } from '../support/fleet.js';
import { errorOf } from './objects.js';

/** The patches of some settings, with their text read as YAML. */
function patches(...controllers: ControllerSettings[]): { target: unknown; patch: unknown }[] {
  return settingsPatches({ controllers }).map((p) => ({ target: p.target, patch: parse(p.patch) as unknown }));
}

test('no settings become no patches', () => {
  expect(settingsPatches({})).toEqual([]);
  expect(patches({ controllers: ['source-controller'] })).toEqual([]);
  expect(patches({ controllers: ['source-controller'], args: [] })).toEqual([]);
});

test('flags are added to the end of the arguments that Flux gives, one after the other', () => {
  expect(patches({ controllers: ['source-controller'], args: ['--concurrent=10', '--requeue-dependency=5s'] })).toEqual(
    [
      {
        target: { kind: 'Deployment', name: 'source-controller' },
        patch: [
          { op: 'add', path: '/spec/template/spec/containers/0/args/-', value: '--concurrent=10' },
          { op: 'add', path: '/spec/template/spec/containers/0/args/-', value: '--requeue-dependency=5s' },
        ],
      },
    ],
  );
});

test('resources are set on the container "manager"', () => {
  const resources = { limits: { cpu: '2', memory: '2Gi' }, requests: { cpu: '100m' } };
  expect(patches({ controllers: ['helm-controller'], resources })).toEqual([
    {
      target: { kind: 'Deployment', name: 'helm-controller' },
      patch: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'all' },
        spec: { template: { spec: { containers: [{ name: 'manager', resources }] } } },
      },
    },
  ]);
});

test('building in memory replaces the volume that kustomize-controller builds in, after its flags', () => {
  expect(patches({ controllers: ['kustomize-controller'], args: ['--a'], inMemoryBuilds: true })).toEqual([
    {
      target: { kind: 'Deployment', name: 'kustomize-controller' },
      patch: [
        { op: 'add', path: '/spec/template/spec/containers/0/args/-', value: '--a' },
        {
          op: 'replace',
          path: '/spec/template/spec/volumes/0',
          value: { name: 'temp', emptyDir: { medium: 'Memory' } },
        },
      ],
    },
  ]);
});

test('only kustomize-controller builds in memory', () => {
  const controllers = ['kustomize-controller', 'source-controller'] as const;
  expect(findingsOf(() => Flux.operator({ controllers: [{ controllers, inMemoryBuilds: true }] }))).toMatchObject([
    { rule: 'in-memory-builds', given: 'kustomize-controller, source-controller' },
  ]);
});

test('several controllers are one pattern, which kustomize matches against the whole name', () => {
  expect(addArgs(['helm-controller', 'source-controller'], ['--a']).target).toEqual({
    kind: 'Deployment',
    name: '(helm-controller|source-controller)',
  });
});

test('patches of one’s own come after those of the settings', () => {
  const own = { patch: '- op: remove\n  path: /spec/replicas\n', target: { kind: 'Deployment' } };
  const all = settingsPatches({ controllers: [{ controllers: ['helm-controller'], args: ['--a'] }], patches: [own] });
  expect(all).toHaveLength(2);
  expect(all[1]).toEqual(own);
});

test('four controllers are installed where nothing is said', () => {
  expect(DEFAULT_COMPONENTS).toEqual([
    'source-controller',
    'kustomize-controller',
    'helm-controller',
    'notification-controller',
  ]);
});

test.each([
  ['bootstrap', (s: FluxSettings) => Flux.bootstrap(s)],
  ['operator', (s: FluxSettings) => Flux.operator(s)],
])('the controllers of the cluster are declared in Flux’s order, also with the %s', (_mode, flux) => {
  const cluster = testCluster({
    flux: flux({ components: ['image-automation-controller', 'source-controller', 'image-reflector-controller'] }),
  });
  expect(parse(filesOf(cluster)['flux-fleet.yaml']!)).toMatchObject({
    components: ['source-controller', 'image-reflector-controller', 'image-automation-controller'],
  });
});

test.each([
  ['bootstrap', (s: FluxSettings) => Flux.bootstrap(s)],
  ['operator', (s: FluxSettings) => Flux.operator(s)],
])('the %s refuses a controller that Flux does not have', (_mode, flux) => {
  const wrong = 'source-contoller' as 'source-controller';
  const finding = { rule: 'invalid-value', expected: FLUX_COMPONENTS.join(', '), given: '"source-contoller"' };
  expect(findingsOf(() => flux({ components: [wrong] }))).toMatchObject([finding]);
  expect(findingsOf(() => flux({ controllers: [{ controllers: [wrong], args: ['--a'] }] }))).toMatchObject([finding]);
});

test('refuses a flag that is none', () => {
  const settings: FluxSettings = { controllers: [{ controllers: ['helm-controller'], args: ['concurrent=10'] }] };
  expect(errorOf(() => Flux.bootstrap(settings))).toMatchInlineSnapshot(`
   "a controller flag is no flag [controller-flag]
     expected  "--name=value"
     given     "concurrent=10"
     at        test/flux/controllers.test.ts:<line>, called from test/flux/controllers.test.ts:<line>"
  `);
});

test.each(['-v', '--', '- --concurrent=10', '', '--Concurrent'])('refuses the flag %j', (flag) => {
  expect(
    findingsOf(() => Flux.bootstrap({ controllers: [{ controllers: ['helm-controller'], args: [flag] }] })),
  ).toMatchObject([{ rule: 'controller-flag', given: JSON.stringify(flag) }]);
});

test.each([['--concurrent=10'], ['--feature-gates=A=true,B=false'], ['--log-level=debug'], ['--watch-all-namespaces']])(
  'takes the flag %s',
  (flag) => {
    const settings: FluxSettings = { controllers: [{ controllers: ['helm-controller'], args: [flag] }] };
    expect(findingsOf(() => Flux.bootstrap(settings))).toEqual([]);
  },
);

test.each([undefined, []])('settings for the controllers %j are refused', (controllers) => {
  const settings = { controllers: [{ controllers, args: ['--concurrent=10'] }] } as unknown as FluxSettings;
  expect(errorOf(() => Flux.bootstrap(settings))).toContain('settings of controllers do not say for which');
});
