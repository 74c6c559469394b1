import type { Construct } from 'constructs';
import { Args } from '../argument.js';
import { compact } from '../compact.js';
import { late, Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { accountIn, defaultNamespace } from '../scope.js';
import { intervalOf } from './intervals.js';
import { checkKustomizationOptions, kustomizationRefs, kustomizationSpec } from './kustomization-options.js';
import type { KustomizationOptions } from './kustomization-options.js';
import { referTo } from './source.js';
import type { SourceLike } from './source.js';

/** Another Kustomization that must be ready first. */
export interface KustomizationDependency {
  readonly on: Kustomization;
  /** CEL that decides whether it is ready, in place of its Ready condition. */
  readonly readyExpr?: string;
}

/** Props of {@link Kustomization}. */
export interface KustomizationProps extends NamespacedObjectMeta, KustomizationOptions {
  /** Where the files come from. */
  readonly source: SourceLike;
  /**
   * The directory in the source, such as `./staging`. Say `./` for all of it: a path left out by mistake would apply
   * everything.
   *
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#path
   */
  readonly path: string;
  /** Kustomizations that must be ready first, of any namespace. */
  readonly dependsOn?: readonly (Kustomization | KustomizationDependency)[];
}

/**
 * A Flux `Kustomization` (kustomize.toolkit.fluxcd.io/v1) as an object of a layer. A layer brings its own: this is for
 * tenants, and for what stands in other namespaces.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/
 */
export class Kustomization extends Manifest {
  declare readonly kind: 'Kustomization';
  private readonly dependencies: KustomizationDependency[];
  private readonly dependents: { any: boolean };

  /** @throws FleetError for a duration, path or name that Flux would refuse */
  constructor(scope: Construct, id: string, props: KustomizationProps) {
    const args = new Args(scope, id);
    checkKustomizationOptions(args, props);
    checkPath(args, props.path);
    const meta = objectMeta(scope, id, 'Kustomization', props);
    const namespace = meta.namespace ?? defaultNamespace(scope);
    const { ref, uses, refs } = referTo(props.source, meta.name, namespace);
    const dependencies = (props.dependsOn ?? []).map((d) => (d instanceof Kustomization ? { on: d } : d));
    const dependents = { any: false };
    super(
      scope,
      id,
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: meta,
        spec: late({
          produce: () =>
            kustomizationSpec(props, {
              sourceRef: ref,
              path: props.path,
              interval: intervalOf(scope, 'Kustomization'),
              dependsOn: dependencies.map((d) => dependency(d, namespace)),
              hasDependents: dependents.any,
              serviceAccountName: accountIn(scope, namespace, 'kustomize-controller'),
            }),
        }),
      },
      { refs: [...kustomizationRefs(props), ...refs], sources: uses },
    );
    this.dependencies = dependencies;
    this.dependents = dependents;
    for (const d of dependencies) d.on.dependents.any = true;
  }

  /** Adds a Kustomization that must be ready first. */
  addDependsOn(...on: Kustomization[]): void {
    for (const k of on) {
      this.dependencies.push({ on: k });
      k.dependents.any = true;
    }
  }
}

/** Checks a path in a source. */
export function checkPath(args: Args, path: unknown): void {
  const given = typeof path === 'string' ? path : '';
  const steps = given.split('/');
  if (given !== '' && !given.startsWith('/') && !given.includes('\\') && !steps.includes('..')) return;
  args.fail({
    rule: 'source-path',
    what: given === '' ? 'the path in the source is missing' : 'the path leads out of the source',
    expected: 'a directory relative to the root of the source, without ".."',
    given: path === undefined ? 'nothing' : JSON.stringify(path),
    fix: given === '' ? 'write "./" to apply all of the source' : undefined,
  });
}

function dependency(d: KustomizationDependency, namespace: string | undefined): { name: string } {
  const other = d.on.namespace === namespace ? undefined : d.on.namespace;
  return { name: d.on.name, ...compact({ namespace: other, readyExpr: d.readyExpr }) };
}
