import { Cluster, Fleet, FleetError, Flux, GitRef, Layer, Source } from 'cdk8s-flux-fleet';
import type { ClusterProps, Finding, FleetProps } from 'cdk8s-flux-fleet';
import { plaintextSecret } from '../../lib/checks/accident/plaintext-secret.js';
import { APPLY } from '../../lib/checks/apply/index.js';
import { RULES } from '../../lib/checks/index.js';
import { accountNotNamed } from '../../lib/checks/reach/account-not-named.js';
import { REFERENCES } from '../../lib/checks/ready/index.js';
import type { Rule } from '../../lib/checks/rule.js';
import { FLUX_COMPONENTS } from '../../lib/flux/controllers.js';
import { renderFiles } from '../../lib/synth/synthesize.js';

/** The rules that look at one object alone, and the one about allowances. */
const OBJECT_RULES = [...APPLY, plaintextSecret, ...RULES.filter((r) => r.id === 'allow-unknown-rule')];

/** Flux with all its controllers, for clusters that have objects of every kind. */
export const ALL_CONTROLLERS = Flux.bootstrap({ components: FLUX_COMPONENTS });

/** A fleet that pulls from Git, as small as one can be. */
export function testFleet(props: Partial<FleetProps> = {}): Fleet {
  return new Fleet({
    environment: 'test',
    source: Source.git({ url: 'https://github.com/acme/fleet', ref: GitRef.branch('main') }),
    ...props,
  });
}

/** A cluster `test` of such a fleet. */
export function testCluster(props: ClusterProps = {}): Cluster {
  return new Cluster(testFleet(), 'test', props);
}

/**
 * The YAML of a layer `layer` that the test fills, as it is written; the cluster has all of Flux's controllers. Only what
 * an object shows by itself is judged: a test of one kind of object need not make all that it refers to.
 */
export function yamlOf(fill: (layer: Layer) => unknown, props: ClusterProps = {}): string {
  const cluster = testCluster({ flux: ALL_CONTROLLERS, ...props });
  fill(new Layer(cluster, 'layer'));
  const files = renderFiles(cluster.node.scope as Fleet, OBJECT_RULES);
  return files['clusters/test/layers/layer/layer.yaml'] ?? '';
}

/** All rules but those about what is referred to, accounts among it, which tests of something else need not make. */
export const OWN_RULES = RULES.filter((r) => !REFERENCES.includes(r) && r !== accountNotNamed);

/** The files of the cluster by path relative to its directory, as text. */
export function filesOf(cluster: Cluster, rules: readonly Rule[] = OWN_RULES): Record<string, string> {
  const prefix = `clusters/${cluster.name}/`;
  const files = renderFiles(cluster.node.scope as Fleet, rules);
  return Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, text]) => [path.slice(prefix.length), text]),
  );
}

/**
 * What is wrong, as findings; an empty list where nothing is.
 */
export function findingsOf(run: () => unknown): readonly Finding[] {
  try {
    run();
  } catch (e) {
    if (e instanceof FleetError) return e.findings;
    throw e;
  }
  return [];
}
