import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  Cluster,
  Flux,
  ImagePolicy,
  ImageRepository,
  ImageUpdateAutomation,
  Layer,
  Namespace,
  Repository,
  Secret,
  Source,
  Tenant,
  Versions,
} from 'cdk8s-flux-fleet';
import type { ExternalObject, Fleet } from 'cdk8s-flux-fleet';
import { endRun, startRun } from '../../lib/synth/app.js';
import type { SynthApp } from '../../lib/synth/app.js';
import { synthesize } from '../../lib/synth/synthesize.js';
import { findingsOf, testFleet } from '../support/fleet.js';
import { readFiles, tempDir } from '../support/temp-dir.js';

const flux = Flux.bootstrap({
  components: [
    'source-controller',
    'kustomize-controller',
    'helm-controller',
    'notification-controller',
    'image-reflector-controller',
    'image-automation-controller',
  ],
});

/** A file of versions that has a marker for each policy, `namespace:name[:field]`. */
function fileWith(...policies: string[]): string {
  const file = join(tempDir(), 'versions.yaml');
  writeFileSync(file, policies.map((p, i) => `v${i}: 1.0.0 # {"$imagepolicy": "${p}"}\n`).join(''));
  return file;
}

interface Wanted {
  readonly policies?: readonly string[];
  readonly digests?: 'IfNotPresent' | 'Never';
  readonly exists?: readonly ExternalObject[];
  readonly versions?: Versions;
}

/** A fleet of one cluster, with policies in flux-system and an automation where it is given versions. */
function fleetWith(outdir: string, name: string, wanted: Wanted = {}): Fleet {
  const fleet = testFleet({ environment: name, outdir });
  fill(new Cluster(fleet, name, { flux, path: `./dist/${name}`, exists: wanted.exists }), wanted);
  return fleet;
}

function fill(cluster: Cluster, { policies = [], digests, versions }: Wanted): void {
  const images = new Layer(cluster, 'images', { namespace: 'flux-system' });
  for (const name of policies) policy(images, name, digests);
  if (versions) automation(images, versions);
  new Namespace(images, 'base');
}

function automation(layer: Layer, versions: Versions, source?: Source): void {
  const git = { commit: { author: { email: 'bot@example.com' } } };
  new ImageUpdateAutomation(layer, 'bot', { source, versions, git, update: { path: './versions' } });
}

function policy(layer: Layer, name: string, digestReflectionPolicy?: 'IfNotPresent' | 'Never'): void {
  const imageRepository = new ImageRepository(layer, name, { image: `ghcr.io/acme/${name}` });
  const props = { name, imageRepository, policy: { semver: { range: '1.x' } }, digestReflectionPolicy };
  new ImagePolicy(layer, `${name}-policy`, props);
}

/** Loads apps as the command does. */
function loaded(load: () => SynthApp[]): SynthApp[] {
  const joined = startRun();
  try {
    for (const app of load()) joined.add(app);
  } finally {
    endRun();
  }
  return [...joined];
}

/** Loads apps, and synthesizes what they hand over. */
function run(load: () => SynthApp[]): string[] {
  const apps = loaded(load);
  return rulesOf(() => synthesize(apps));
}

/** `<rule> <line>: <given>; <fix>` of each finding. */
function rulesOf(step: () => unknown): string[] {
  return findingsOf(step).map(
    ({ rule, given, fix, where }) => `${rule} ${/:(\d+)$/.exec(where?.file ?? '')?.[1]}: ${given}; ${fix}`,
  );
}

const ADD = 'add the ImagePolicy, or declare one that others make: exists of the cluster';

