import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { effectiveCluster } from '../../lib/kustomize/effective.js';
import { checkCluster } from '../../lib/checks/index.js';
import { formatFinding } from '../../lib/finding.js';
import type { ClusterModel, LayerModel } from '../../lib/model/cluster-model.js';
import { fullName, identityOf } from '../../lib/model/identity.js';
import { readFleet } from '../../lib/read/fleet.js';
import type { SynthApp } from '../../lib/synth/app.js';
import { KnownObjects } from '../../lib/synth/known-objects.js';
import { normalizeObject } from '../../lib/yaml/normalize.js';
import type { JsonObject } from '../../lib/yaml/normalize.js';

const ROOT = join(import.meta.dirname, '../..');

/** Apps by the directory that their files are committed in. */
const COMMITTED: readonly (readonly [string, string])[] = [
  ['apps/staging', 'dist'],
  ['apps/production', 'dist'],
  ['examples/d1/fleet/apps/staging', 'examples/d1/fleet/dist'],
  ['examples/d1/fleet/apps/production', 'examples/d1/fleet/dist'],
  ['examples/flux-fleet/apps/staging', 'examples/flux-fleet/dist'],
  ['examples/flux-fleet/apps/production', 'examples/flux-fleet/dist'],
  ['examples/geek-cookbook/apps/geek', 'examples/geek-cookbook/dist'],
];

test.each(COMMITTED)('what is read of %s is what its code says', async (app, dist) => {
  const { default: fleet } = (await import(`../../${app}.js`)) as { default: SynthApp };
  const { clusters, findings } = readFleet(join(ROOT, dist));
  expect(findings).toEqual([]);
  const said = [...fleet.units()]
    .map((unit) => unit.build([], new KnownObjects()))
    .flatMap((u) => ('cluster' in u ? [u.cluster] : []));
  expect(said).not.toEqual([]);
  for (const cluster of said.map((c) => effectiveCluster(c))) {
    const read = clusters.find((c) => c.name === cluster.name)!;
    expect(declared(read)).toEqual(declared(cluster));
    const own = cluster.layers.filter((l) => l.directory !== undefined);
    expect(namesOf(read.layers)).toEqual(namesOf(own));
    for (const layer of own) {
      const same = read.layers.find((l) => l.name === layer.name)!;
      expect([same.parent, same.directory, same.target]).toEqual([layer.parent, layer.directory, layer.target]);
      expect([layer.name, objectsOf(same, cluster)]).toEqual([layer.name, objectsOf(layer, cluster)]);
      expect(same.facts).toMatchObject({ exists: true, remote: [] });
    }
    expect(read.unreached).toEqual([]);
  }
});

function declared({ environment, fleet, path, lockdown, components, variables, labels }: ClusterModel): object {
  return { environment, fleet, path, lockdown, components, variables, labels };
}

function namesOf(layers: readonly LayerModel[]): string[] {
  return layers.map((l) => l.name).sort();
}

/** The objects of a layer by identity, without those of the directory flux-system, which code keeps elsewhere. */
function objectsOf(layer: LayerModel, { system }: ClusterModel): Record<string, JsonObject> {
  const elsewhere = new Set(
    Object.values(system.files).flatMap((file) => ('objects' in file ? file.objects.map((o) => nameOf(o)) : [])),
  );
  const entries = layer.objects
    .map(({ object }) => [nameOf(object), normalizeObject(object)] as const)
    .filter(([name]) => !elsewhere.has(name));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function nameOf(object: JsonObject): string {
  const id = identityOf(object);
  return `${id.apiVersion} ${id.kind} ${fullName(id)}`;
}

test('with the directories of its other repositories, all that d1 applies is there', () => {
  const sources = Object.fromEntries(
    ['infra', 'apps'].map((name) => [
      `https://github.com/controlplaneio-fluxcd/d1-${name}.git`,
      join(ROOT, 'examples/d1', name),
    ]),
  );
  const { clusters, notes } = readFleet(join(ROOT, 'examples/d1/fleet'), { sources });
  expect(notes).toEqual([]);
  for (const { layers } of clusters) {
    expect(layers.filter((l) => l.incomplete || !l.facts?.exists).map((l) => l.name)).toEqual([]);
    expect(layers.map((l) => l.name)).toEqual(expect.arrayContaining(['backend/flux-backend', 'monitoring-configs']));
  }
});

test.each([...new Set(COMMITTED.map(([, dist]) => dist))])('the rules have nothing to say of %s', (dist) => {
  const { clusters } = readFleet(join(ROOT, dist));
  expect(clusters.flatMap((c) => checkCluster(c).findings.map((f) => formatFinding(f)))).toEqual([]);
});
