import { kindKey, kindsIn } from '../../model/identity.js';
import type { Identity } from '../../model/identity.js';
import type { JsonObject } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

interface Reference {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** The references that `--no-cross-namespace-refs` is about, by kind; `dependsOn` is not among them. */
const REFERENCES: Readonly<Record<string, (spec: Spec) => (Reference | undefined)[]>> = {
  'kustomize.toolkit.fluxcd.io/Kustomization': (spec) => [spec.sourceRef],
  'helm.toolkit.fluxcd.io/HelmRelease': (spec) => [spec.chartRef, spec.chart?.spec?.sourceRef],
  'image.toolkit.fluxcd.io/ImagePolicy': (spec) => [{ kind: 'ImageRepository', ...spec.imageRepositoryRef }],
  'image.toolkit.fluxcd.io/ImageUpdateAutomation': (spec) => [spec.sourceRef],
  'notification.toolkit.fluxcd.io/Alert': (spec) => spec.eventSources ?? [],
  'notification.toolkit.fluxcd.io/Receiver': (spec) => spec.resources ?? [],
  'source.extensions.fluxcd.io/ArtifactGenerator': (spec) => spec.sources ?? [],
};

interface Spec {
  readonly sourceRef?: Reference;
  readonly chartRef?: Reference;
  readonly chart?: { readonly spec?: { readonly sourceRef?: Reference } };
  readonly imageRepositoryRef?: Reference;
  readonly eventSources?: Reference[];
  readonly resources?: Reference[];
  readonly sources?: Reference[];
}

const KINDS = kindsIn(Object.keys(REFERENCES));

/** Under lockdown no object refers to another namespace: Flux would refuse it. */
export const crossNamespace: Rule = {
  id: 'cross-namespace-reference',
  title: 'Under lockdown no object refers to another namespace.',
  *check(cluster) {
    if (!cluster.lockdown) return;
    // What a hub applies elsewhere is under the rules of that cluster.
    for (const { on, id, layer, target } of cluster.objects) {
      if (target !== '' || !KINDS.has(id.kind)) continue;
      const { namespace } = id;
      for (const ref of referencesOf(on.object, id)) {
        if (ref.namespace === undefined || ref.namespace === namespace) continue;
        yield {
          on,
          what: `${nameOf(on)} refers to another namespace, which the lockdown forbids: Flux refuses it`,
          expected: `the ${ref.kind ?? 'object'} in ${namespace ?? 'its own namespace'}`,
          given: `${ref.kind} "${ref.namespace}/${ref.name}"`,
          fix: `put both into one namespace${layer.facts ? '' : '; a source that is a value (Source.git, …) stands beside each of its users'}`,
        };
      }
    }
  },
};

function referencesOf(object: JsonObject, id: Identity): Reference[] {
  const references = REFERENCES[kindKey(id)]?.((object.spec ?? {}) as Spec) ?? [];
  return references.filter((ref) => ref !== undefined);
}