test('a marker names a policy of the fleet, or the run fails and nothing is written', () => {
  const outdir = tempDir();
  const load = () => {
    Versions.fromFile(fileWith('flux-system:kyverno:tag', 'flux-system:kyvrno:tag', 'apps:kyverno', 'apps:x'));
    return [fleetWith(outdir, 'test', { policies: ['kyverno'] })];
  };
  expect(run(load)).toEqual([
    'version-marker 2: flux-system:kyvrno; did you mean "flux-system:kyverno"?',
    'version-marker 3: apps:kyverno; did you mean "flux-system:kyverno"?',
    `version-marker 4: apps:x; ${ADD}`,
  ]);
  expect(readFiles(outdir)).toEqual({});
});

test('the text tells which policies there are', () => {
  const outdir = tempDir();
  const versions = Versions.fromFile(fileWith('flux-system:app'));
  const [finding] = findingsOf(() => fleetWith(outdir, 'test', { policies: ['b', 'a'], versions }).files());
  expect({ ...finding, where: undefined }).toEqual({
    rule: 'version-marker',
    what: 'the marker of the version "v0" names an ImagePolicy that is not there',
    expected: 'flux-system:a, flux-system:b',
    given: 'flux-system:app',
    fix: ADD,
  });
  const [none] = findingsOf(() => fleetWith(outdir, 'test', { versions }).files());
  expect(none).toMatchObject({ expected: 'an ImagePolicy in the fleet; there is none' });
});

test('the policy of a file that is only read may stand in any app of the run', () => {
  const outdir = tempDir();
  const load = () => {
    Versions.fromFile(fileWith('flux-system:kyverno'));
    return [fleetWith(outdir, 'staging', { policies: ['kyverno'] }), fleetWith(outdir, 'production')];
  };
  expect(run(load)).toEqual([]);
});

test('it may stand in a cluster that the output holds and this run does not declare', () => {
  const outdir = tempDir();
  const exists = [ImagePolicy.fromName('cilium', 'flux-system')];
  fleetWith(outdir, 'staging', { policies: ['kyverno'], exists }).synth();
  const only = (name: string, ...policies: string[]) =>
    run(() => {
      Versions.fromFile(fileWith(...policies));
      return [fleetWith(outdir, name)];
    });
  expect(only('production', 'flux-system:kyverno', 'flux-system:cilium', 'flux-system:kyvern')).toEqual([
    'version-marker 3: flux-system:kyvern; did you mean "flux-system:kyverno"?',
  ]);
  // What the run declares is as the run says, and no longer as the output has it.
  expect(only('staging', 'flux-system:kyverno')).toEqual([`version-marker 1: flux-system:kyverno; ${ADD}`]);
});

test('what somebody has broken in that cluster is passed over', () => {
  const outdir = tempDir();
  synthesize([fleetWith(outdir, 'staging', { policies: ['app'] })]);
  const file = (name: string) => join(outdir, 'clusters/staging', name);
  writeFileSync(file('alias.yaml'), 'x: *nowhere\nkind: ImagePolicy\n');
  writeFileSync(file('syntax.yaml'), 'x: [\nkind: ImagePolicy\n');
  writeFileSync(file('exists.yaml'), 'exists: 5\nkind: ImagePolicy\n');
  mkdirSync(file('directory.yaml'));
  symlinkSync('nowhere', file('link.yaml'));
  const production = () =>
    run(() => {
      Versions.fromFile(fileWith('flux-system:app'));
      return [fleetWith(outdir, 'production')];
    });

  expect(production()).toEqual([]);
  rmSync(file('layers'), { recursive: true });
  expect(production()).toEqual([`version-marker 1: flux-system:app; ${ADD}`]);
});

test('the policies of an automation’s file stand in its own cluster: the controller sees no others', () => {
  const outdir = tempDir();
  const load = () => {
    const versions = Versions.fromFile(fileWith('flux-system:kyverno'));
    return [fleetWith(outdir, 'staging', { policies: ['kyverno'] }), fleetWith(outdir, 'production', { versions })];
  };
  expect(run(load)).toEqual([`version-marker 1: flux-system:kyverno; ${ADD}`]);
});

