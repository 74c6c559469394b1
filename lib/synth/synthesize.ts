import { effectiveCluster } from '../kustomize/effective.js';
import { layerDirectories } from '../checks/accident/layer-directories.js';
import { checkCluster, rulesWith } from '../checks/index.js';
import { Judged } from '../checks/judged.js';
import { sumOfUnchecked } from '../checks/shared/unchecked.js';
import type { Unchecked } from '../checks/shared/unchecked.js';
import type { Judging, Verdict } from '../checks/index.js';
import type { Rule } from '../checks/rule.js';
import { basename } from 'node:path';
import { FleetError, isFleetError } from '../finding.js';
import type { Finding } from '../finding.js';
import type { ClusterModel, LayerModel, ObjectModel } from '../model/cluster-model.js';
import { recordVersions } from '../versions-record.js';
import type { JsonObject } from '../yaml/normalize.js';
import { Texts } from '../yaml/write.js';
import type { SynthApp, SynthUnit, UnitModel } from './app.js';
import { OutputTransaction, listOtherClusters } from './disk/output.js';
import type { OutputFile } from './disk/output.js';
import { clusterFiles, layerFiles } from './files.js';
import { leaveLink, outputPlace } from './outdir.js';
import { VersionMarkers } from './version-markers.js';

/** What a synth has done. */
export interface SynthResult {
  readonly outdir: string;
  readonly clusters: number;
  readonly repositories: number;
  /** Clusters and repositories that were made: all, unless the run was asked for a part. */
  readonly selected: number;
  /** Those that were left out, and are as they were. */
  readonly skipped: number;
  readonly objects: number;
  /** Objects of kinds for which there is no schema, so that their fields were not checked: how many by kind. */
  readonly unchecked: Readonly<Record<string, number>>;
  /** Rules of CRDs that only the API server can evaluate: of how many objects, by kind and by what is missing. */
  readonly uncheckedRules: Readonly<Record<string, number>>;
  /** What is wrong and does not stop a synth. */
  readonly warnings: readonly Finding[];
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly writtenPaths: readonly string[];
  readonly removedPaths: readonly string[];
  /** Clusters in the output that the fleets of this run do not declare any more; they are left alone. */
  readonly undeclared: readonly string[];
  /** Clusters in the output that belong to fleets that were not part of this run. */
  readonly others: readonly string[];
}

/** How a synth runs. */
export interface SynthOptions {
  /** Output directory; wins over what the code says. */
  readonly outdir?: string;
  /** What is made; all others count as declared, and are neither built nor touched. */
  readonly select?: (unit: Pick<SynthUnit, 'name' | 'labels'>) => boolean;
  /** Called before each unit is built, with how many were, and how many objects they have. */
  readonly onUnit?: (unit: SynthUnit, units: number, objects: number) => void;
  /** Called with what the user should know even if nothing is written. */
  readonly onWarning?: (warning: string) => void;
}

/**
 * Builds and checks all apps, and then writes all or nothing.
 *
 * @throws FleetError with everything that is wrong; the output directory is then as it was
 */
export function synthesize(apps: readonly SynthApp[], options: SynthOptions = {}): SynthResult {
  const place = outputPlace(options.outdir, outdirOf(apps, options.outdir), process.env);
  if (place.warning !== undefined) options.onWarning?.(place.warning);
  const output = new OutputTransaction(place.outdir, { copyFrom: place.copyFrom });
  const findings: Finding[] = [];
  const declared = new Map<string, SynthUnit>();
  const selected = new Set<string>();
  const syncs = new Map<string, SynthUnit>();
  const markers = new VersionMarkers();
  const judged = new Judged();
  const versions = recordVersions(apps);
  const unchecked: Unchecked[] = [];
  const warnings: Finding[] = [];
  let objects = 0;
  try {
    for (const app of apps) {
      for (const unit of app.units()) {
        const first = declared.get(unit.root);
        if (first) {
          findings.push(declaredTwice(unit, first));
          continue;
        }
        declared.set(unit.root, unit);
        if (options.select?.(unit) === false) continue;
        options.onUnit?.(unit, selected.size, objects);
        selected.add(unit.root);
        const built = renderUnit(unit, findings, markers, judged);
        if (built.sync !== undefined) checkSync(syncs, built.sync, unit, findings);
        objects += built.objects.length;
        unchecked.push(built.unchecked);
        warnings.push(...built.warnings);
        if (findings.length > 0) continue;
        collect(findings, () => output.stage({ owner: app.owner, root: unit.root }, built.files));
      }
    }
    findings.push(
      ...markers.check(apps, versions.read(), { outdir: place.outdir, isPart: selected.size < declared.size }),
    );
    if (findings.length > 0) throw new FleetError(findings);
    if (declared.size === 0) throw new FleetError(nothingDeclared());
    const { written, unchanged, removed, writtenPaths, removedPaths } = output.commit();
    if (place.link !== undefined) leaveLink(place.link, place.outdir);
    const owners = new Set(apps.map((a) => a.owner));
    const others = listOtherClusters(place.outdir, new Set(declared.keys()));
    return {
      outdir: place.outdir,
      clusters: [...selected].filter((root) => root !== '').length,
      repositories: selected.has('') ? 1 : 0,
      selected: selected.size,
      skipped: declared.size - selected.size,
      objects,
      unchecked: sumOfUnchecked(unchecked).kinds,
      uncheckedRules: sumOfUnchecked(unchecked).rules,
      warnings,
      written,
      unchanged,
      removed,
      writtenPaths,
      removedPaths,
      undeclared: others.filter((c) => c.owner === undefined || owners.has(c.owner)).map((c) => c.root),
      others: others.filter((c) => c.owner !== undefined && !owners.has(c.owner)).map((c) => c.root),
    };
  } catch (e) {
    output.rollback();
    throw e;
  } finally {
    versions.end();
  }
}

