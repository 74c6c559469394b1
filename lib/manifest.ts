import { ApiObject, Lazy } from 'cdk8s';
import type { ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { Args } from './argument.js';
import type { SourceUse } from './flux/source.js';
import { isExternal } from './reference.js';
import type { ExternalObject, NamedObject } from './reference.js';
import { defaultNamespace } from './scope.js';

const MANIFEST = Symbol.for('cdk8s-flux-fleet.Manifest');

/** Metadata that every construct of ours takes. */
export interface ObjectMeta {
  /**
   * Name of the object in the cluster.
   *
   * @default - the construct's id
   */
  readonly name?: string;
  /** Labels of the object, over those of its layer and tenant. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the object. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Metadata of a namespaced object. */
export interface NamespacedObjectMeta extends ObjectMeta {
  /**
   * Namespace of the object.
   *
   * @default - the namespace of the tenant, component or layer around it
   */
  readonly namespace?: string;
}

/** What an object brings along besides itself. */
export interface ManifestNeeds {
  /** Objects that it refers to; those that the fleet does not emit are declared in flux-fleet.yaml. */
  readonly refs?: readonly (NamedObject | undefined)[];
  /** Sources that stand beside it. */
  readonly sources?: readonly SourceUse[];
}

/**
 * Base of all objects that this library has a construct for: a cdk8s `ApiObject` whose nulls survive, and which says
 * what it needs.
 */
export class Manifest extends ApiObject {
  readonly needs: ManifestNeeds;
  private readonly saidNamespace: string | undefined;

  constructor(scope: Construct, id: string, props: ApiObjectProps, needs: ManifestNeeds = {}) {
    super(scope, id, props);
    this.needs = needs;
    this.saidNamespace = props.metadata?.namespace;
  }

  /** Namespace that the object will have; undefined for a cluster-scoped one and where nobody says any. */
  get namespace(): string | undefined {
    return this.saidNamespace ?? defaultNamespace(this.node.scope);
  }

  /** The objects that it refers to and that the fleet does not emit. */
  get externals(): ExternalObject[] {
    return (this.needs.refs ?? []).filter((r): r is NamedObject => r !== undefined).filter(isExternal);
  }

  /** True for an object of ours, also when another copy of this library made it. */
  static isManifest(x: unknown): x is Manifest {
    return typeof x === 'object' && x !== null && MANIFEST in x;
  }
}

Object.defineProperty(Manifest.prototype, MANIFEST, { value: true });

/** Checks that the id is free: it is the name where none is given, so two objects want one easily. */
export function checkId(args: Args, scope: Construct, id: string, kind: string): void {
  const taken = scope.node.tryFindChild(id);
  if (!taken) return;
  const other = ApiObject.isApiObject(taken) ? taken.kind : 'construct';
  args.fail({
    rule: 'duplicate-name',
    what: `the id "${id}" is given twice`,
    expected: 'an id for each construct of a scope',
    given: `there is already a ${other} "${taken.node.path}"`,
    fix: `give this one another id, and its name as a prop: new ${kind}(scope, '${id}-${kind.toLowerCase()}', { name: '${id}', … })`,
  });
}

/** The metadata of an object from its construct's id and props, checked. */
export function objectMeta(
  scope: Construct,
  id: string,
  kind: string,
  props: NamespacedObjectMeta,
): { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> } {
  const args = new Args(scope, id);
  checkId(args, scope, id, kind);
  const name = props.name ?? id;
  args.dnsSubdomain(`the name of this ${kind}`, name);
  if (props.namespace !== undefined) args.dnsLabel(`the namespace of this ${kind}`, props.namespace);
  return {
    name,
    ...(props.namespace !== undefined && { namespace: props.namespace }),
    ...(props.labels && { labels: { ...props.labels } }),
    ...(props.annotations && { annotations: { ...props.annotations } }),
  };
}

/** A value that is made at synth, when everything around the object is there. */
export function late(producer: { readonly produce: () => unknown }): unknown {
  return Lazy.any(producer) as unknown;
}
