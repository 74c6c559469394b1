import { Args } from '../argument.js';
import { PRUNE_DISABLED } from '../kubernetes/namespace.js';
import { lockdownPatches } from '../policy/lockdown.js';
import { toYaml } from '../yaml/write.js';
import {
  checkFluxSettings,
  DEFAULT_COMPONENTS,
  FLUX_REGISTRY,
  intervalPatches,
  settingsPatches,
  syncPatches,
} from './controllers.js';
import type { FluxSettings } from './controllers.js';
import type { FluxInstallation, InstallationTarget } from './installation.js';

/** Fields of the sync's GitRepository that `flux bootstrap` writes itself, from its own flags. */
const OWNED_BY_BOOTSTRAP = new Set(['url', 'ref', 'secretRef', 'interval']);

/**
 * Flux by `flux bootstrap`: its two files stay as it wrote them, and everything else is a patch over them.
 *
 * @see https://fluxcd.io/flux/installation/bootstrap/
 */
export function bootstrapInstallation(settings: FluxSettings): FluxInstallation {
  checkFluxSettings(settings);
  return {
    mode: 'bootstrap',
    components: settings.components ?? DEFAULT_COMPONENTS,
    registry: FLUX_REGISTRY,
    check,
    files: ({ path }) => ({
      'gotk-components.yaml': { placeholder: placeholder(path) },
      'gotk-sync.yaml': { placeholder: placeholder(path) },
    }),
    kustomization: (target) => ({
      patches: [
        ...(target.lockdownAccount === undefined ? [] : lockdownPatches(target.lockdownAccount)),
        // A patch and not a file of ours: bootstrap writes gotk-sync.yaml anew whenever it runs.
        ...syncPatches(target.source, OWNED_BY_BOOTSTRAP),
        ...intervalPatches(target.source.kind, target.intervals.source),
        ...intervalPatches('Kustomization', target.intervals.root),
        ...settingsPatches(settings),
      ],
      transformers: [neverPrune()],
    }),
  };
}

function check({ cluster, source }: InstallationTarget): void {
  if (source.kind === 'GitRepository') return;
  new Args(undefined, cluster).fail({
    rule: 'bootstrap-source',
    what: `the cluster is bootstrapped, but its fleet pulls from ${source.kind === 'Bucket' ? 'a Bucket' : 'an OCIRepository'}`,
    expected: 'a Git repository: flux bootstrap syncs from nothing else',
    given: source.kind,
    fix: 'install Flux with the operator (flux: Flux.operator({ … })), or let the fleet pull from Git',
  });
}

/** Annotates everything that the directory builds, in its own metadata only: pod templates stay as they are. */
function neverPrune(): string {
  return toYaml([
    {
      apiVersion: 'builtin',
      kind: 'AnnotationsTransformer',
      metadata: { name: 'never-prune' },
      annotations: PRUNE_DISABLED,
      fieldSpecs: [{ path: 'metadata/annotations', create: true }],
    },
  ]);
}

function placeholder(path: string): string {
  return `# A placeholder, until this writes it: flux bootstrap git --path=${path}\n`;
}