test('a repository has its policies in itself, or elsewhere where nothing is known of them', () => {
  const load = (policies: string[], withAutomation = false) =>
    run(() => {
      const repository = new Repository({ name: 'infra', outdir: tempDir() });
      const images = new Layer(repository, 'images', { namespace: 'flux-system' });
      new Namespace(images, 'base');
      for (const name of policies) policy(images, name);
      const versions = Versions.fromFile(fileWith('flux-system:kyverno'));
      if (withAutomation) automation(images, versions, Source.fromName('GitRepository', 'infra'));
      return [repository];
    });
  expect(load(['kyverno'])).toEqual([]);
  expect(load(['kyverno'], true)).toEqual([]);
  expect(load(['cilium'])).toEqual([`version-marker 1: flux-system:kyverno; ${ADD}`]);
  expect(load(['cilium'], true)).toEqual([`version-marker 1: flux-system:kyverno; ${ADD}`]);
  expect(load([])).toEqual([]);
});

test('a policy that others make is declared', () => {
  const outdir = tempDir();
  const versions = Versions.fromFile(fileWith('flux-system:kyverno'));
  const problems = (...exists: ExternalObject[]) =>
    rulesOf(() => fleetWith(outdir, 'test', { versions, exists }).files());
  expect(problems(ImagePolicy.fromName('kyverno', 'flux-system'))).toEqual([]);
  expect(problems(ImagePolicy.fromName('kyverno'))).toEqual([]);
  expect(problems(ImagePolicy.fromName('kyverno', 'apps'))).toHaveLength(1);
  expect(problems({ kind: 'Secret', name: 'kyverno', namespace: 'flux-system' })).toHaveLength(1);
});

test('a marker for a digest needs a policy that finds digests', () => {
  const outdir = tempDir();
  const versions = Versions.fromFile(fileWith('flux-system:app:digest', 'flux-system:app:tag'));
  const problems = (digests?: 'IfNotPresent' | 'Never') =>
    rulesOf(() => fleetWith(outdir, 'test', { policies: ['app'], digests, versions }).files());
  const missing = [
    `version-marker 1: flux-system:app, which would write an empty version; write digestReflectionPolicy: 'IfNotPresent' in the ImagePolicy`,
  ];
  expect(problems()).toEqual(missing);
  expect(problems('Never')).toEqual(missing);
  expect(problems('IfNotPresent')).toEqual([]);
});

test('files() and synth() of one fleet judge the files that its automations edit, and no others', () => {
  const outdir = tempDir();
  Versions.fromFile(fileWith('flux-system:nobody'));
  const fleet = fleetWith(outdir, 'test', { versions: Versions.fromFile(fileWith('flux-system:kyverno')) });
  const problems = [`version-marker 1: flux-system:kyverno; ${ADD}`];
  expect(rulesOf(() => fleet.files())).toEqual(problems);
  expect(rulesOf(() => fleet.synth())).toEqual(problems);
});

test('a cluster that is made late may read its file only then', () => {
  const outdir = tempDir();
  const load = () => {
    const fleet = testFleet({ outdir });
    fleet.addCluster('late', { flux }, (cluster) => {
      Versions.fromFile(fileWith('flux-system:nobody'));
      fill(cluster, { versions: Versions.fromFile(fileWith('flux-system:kyverno')) });
    });
    return [fleet];
  };
  expect(run(load)).toEqual([
    `version-marker 1: flux-system:kyverno; ${ADD}`,
    `version-marker 1: flux-system:nobody; ${ADD}`,
  ]);
});

