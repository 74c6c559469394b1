import type { IKustomizationSpec } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1';
import { show } from '../argument.js';
import type { Args } from '../argument.js';
import type { DeepReadonly } from '../deep-readonly.js';
import { toYaml } from '../yaml/write.js';

type Target = NonNullable<NonNullable<IKustomizationSpec['patches']>[number]['target']>;

/** One operation of a JSON 6902 patch. In `path` a `/` of a name is written `~1`, and a `~` is written `~0`. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly value?: unknown;
  readonly from?: string;
}

/**
 * A kustomize patch of what is applied.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#patches
 */
export interface Patch {
  /** A list of operations (JSON 6902), an object (strategic merge), or either as YAML text. */
  readonly patch: string | readonly PatchOperation[] | Readonly<Record<string, unknown>>;
  /**
   * The objects that are patched; names and kinds are regular expressions.
   *
   * @default - the object that a strategic merge names
   */
  readonly target?: DeepReadonly<Target>;
}

/** A patch as Flux has it, the patch itself as text. */
export interface PatchSpec {
  readonly patch: string;
  readonly target?: DeepReadonly<Target>;
}

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;

/** Checks patches where the user's code gives them. */
export function checkPatches(args: Args, patches: readonly Patch[] | undefined): void {
  for (const { patch, target } of patches ?? []) {
    if (Array.isArray(patch)) checkOperations(args, patch as readonly PatchOperation[], target);
    for (const field of ['group', 'version', 'kind', 'name', 'namespace'] as const) {
      if (!isPattern(target?.[field])) {
        args.fail({
          rule: 'patch-target',
          what: `the ${field} of a patch’s target is no regular expression`,
          given: show(target?.[field]),
        });
      }
    }
  }
}

/** The patch as Flux has it. */
export function patchSpec({ patch, target }: Patch): PatchSpec {
  return { patch: typeof patch === 'string' ? patch : toYaml([patch]), ...(target && { target }) };
}

function checkOperations(args: Args, operations: readonly PatchOperation[], target: Patch['target']): void {
  if (target === undefined || operations.length === 0) {
    args.fail({
      rule: 'patch-target',
      what: target === undefined ? 'a patch of operations does not say what it patches' : 'a patch has no operation',
      expected: "a target, such as { kind: 'HelmRelease' }, and at least one operation",
      given: show(operations),
    });
  }
  for (const operation of operations) {
    args.oneOf('op', operation.op, OPERATIONS);
    for (const field of ['path', 'from'] as const) {
      const pointer = operation[field];
      if (pointer === undefined && field === 'from') continue;
      if (typeof pointer === 'string' && /^(\/([^~]|~[01])*)?$/.test(pointer)) continue;
      args.fail({
        rule: 'patch-path',
        what: `the ${field} of a patch’s operation is no JSON pointer`,
        expected: 'steps that begin with "/"; "~1" for a "/" in a name, "~0" for a "~"',
        given: show(pointer),
        fix: 'write "/spec/values", or "/metadata/annotations/example.com~1owner"',
      });
    }
  }
}

function isPattern(text: string | undefined): boolean {
  try {
    return text === undefined || Boolean(new RegExp(text));
  } catch {
    return false;
  }
}
