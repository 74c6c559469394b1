import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { disagreements, modelOf } from './environment/agreement.js';
import { TestCluster } from './environment/cluster.js';
import { HELM_RELEASE, KUSTOMIZATION } from './environment/flux-object.js';
import type { FluxObject } from './environment/flux-object.js';
import { provideCharts } from './environment/components.js';
import { declaredObjects } from './environment/declared.js';
import { outOfOrder } from './environment/inventory.js';
import { moduleDirectory } from './environment/modules.js';

const EXAMPLES = join(import.meta.dirname, '../examples');
const D1 = 'https://github.com/controlplaneio-fluxcd/d1';
const D1_SOURCES = { [`${D1}-infra.git`]: join(EXAMPLES, 'd1/infra'), [`${D1}-apps.git`]: join(EXAMPLES, 'd1/apps') };
const FLAGGER = 'oci://ghcr.io/fluxcd/flagger-manifests';
const FACEBOOC = join(EXAMPLES, 'flux-fleet/facebooc-deploy/dist');

interface Example {
  readonly directory: string;
  readonly cluster: string;
  readonly url: string;
  /** Whether Flux Operator installs Flux. */
  readonly operator?: boolean;
  readonly sources: Readonly<Record<string, string>>;
  readonly releases: number;
}

let cluster: TestCluster;
let flagger: string;
beforeAll(async () => {
  cluster = await TestCluster.empty();
  flagger = join(await moduleDirectory('github.com/fluxcd/flagger', 'v1.36.1'), 'kustomize');
});
afterEach(() => cluster.restore());
afterAll(() => cluster.stop());

const examples: readonly Example[] = [
  ...['staging', 'prod-eu'].map((name) => ({
    directory: 'd1/fleet',
    cluster: name,
    url: `${D1}-fleet.git`,
    operator: true,
    sources: D1_SOURCES,
    releases: 6,
  })),
  {
    directory: 'flux-fleet',
    cluster: 'staging',
    url: 'https://github.com/lfs269/flux-fleet',
    sources: {
      'https://github.com/lfs269/facebooc-deploy': FACEBOOC,
      'https://github.com/lfs269/facebooc-deploy.git': FACEBOOC,
    },
    releases: 1,
  },
  {
    directory: 'geek-cookbook',
    cluster: 'geek',
    url: 'https://github.com/geek-cookbook/flux',
    sources: {},
    releases: 9,
  },
];

test.each(examples)('$directory, $cluster: all becomes ready in order, and is what dist/ says', async (example) => {
  const { url, operator = false } = example;
  const sources = { ...example.sources, [FLAGGER]: flagger };
  for (const [source, directory] of Object.entries(sources)) cluster.sources.set(source, { directory });
  await provideCharts(cluster.sources);
  const fleet = cluster.checkout(url);
  fleet.copy(join(EXAMPLES, example.directory, 'dist'), 'dist');
  const path = `dist/clusters/${example.cluster}`;
  const model = () => modelOf(fleet.directory, path, sources);
  const { exists, variables } = model();
  await cluster.applyAll(declaredObjects(exists, variables));
  const chronicle = cluster.chronicle();

  await (operator ? cluster.bootstrapOperator(fleet, path) : cluster.bootstrap(fleet, path, { url }));
  await cluster.settled();

  const kustomizations = await cluster.api.list<FluxObject>(KUSTOMIZATION);
  expect(outOfOrder(await chronicle.end(), kustomizations)).toEqual([]);
  expect(await disagreements(cluster.api, model())).toEqual([]);
  expect(await cluster.api.list(HELM_RELEASE)).toHaveLength(example.releases);
});
