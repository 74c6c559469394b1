import type { Args } from '../argument.js';
import { compact } from '../compact.js';
import { refFrom } from '../reference.js';
import type { NamedObject } from '../reference.js';
import { scopeInfo } from '../scope.js';
import type { ILayer } from '../scope.js';
import type { ArtifactGenerator } from './artifact-generator.js';
import type { HelmRelease } from './helm-release.js';
import type { ImagePolicy } from './image-policy.js';
import type { ImageRepository } from './image-repository.js';
import type { ImageUpdateAutomation } from './image-update-automation.js';
import type { Kustomization } from './kustomization.js';
import { referTo } from './source.js';
import type { SourceKind, SourceLike } from './source.js';

/** The kinds that alerts tell of and that receivers reconcile. */
export type FluxObjectKind =
  | SourceKind
  | 'Kustomization'
  | 'HelmRelease'
  | 'ImageRepository'
  | 'ImagePolicy'
  | 'ImageUpdateAutomation'
  | 'ArtifactGenerator';

/** Objects by kind: one of a name, or all (`*`), of one namespace. */
export interface FluxObjectSelector {
  readonly kind: FluxObjectKind;
  /** Name of the object, or `*` for all of the namespace. */
  readonly name: string;
  /**
   * Namespace of the objects; there is no wildcard for it.
   *
   * @default - that of the object that refers to them
   */
  readonly namespace?: string | undefined;
  /** Labels that the objects must carry. */
  readonly matchLabels?: Readonly<Record<string, string>>;
}

/** Objects of Flux as alerts and receivers name them; a layer means its Kustomization in flux-system. */
export type FluxObjectRef =
  | ILayer
  | Kustomization
  | HelmRelease
  | SourceLike
  | ImageRepository
  | ImagePolicy
  | ImageUpdateAutomation
  | ArtifactGenerator
  | FluxObjectSelector;

/** An entry as the spec has it, and the objects that it refers to. */
export interface FluxObjectEntry {
  readonly entry: { readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly refs: readonly NamedObject[];
}

/** How an object of a namespace names others: the namespace only where it differs. */
export function fluxObjectEntry(args: Args, on: FluxObjectRef, namespace: string | undefined): FluxObjectEntry {
  if (isLayer(on)) {
    const layer = refFrom({ name: on.name, namespace: 'flux-system' }, namespace);
    return { entry: { kind: 'Kustomization', ...layer }, refs: [] };
  }
  if ('isEmitted' in on) {
    const { ref, uses, refs } = referTo(on, '', namespace);
    if (uses.length > 0) failWithoutObject(args, on.kind);
    return { entry: ref, refs };
  }
  const matchLabels = 'matchLabels' in on ? on.matchLabels : undefined;
  return {
    entry: { kind: on.kind, ...refFrom(on, namespace), ...compact({ matchLabels }) },
    refs: 'node' in on ? [on] : 'generator' in on ? [on.generator] : [],
  };
}

/** A source that is a value becomes an object beside each of its users, and each has another name. */
function failWithoutObject(args: Args, kind: string): never {
  return args.fail({
    rule: 'source-value',
    what: `a ${kind} that is a value is no single object to refer to`,
    expected: 'a construct, Source.fromName, or { kind, name }',
    given: `a Source of ${kind}`,
    fix: `make it a construct, new ${kind}(layer, …), and use that in both places`,
  });
}

function isLayer(on: FluxObjectRef): on is ILayer {
  return 'node' in on && scopeInfo(on)?.noun === 'layer';
}
