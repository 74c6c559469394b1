import { Args, show } from '../argument.js';
import { toYaml } from '../yaml/write.js';
import { checkPatches, patchSpec } from './patch.js';
import type { Patch, PatchSpec } from './patch.js';
import type { Source } from './source.js';

/** Flux's controllers, by the names of their Deployments. */
export const FLUX_COMPONENTS = [
  'source-controller',
  'kustomize-controller',
  'helm-controller',
  'notification-controller',
  'image-reflector-controller',
  'image-automation-controller',
  'source-watcher',
] as const;

/** Where Flux publishes the controllers' images. */
export const FLUX_REGISTRY = 'ghcr.io/fluxcd';

/** One of Flux's controllers. */
export type FluxComponent = (typeof FLUX_COMPONENTS)[number];

/** The controllers that Flux installs where nothing is said. */
export const DEFAULT_COMPONENTS: readonly FluxComponent[] = FLUX_COMPONENTS.slice(0, 4);

/** Settings for some of Flux's controllers; they become patches of their Deployments. */
export interface ControllerSettings {
  /** The controllers that they are for. */
  readonly controllers: readonly FluxComponent[];
  /**
   * Flags, such as `--concurrent=10`.
   *
   * @see https://fluxcd.io/flux/components/kustomize/options/
   */
  readonly args?: readonly string[];
  /**
   * Whether manifests are built in memory instead of on disk: kustomize-controller only. Its memory limit has to hold
   * them.
   *
   * @default false
   * @see https://fluxcd.io/flux/installation/configuration/vertical-scaling/#enable-in-memory-kustomize-builds
   */
  readonly inMemoryBuilds?: boolean;
  /** Resource requests and limits of the container `manager`. */
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>;
    readonly requests?: Readonly<Record<string, string>>;
  };
}

/** What both ways of installing Flux take. */
export interface FluxSettings {
  /**
   * The controllers on the cluster.
   *
   * @default - source-, kustomize-, helm- and notification-controller
   */
  readonly components?: readonly FluxComponent[];
  /**
   * Flags and resources of controllers.
   *
   * @default - Flux's own
   */
  readonly controllers?: readonly ControllerSettings[];
  /** Kustomize patches over Flux's own manifests, after all others: the escape hatch. */
  readonly patches?: readonly Patch[];
}

/** Checks settings where the user's code gives them. */
export function checkFluxSettings(settings: FluxSettings): void {
  const args = new Args(undefined);
  checkPatches(args, settings.patches);
  for (const c of settings.components ?? []) args.oneOf('components', c, FLUX_COMPONENTS);
  for (const { controllers, args: flags, inMemoryBuilds } of settings.controllers ?? []) {
    if ((controllers ?? []).length === 0) {
      args.fail({
        rule: 'invalid-value',
        what: 'settings of controllers do not say for which',
        expected: "controllers: ['source-controller', …]",
        given: show(controllers),
      });
    }
    for (const c of controllers) args.oneOf('controllers', c, FLUX_COMPONENTS);
    if (inMemoryBuilds === true && controllers.some((c) => c !== 'kustomize-controller')) {
      args.fail({
        rule: 'in-memory-builds',
        what: 'controllers that build nothing are told to build in memory',
        expected: 'kustomize-controller',
        given: controllers.join(', '),
        fix: "say it in an entry of its own: { controllers: ['kustomize-controller'], inMemoryBuilds: true }",
      });
    }
    for (const flag of flags ?? []) {
      if (!/^--[a-z]/.test(flag)) {
        args.fail({
          rule: 'controller-flag',
          what: 'a controller flag is no flag',
          expected: '"--name=value"',
          given: JSON.stringify(flag),
        });
      }
    }
  }
}

/** The patches that the settings become. */
export function settingsPatches(settings: FluxSettings): PatchSpec[] {
  return [...(settings.controllers ?? []).flatMap(controllerPatches), ...(settings.patches ?? []).map(patchSpec)];
}

/**
 * What the code says of the cluster's sync beyond the fields that its owner (bootstrap, the operator) writes itself, as
 * patches of the source object.
 */
export function syncPatches({ kind, spec }: Source, owned: ReadonlySet<string>): PatchSpec[] {
  const fields = Object.entries(spec).filter(([field]) => !owned.has(field));
  if (fields.length === 0) return [];
  const ops = fields.map(([field, value]) => ({ op: 'add', path: `/spec/${field}`, value }));
  return [{ patch: toYaml([ops]), target: { kind, name: 'flux-system' } }];
}

/** The interval of the root Kustomization or of its source, as a patch, where one is said. */
export function intervalPatches(kind: string, interval: string | undefined): PatchSpec[] {
  if (interval === undefined) return [];
  const ops = [{ op: 'add', path: '/spec/interval', value: interval }];
  return [{ patch: toYaml([ops]), target: { kind, name: 'flux-system' } }];
}

/** A JSON 6902 patch that adds flags to controllers. */
export function addArgs(controllers: readonly string[], flags: readonly string[]): PatchSpec {
  return { patch: toYaml([argOps(flags)]), target: deployments(controllers) };
}

/** The first volume of kustomize-controller is the one that it builds in. */
const BUILD_IN_MEMORY = {
  op: 'replace',
  path: '/spec/template/spec/volumes/0',
  value: { name: 'temp', emptyDir: { medium: 'Memory' } },
};

function argOps(flags: readonly string[]): object[] {
  return flags.map((value) => ({ op: 'add', path: '/spec/template/spec/containers/0/args/-', value }));
}

function controllerPatches(s: ControllerSettings): PatchSpec[] {
  const patches: PatchSpec[] = [];
  const ops = [...argOps(s.args ?? []), ...(s.inMemoryBuilds === true ? [BUILD_IN_MEMORY] : [])];
  if (ops.length > 0) patches.push({ patch: toYaml([ops]), target: deployments(s.controllers) });
  if (s.resources) {
    const container = { name: 'manager', resources: s.resources };
    patches.push({
      patch: toYaml([
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'all' },
          spec: { template: { spec: { containers: [container] } } },
        },
      ]),
      target: deployments(s.controllers),
    });
  }
  return patches;
}

function deployments(names: readonly string[]): { kind: string; name: string } {
  return { kind: 'Deployment', name: names.length === 1 ? names[0]! : `(${names.join('|')})` };
}