test('a run of a part judges the files of its own clusters’ automations, and no others', () => {
  const outdir = tempDir();
  const load = () => {
    const fleet = testFleet({ outdir });
    const versions = (...policies: string[]) => Versions.fromFile(fileWith(...policies));
    Versions.fromFile(fileWith('flux-system:hub'));
    const add = (name: string, wanted: Wanted) => fill(new Cluster(fleet, name, { flux }), wanted);
    add('good', { policies: ['app'], versions: versions('flux-system:app') });
    // Its policy is another cluster's, which the controller does not see.
    add('bad', { versions: versions('flux-system:hub') });
    add('hub', { policies: ['hub'] });
    return [fleet];
  };
  const selected = (...names: string[]) =>
    rulesOf(() => synthesize(loaded(load), { select: ({ name }) => names.includes(name) }));
  // Nothing of the hub is on disk yet, and `bad` is somebody else's to judge.
  expect(selected('good')).toEqual([]);
  expect(selected('hub')).toEqual([]);
  expect(selected('good', 'bad')).toEqual([`version-marker 1: flux-system:hub; ${ADD}`]);
  expect(selected('good', 'bad', 'hub')).toEqual([`version-marker 1: flux-system:hub; ${ADD}`]);
  expect(selected()).toEqual([]);
});

test('nothing of a run is left for the next, whether it succeeds or not', () => {
  const outdir = tempDir();
  const load = () => {
    Versions.fromFile(fileWith('flux-system:nobody'));
    return [fleetWith(outdir, 'test')];
  };
  expect(run(load)).toHaveLength(1);
  expect(() =>
    run(() => {
      Versions.fromFile(fileWith('flux-system:nobody'));
      throw new Error('the app is broken');
    }),
  ).toThrow('the app is broken');
  Versions.fromFile(fileWith('flux-system:nobody'));
  expect(run(() => [fleetWith(outdir, 'test')])).toEqual([]);
  expect(rulesOf(() => fleetWith(outdir, 'test').synth())).toEqual([]);
});

test('a marker is told once, however many automations and apps read its file', () => {
  const outdir = tempDir();
  const load = () => {
    const file = fileWith('flux-system:nobody');
    Versions.fromFile(file);
    return ['one', 'two'].map((name) => fleetWith(outdir, name, { versions: Versions.fromFile(file) }));
  };
  expect(run(load)).toEqual([`version-marker 1: flux-system:nobody; ${ADD}`]);
});

test('a unit that could not be built says nothing of its policies', () => {
  const outdir = tempDir();
  const load = () => {
    Versions.fromFile(fileWith('flux-system:kyverno'));
    const fleet = testFleet({ outdir });
    fleet.addCluster('late', { flux }, (cluster) => new Layer(cluster, 'images', { interval: '5 minutes' }));
    return [fleet];
  };
  expect(run(load)).toEqual([expect.stringMatching(/^invalid-duration /)]);
});

test('a policy that a hub applies elsewhere is none of its own automation', () => {
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'hub', { flux });
  const kubeConfig = { secretRef: Secret.fromName('edge') };
  policy(new Layer(cluster, 'edge', { namespace: 'flux-system', kubeConfig }), 'app');
  const versions = Versions.fromFile(fileWith('flux-system:app:tag'));
  automation(new Layer(cluster, 'images', { namespace: 'flux-system' }), versions);
  expect(findingsOf(() => fleet.files())).toMatchObject([{ rule: 'version-marker', given: 'flux-system:app' }]);
});

test('the file of an automation whose tenant is offboarding is not judged', () => {
  const fleet = testFleet({ outdir: tempDir() });
  const cluster = new Cluster(fleet, 'test', { flux });
  const run = startRun();
  const tenant = new Tenant(cluster, 'dev-team', { namespaces: ['apps'], offboarding: true });
  const versions = Versions.fromFile(fileWith('apps:app:tag'));
  const source = Source.fromName('GitRepository', 'fleet');
  const git = { commit: { author: { email: 'bot@example.com' } } };
  new ImageUpdateAutomation(tenant, 'bot', { source, versions, git, update: { path: './versions' } });
  run.add(fleet);
  endRun();
  expect(findingsOf(() => synthesize([fleet]))).toEqual([]);
  expect(findingsOf(() => fleet.files())).toEqual([]);
});