/**
 * All files of an app as text by path, without touching the disk: for tests. Of the files of versions, those that its
 * automations edit are judged; others may be for apps that are not here. `rules` are all, unless a test wants fewer.
 *
 * @throws FleetError with everything that is wrong
 */
export function renderFiles(app: SynthApp, rules?: readonly Rule[]): Record<string, string> {
  const findings: Finding[] = [];
  const all: [string, string][] = [];
  const markers = new VersionMarkers();
  const judged = new Judged();
  for (const unit of app.units()) {
    const { files } = renderUnit(unit, findings, markers, judged, rules);
    for (const [path, { text }] of files) all.push([unit.root === '' ? path : `${unit.root}/${path}`, text]);
  }
  findings.push(...markers.check([app], []));
  if (findings.length > 0) throw new FleetError(findings);
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A unit as files. */
interface Rendered {
  readonly files: Map<string, OutputFile>;
  readonly objects: readonly ObjectModel[];
  readonly warnings: readonly Finding[];
  readonly unchecked: Unchecked;
  /** What the cluster pulls, and from where. */
  readonly sync?: string;
}

function renderUnit(
  unit: SynthUnit,
  findings: Finding[],
  markers: VersionMarkers,
  judged: Judged,
  rules: readonly Rule[] = rulesWith(unit.rules),
): Rendered {
  const before = findings.length;
  const built = tryBuild(unit, findings);
  markers.addUnit(unit.root, built);
  if (!built) return { files: new Map(), objects: [], warnings: [], unchecked: sumOfUnchecked([]) };
  const layers = 'layers' in built ? built.layers : built.cluster.layers;
  const objects = layers.flatMap((l) => l.objects);
  const texts = new Texts();
  // Rules judge what Flux would apply; files say what it makes that of.
  const verdict =
    'layers' in built
      ? checkRepository(unit, layers, rules, { judged, texts })
      : checkCluster(effectiveCluster(built.cluster), rules, { known: { judged, texts } });
  const unchecked = verdict.unchecked();
  const warnings = verdict.findings.filter((f) => f.severity === 'warning');
  findings.push(...verdict.findings.filter((f) => f.severity !== 'warning'));
  // Files of what is wrong would only repeat it, and may not be possible at all.
  if (findings.length > before) return { files: new Map(), objects, warnings, unchecked };
  if ('layers' in built) {
    return { files: layerFiles(layers, unit.layout, texts, findings), objects, warnings, unchecked };
  }
  const files = clusterFiles(built.cluster, unit.layout, verdict.allowed, texts, findings);
  return { files, objects, warnings, unchecked, sync: syncOf(built.cluster) };
}

function syncOf({ source, path }: ClusterModel): string {
  return JSON.stringify([source?.kind, source?.spec, path.replace(/^\.\//, '').replace(/\/$/, '')]);
}

/** Two clusters that pull one directory would both apply what is written for one of them. */
function checkSync(syncs: Map<string, SynthUnit>, sync: string, unit: SynthUnit, findings: Finding[]): void {
  const first = syncs.get(sync);
  syncs.set(sync, unit);
  if (!first) return;
  const [kind, , path] = JSON.parse(sync) as [string, unknown, string];
  findings.push({
    rule: 'same-sync',
    what: `the ${unit.label} and the ${first.label} pull the same directory`,
    expected: 'a source or a path for each',
    given: `the same ${kind}, path "./${path}"`,
    fix: 'give each cluster its own `path`, or its own `source`, such as one OCI artifact for each',
    where: { construct: basename(unit.root), code: unit.code() },
  });
}

/** Each directory for itself, because they may be for different clusters; and that none lies inside another. */
function checkRepository(
  unit: SynthUnit,
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

/** Builds a unit; what its code throws as findings is collected with the others. */
function tryBuild(unit: SynthUnit, findings: Finding[]): UnitModel | undefined {
  let built: UnitModel | undefined;
  collect(findings, () => (built = unit.build(findings)));
  return built;
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

/** Runs a step; what it throws as findings is collected with the others. */
function collect(findings: Finding[], step: () => unknown): void {
  try {
    step();
  } catch (e) {
    if (!isFleetError(e)) throw e;
    findings.push(...e.findings);
  }
}

function outdirOf(apps: readonly SynthApp[], asked: string | undefined): string | undefined {
  const all = [...new Set(apps.map((a) => a.saidOutdir).filter((o) => o !== undefined))];
  if (all.length <= 1 || asked !== undefined) return all[0];
  throw new FleetError({
    rule: 'output-directories',
    what: 'the apps want different output directories',
    expected: 'one for all apps of a run, so that all or nothing is written',
    given: all.join(', '),
    fix: 'run them one by one, or say the directory once with --out',
  });
}

function declaredTwice(unit: SynthUnit, first: SynthUnit): Finding {
  return {
    rule: 'duplicate-name',
    what: `the ${unit.label} is declared twice`,
    expected: 'one app that declares it',
    given: `${first.code() ?? 'unknown'} and ${unit.code() ?? 'unknown'}`,
    fix: 'rename one of them, or declare it in one app only',
    where: { construct: basename(unit.root), code: unit.code() },
  };
}

function nothingDeclared(): Finding {
  return {
    rule: 'nothing-declared',
    what: 'the apps declare no cluster and no repository',
    expected: 'at least one Cluster in a Fleet that the app exports or synthesizes',
    given: 'none',
    fix: 'end the app with `export default fleet` or `fleet.synth()`',
  };
}
