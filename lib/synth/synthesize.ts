import { basename } from 'node:path';
import { Judged } from '../checks/judged.js';
import { sumOfUnchecked } from '../checks/shared/unchecked.js';
import type { Rule } from '../checks/rule.js';
import { FleetError, isFleetError } from '../finding.js';
import type { Finding } from '../finding.js';
import type { ClusterModel } from '../model/cluster-model.js';
import { recordVersions } from '../versions-record.js';
import type { SynthApp, SynthUnit, UnitModel } from './app.js';
import { DirectBackEnd } from './back-end.js';
import type { BackEnd, BackEndOptions, Outcome } from './back-end.js';
import { listOtherClusters } from './disk/output.js';
import { finishUnit } from './finish.js';
import { KnownObjects } from './known-objects.js';
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
  /** Empty where nobody asked for paths. */
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
  /** Who does what comes after the constructs; by default the same thread, at once. */
  readonly backEnd?: (options: BackEndOptions) => BackEnd;
  /**
   * Whether the result lists the paths that were written and removed.
   *
   * @default true
   */
  readonly paths?: boolean;
}

/**
 * Builds and checks all apps, and then writes all or nothing.
 *
 * @throws FleetError with everything that is wrong; the output directory is then as it was
 */
export function synthesize(apps: readonly SynthApp[], options: SynthOptions = {}): SynthResult {
  const place = outputPlace(options.outdir, outdirOf(apps, options.outdir), process.env);
  if (place.warning !== undefined) options.onWarning?.(place.warning);
  const makeBackEnd = options.backEnd ?? ((o) => new DirectBackEnd(o));
  const backEnd = makeBackEnd({ outdir: place.outdir, copyFrom: place.copyFrom, paths: options.paths });
  const markers = new VersionMarkers();
  const versions = recordVersions(apps);
  try {
    const run = new Run(backEnd, markers, options);
    for (const app of apps) for (const unit of app.units()) run.add(app, unit);
    const { declared, selected, objects } = run;
    const { findings, warnings, unchecked } = run.end();
    const isPart = selected.size < declared.size;
    findings.push(...markers.check(apps, versions.read(), { outdir: place.outdir, isPart }));
    if (findings.length > 0) throw new FleetError(findings);
    if (declared.size === 0) throw new FleetError(nothingDeclared());
    const { written, unchanged, removed, writtenPaths, removedPaths } = backEnd.commit();
    if (place.link !== undefined) leaveLink(place.link, place.outdir);
    const owners = new Set(apps.map((a) => a.owner));
    const others = listOtherClusters(place.outdir, new Set(declared.keys()));
    const { kinds, rules } = sumOfUnchecked(unchecked);
    return {
      outdir: place.outdir,
      clusters: [...selected].filter((root) => root !== '').length,
      repositories: selected.has('') ? 1 : 0,
      selected: selected.size,
      skipped: declared.size - selected.size,
      objects,
      unchecked: kinds,
      uncheckedRules: rules,
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
    backEnd.rollback();
    throw e;
  } finally {
    versions.end();
  }
}

/** The units of a synth, one after the other: each is built here, and handed on. */
class Run {
  readonly declared = new Map<string, SynthUnit>();
  readonly selected = new Set<string>();
  objects = 0;
  private readonly syncs = new Map<string, SynthUnit>();
  private readonly known = new KnownObjects();
  /** What was found wrong before the back end said its word, unit by unit; undefined where that is still to come. */
  private readonly found: (readonly Finding[] | undefined)[] = [];
  private isWrong = false;

  constructor(
    private readonly backEnd: BackEnd,
    private readonly markers: VersionMarkers,
    private readonly options: SynthOptions,
  ) {}

  add(app: SynthApp, unit: SynthUnit): void {
    const first = this.declared.get(unit.root);
    if (first) {
      this.note([declaredTwice(unit, first)]);
      return;
    }
    this.declared.set(unit.root, unit);
    if (this.options.select?.(unit) === false) return;
    this.options.onUnit?.(unit, this.selected.size, this.objects);
    this.selected.add(unit.root);
    const { model, findings } = buildUnit(unit, this.known);
    this.markers.addUnit(unit.root, model);
    const whole = findings.length === 0;
    if (model && 'cluster' in model && whole) findings.push(...this.syncedTwice(model.cluster, unit));
    this.note(findings);
    if (!model) return;
    this.objects += ('layers' in model ? model.layers : model.cluster.layers).reduce((n, l) => n + l.objects.length, 0);
    this.backEnd.take({ unit, owner: app.owner, model, whole, stage: !this.isWrong });
    this.found.push(undefined);
  }

  /** What is wrong, in the order of the units, and what is not checked. */
  end(): { findings: Finding[]; warnings: readonly Finding[]; unchecked: Outcome['unchecked'][] } {
    const outcomes = this.backEnd.outcomes();
    const findings: Finding[] = [];
    let next = 0;
    for (const found of this.found) {
      if (found) {
        findings.push(...found);
        continue;
      }
      const outcome = outcomes[next++]!;
      findings.push(...outcome.findings);
      if (findings.length === 0) findings.push(...outcome.refused);
    }
    return {
      findings,
      warnings: outcomes.flatMap((o) => o.warnings),
      unchecked: outcomes.map((o) => o.unchecked),
    };
  }

  private note(findings: readonly Finding[]): void {
    if (findings.length === 0) return;
    this.isWrong = true;
    this.found.push(findings);
  }

  /** Two clusters that pull one directory would both apply what is written for one of them. */
  private syncedTwice({ source, path }: ClusterModel, unit: SynthUnit): Finding[] {
    const place = path.replace(/^\.\//, '').replace(/\/$/, '');
    const sync = JSON.stringify([source?.kind, source?.spec, place]);
    const first = this.syncs.get(sync);
    this.syncs.set(sync, unit);
    if (!first) return [];
    return [
      {
        rule: 'same-sync',
        what: `the ${unit.label} and the ${first.label} pull the same directory`,
        expected: 'a source or a path for each',
        given: `the same ${source?.kind}, path "./${place}"`,
        fix: 'give each cluster its own `path`, or its own `source`, such as one OCI artifact for each',
        where: { construct: basename(unit.root), code: unit.code() },
      },
    ];
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
  const known = new KnownObjects();
  for (const unit of app.units()) {
    const built = buildUnit(unit, known);
    findings.push(...built.findings);
    markers.addUnit(unit.root, built.model);
    if (!built.model) continue;
    const finished = finishUnit(unit, built.model, judged, built.findings.length === 0, { rules });
    findings.push(...finished.findings);
    for (const [path, { text }] of finished.files) all.push([unit.root === '' ? path : `${unit.root}/${path}`, text]);
  }
  findings.push(...markers.check([app], []));
  if (findings.length > 0) throw new FleetError(findings);
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Builds a unit; what its code throws as findings is collected with the others. */
function buildUnit(unit: SynthUnit, known: KnownObjects): { model: UnitModel | undefined; findings: Finding[] } {
  const findings: Finding[] = [];
  // Without a function between: every frame is one more in the stack that each construct of the user's remembers.
  try {
    return { model: unit.build(findings, known), findings };
  } catch (e) {
    if (!isFleetError(e)) throw e;
    return { model: undefined, findings: [...findings, ...e.findings] };
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
