import type { Construct } from 'constructs';
import { Args } from './argument.js';
import type { DeepReadonly } from './deep-readonly.js';
import { Manifest, objectMeta } from './manifest.js';
import type { ManifestNeeds, NamespacedObjectMeta, ObjectMeta } from './manifest.js';

/** Props of an object whose spec is said field by field: metadata, and the fields of the spec. */
export type SpecObjectProps<Spec extends object> = NamespacedObjectMeta & DeepReadonly<Spec>;

/** The same for a kind that stands in no namespace. */
export type ClusterSpecObjectProps<Spec extends object> = ObjectMeta & DeepReadonly<Spec>;

/** Base of the kinds whose props are the fields of their spec, under the names that the CRD gives them. */
export abstract class SpecObject<Spec extends object> extends Manifest {
  /** @throws FleetError for a name, namespace or duration that the API server would refuse */
  constructor(
    scope: Construct,
    id: string,
    apiVersion: string,
    kind: string,
    props: SpecObjectProps<Spec> | ClusterSpecObjectProps<Spec>,
    needs?: ManifestNeeds,
  ) {
    const { name, namespace, labels, annotations, ...spec } = props as NamespacedObjectMeta & Record<string, unknown>;
    const args = new Args(scope, id);
    for (const field of ['interval', 'timeout', 'retryInterval']) args.duration(field, spec[field]);
    // false would undo a `flux suspend` on the cluster.
    if (spec.suspend === false) delete spec.suspend;
    const metadata = objectMeta(scope, id, kind, { name, namespace, labels, annotations });
    super(scope, id, { apiVersion, kind, metadata, spec }, needs);
  }
}
