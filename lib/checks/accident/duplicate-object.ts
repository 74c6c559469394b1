import { whereIs } from '../../model/cluster-model.js';
import type { ClusterState, KustomizationState, ObjectState } from '../../model/cluster-state.js';
import { keepsOthersFields } from '../../model/prune.js';
import { nameOf } from '../rule.js';
import type { Rule, RuleFinding } from '../rule.js';

const FLUX = 'flux-system';

/** What `flux bootstrap` or the operator makes, on every cluster. */
const FLUX_OWN = [
  ...['GitRepository', 'OCIRepository', 'Bucket'].map((kind) => ['source.toolkit.fluxcd.io', kind]),
  ['kustomize.toolkit.fluxcd.io', 'Kustomization'],
].map((kind) => ['', ...kind, FLUX, FLUX].join('\n'));

/** Fields of a Kustomization by which what it applies is something else than what another one does. */
const MAKES_A_DIFFERENCE = [
  ...['targetNamespace', 'namePrefix', 'nameSuffix', 'patches', 'images', 'components', 'postBuild', 'kubeConfig'],
  ...['buildMetadata', 'commonMetadata', 'ignore'],
];

/** No object is there twice: two Kustomizations that apply one object overwrite each other for ever. */
export const duplicateObject: Rule = {
  id: 'duplicate-object',
  title: 'Each object is applied by one Kustomization.',
  *check(cluster) {
    const twice = new Map(sameContent(cluster));
    for (const [second, first] of twice) yield appliedTwice(second, first);
    const told = new Set<unknown>([...twice.keys()].map((k) => k.layer).filter((l) => l !== undefined));

    // Where files were read they stand among the other objects.
    const own = cluster.layers[0]?.facts === undefined && Object.keys(cluster.system.files).length > 0 ? FLUX_OWN : [];
    const seen = new Map<string, ObjectState | 'Flux'>(own.map((key) => [key, 'Flux']));
    for (const state of candidates(cluster, own)) {
      if (told.has(state.layer)) continue;
      const key = keyOf(state);
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, state);
        continue;
      }
      const together = first !== 'Flux' && first.layer === state.layer;
      // Within one directory kustomize refuses both, whatever Flux would do with them.
      const both = first === 'Flux' ? [state] : [state, first];
      if (!together && both.some((o) => keepsOthersFields(o.object))) continue;
      yield {
        on: state.on,
        what: `${nameOf(state)} is there twice in ${cluster.label}: ${together ? 'kustomize refuses to build the directory' : 'two Kustomizations overwrite each other for ever, and when one lets go of it, it is deleted'}`,
        expected: 'one object of that group, kind, namespace and name',
        given: `${placeOf(first)} and ${placeOf(state)}`,
        fix: isOneFile(first, state)
          ? 'one directory contains the other: give the outer one a kustomization.yaml that does not list this file'
          : 'rename one of them, or leave one out',
      };
    }
  },
};

/** The objects that may be there twice, in their order: those that share their name with another one. */
function candidates({ objects, namesakes }: ClusterState, own: readonly string[]): readonly ObjectState[] {
  if (namesakes.size === 0 && own.length === 0) return [];
  return objects.filter((state) => namesakes.has(state) || (state.id.name === FLUX && own.includes(keyOf(state))));
}

/** Kustomizations that apply just what an earlier one applies: the same place of the same source, with nothing changed. */
function* sameContent(cluster: ClusterState): Generator<[KustomizationState, KustomizationState]> {
  const seen = new Map<string, KustomizationState>();
  for (const kustomization of cluster.kustomizations) {
    const { spec, target, namespace, object } = kustomization;
    // Layers that are synthesized have their own rule, which also sees directories inside of each other.
    const synthesized = kustomization.layer?.directory !== undefined && kustomization.layer.facts === undefined;
    if (object === undefined || synthesized || spec.suspend === true) continue;
    const source = { namespace, ...(spec.sourceRef as object | undefined) };
    const place = (typeof spec.path === 'string' ? spec.path : '').replace(/^\.?\/+|\/+$/g, '');
    // A kubeconfig is one of its namespace.
    const to = [target, kustomization.layer?.target ?? (spec.kubeConfig === undefined ? '' : namespace)];
    const key = JSON.stringify([to, source, place, MAKES_A_DIFFERENCE.map((field) => spec[field] ?? null)]);
    const first = key.includes('${') ? undefined : seen.get(key);
    if (first === undefined) seen.set(key, kustomization);
    else if (first.id !== kustomization.id) yield [kustomization, first];
  }
}

function appliedTwice({ on, id, spec }: KustomizationState, first: KustomizationState): RuleFinding {
  const { kind, name } = (spec.sourceRef ?? {}) as { kind?: string; name?: string };
  return {
    on,
    what: `the Kustomizations "${first.id}" and "${id}" apply the same: they overwrite each other for ever, and when one goes, it deletes what the other holds`,
    expected: 'one Kustomization for a path of a source, or options that make a difference, such as targetNamespace',
    given: `path ${JSON.stringify(spec.path ?? '')} of ${kind} "${name}", both times`,
    fix: 'leave one of them out, or correct its path',
    field: ['spec', 'path'],
  };
}

function keyOf({ target, id }: ObjectState): string {
  return [target, id.group, id.kind, id.namespace ?? '', id.name].join('\n');
}

/** Whether two Kustomizations read the very same place of a file, because the directory of one contains the other's. */
function isOneFile(first: ObjectState | 'Flux', { on, layer }: ObjectState): boolean {
  if (first === 'Flux' || first.layer === layer) return false;
  const { file } = whereIs(on);
  return file !== undefined && file === whereIs(first.on).file;
}

/** Asked for only when there is something to say: a line of code is costly. */
function placeOf(state: ObjectState | 'Flux'): string {
  if (state === 'Flux') return 'Flux’s own, which applies the whole cluster';
  const { construct, file } = whereIs(state.on);
  const place = construct === undefined ? (file ?? '?') : `${construct}${file === undefined ? '' : ` (${file})`}`;
  return `${place} in ${nameOf(state.layer)}`;
}
