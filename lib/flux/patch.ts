import type { IKustomizationSpec } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1';
import { show } from '../argument.js';
import type { Args } from '../argument.js';
import type { DeepReadonly } from '../deep-readonly.js';
import { toYaml } from '../yaml/write.js';
import { isGoPattern } from './go-pattern.js';
import { parseAllDocuments } from '../yaml/parser.js';

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
  if (!Array.isArray(patches ?? [])) {
    args.fail({
      rule: 'invalid-value',
      what: "'patches' is no list",
      expected: '[{ patch, target }]',
      given: show(patches),
    });
  }
  for (const given of patches ?? []) {
    const { patch, target } = (given ?? {}) as Partial<Patch>;
    for (const part of typeof patch === 'string' ? textParts(args, patch) : [patch]) checkPart(args, part, target);
    for (const field of ['group', 'version', 'kind', 'name', 'namespace'] as const) {
      if (target?.[field] !== undefined && !isGoPattern(target[field])) {
        args.fail({
          rule: 'patch-target',
          what: `the ${field} of a patch’s target is no regular expression`,
          given: show(target[field]),
        });
      }
    }
  }
}

/** The patch as Flux has it. */
export function patchSpec({ patch, target }: Patch): PatchSpec {
  return { patch: typeof patch === 'string' ? patch : toYaml([patch]), ...(target && { target }) };
}

/** The documents of a patch that is text. */
function textParts(args: Args, text: string): unknown[] {
  const documents = [parseAllDocuments(text)].flat();
  const [error] = documents.flatMap((document) => document.errors);
  if (error === undefined) return documents.length === 0 ? [undefined] : documents.map((d) => d.toJS() as unknown);
  return args.fail({
    rule: 'yaml-syntax',
    what: 'a patch cannot be read as YAML',
    given: error.message.split('\n')[0]!.replace(/:$/, ''),
  });
}

function checkPart(args: Args, part: unknown, target: Patch['target']): void {
  if (Array.isArray(part)) return checkOperations(args, part as readonly PatchOperation[], target);
  if (typeof part === 'object' && part !== null) return target ? undefined : checkMerge(args, part);
  args.fail({
    rule: 'patch-target',
    what: 'a patch has no content',
    expected: 'a list of operations, an object, or either as YAML text',
    given: show(part),
  });
}

function checkMerge(args: Args, patch: object): void {
  const { kind, metadata } = patch as { kind?: unknown; metadata?: { name?: unknown } };
  if (kind !== undefined && metadata?.name !== undefined) return;
  args.fail({
    rule: 'patch-target',
    what: 'a patch does not say which object it patches',
    expected: "kind and metadata.name in it, or a target, such as { kind: 'HelmRelease' }",
    given: show(patch),
  });
}

function checkOperations(args: Args, operations: readonly PatchOperation[], target: Patch['target']): void {
  if (!target || operations.length === 0) {
    args.fail({
      rule: 'patch-target',
      what: !target ? 'a patch of operations does not say what it patches' : 'a patch has no operation',
      expected: "a target, such as { kind: 'HelmRelease' }, and at least one operation",
      given: show(operations),
    });
  }
  for (const given of operations as readonly (Partial<PatchOperation> | null)[]) {
    const operation = given ?? {};
    args.oneOf('op', operation.op ?? null, OPERATIONS);
    if (['add', 'replace', 'test'].includes(operation.op!) && operation.value === undefined) {
      args.fail({
        rule: 'patch-value',
        what: `an operation "${operation.op}" has no value`,
        expected: 'a value; null is one',
        given: show(given),
      });
    }
    for (const field of ['path', 'from'] as const) {
      const pointer = operation[field];
      if (field === 'from' && operation.op !== 'move' && operation.op !== 'copy') continue;
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
