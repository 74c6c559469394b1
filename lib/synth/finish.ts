import { layerDirectories } from '../checks/accident/layer-directories.js';
import { checkCluster, rulesWith } from '../checks/index.js';
import type { Judging, Verdict } from '../checks/index.js';
import type { Judged } from '../checks/judged.js';
import type { Rule } from '../checks/rule.js';
import { sumOfUnchecked } from '../checks/shared/unchecked.js';
import type { Unchecked } from '../checks/shared/unchecked.js';
import type { Finding } from '../finding.js';
import { effectiveCluster } from '../kustomize/effective.js';
import type { ClusterModel, LayerModel } from '../model/cluster-model.js';
import type { SharedObjects } from '../model/shared-objects.js';
import type { JsonObject } from '../yaml/normalize.js';
import { Texts } from '../yaml/write.js';
import type { SynthUnit, UnitModel } from './app.js';
import type { OutputFile } from './disk/output.js';
import { clusterFiles, layerFiles } from './files.js';

/** What is needed of a unit when it is built. */
export type BuiltUnit = Pick<SynthUnit, 'label' | 'root' | 'layout' | 'rules' | 'crds'>;

/** A unit that was judged, as files. */
export interface Finished {
  /** Empty where something is wrong: the files would only repeat it, and may not be possible at all. */
  readonly files: ReadonlyMap<string, OutputFile>;
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly unchecked: Unchecked;
}

/** How a unit is finished. */
export interface Finishing {
  /** All, unless a test wants fewer. */
  readonly rules?: readonly Rule[] | undefined;
  /** Objects that other units have too. */
  readonly shared?: SharedObjects | undefined;
}

/**
 * Judges what was built, and divides it into files.
 *
 * @param whole false for a unit of which something could not be built, so that it becomes no files
 */
export function finishUnit(
  unit: BuiltUnit,
  built: UnitModel,
  judged: Judged,
  whole: boolean,
  { rules = rulesWith(unit.rules), shared }: Finishing = {},
): Finished {
  const texts = new Texts(shared);
  const known = { judged, texts, shared };
  // Rules judge what Flux would apply; files say what it makes that of.
  const verdict =
    'layers' in built
      ? checkRepository(unit, built.layers, rules, known)
      : checkCluster(effectiveCluster(built.cluster), rules, { known });
  const findings = verdict.findings.filter((f) => f.severity !== 'warning');
  const warnings = verdict.findings.filter((f) => f.severity === 'warning');
  const unchecked = verdict.unchecked();
  if (!whole || findings.length > 0) return { files: new Map(), findings, warnings, unchecked };
  const files =
    'layers' in built
      ? layerFiles(built.layers, unit.layout, texts, findings)
      : clusterFiles(built.cluster, unit.layout, verdict.allowed, texts, findings);
  return { files, findings, warnings, unchecked };
}

/** Each directory for itself, because they may be for different clusters; and that none lies inside another. */
function checkRepository(
  unit: BuiltUnit,
  layers: readonly LayerModel[],
  rules: readonly Rule[],
  known: Judging['known'],
): Verdict {
  const verdicts = [
    ...layers.map((l) =>
      checkCluster(asCluster(`the directory "${l.name}" of the ${unit.label}`, [l], unit.crds), rules, { known }),
    ),
    checkCluster(asCluster(unit.label, layers, unit.crds), [layerDirectories]),
  ];
  return {
    findings: verdicts.flatMap((v) => v.findings),
    allowed: verdicts.flatMap((v) => v.allowed),
    // The last one looks at the same objects again.
    unchecked: () => sumOfUnchecked(verdicts.slice(0, -1).map((v) => v.unchecked())),
  };
}

/** Layers of a repository as checks see them: nothing is known of the cluster that will apply them. */
function asCluster(label: string, layers: readonly LayerModel[], crds: readonly JsonObject[]): ClusterModel {
  return {
    name: label,
    label,
    fleet: label,
    environment: '',
    labels: {},
    variables: {},
    kubernetesVersion: undefined,
    fluxVersion: undefined,
    components: [],
    lockdown: false,
    path: './',
    source: undefined,
    layers,
    system: { files: {}, kustomization: {} },
    exists: [],
    provides: [],
    crds,
    partial: true,
  };
}
