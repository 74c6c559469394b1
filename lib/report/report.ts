import type { AllowedFinding } from '../checks/index.js';
import type { Finding, Severity } from '../finding.js';
import { whereIs } from '../model/cluster-model.js';
import { fullName, identityOf } from '../model/identity.js';

/** A cluster as its rules judged it. */
export interface JudgedCluster {
  readonly name: string;
  /** Its directory, relative to the root of its source. */
  readonly path: string;
  readonly objects: number;
  /** Findings in the order of the rules. */
  readonly findings: readonly Finding[];
  readonly allowed: readonly AllowedFinding[];
}

/** What a check has found, for every form that it is told in. */
export interface Report {
  readonly clusters: readonly { readonly name: string; readonly objects: number }[];
  /** Errors before warnings; what several clusters have alike is told once. */
  readonly findings: readonly ReportedFinding[];
  readonly allowed: readonly ReportedAllowance[];
  /** Objects of kinds for which there is no schema: how many by kind. */
  readonly unchecked: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  /** Sources of which the content is not here. */
  readonly absent: readonly string[];
  readonly summary: ReportSummary;
}

/** A finding, and every place that has it. */
export interface ReportedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly what: string;
  readonly expected?: string;
  readonly given?: string;
  readonly fix?: string;
  /** Names of the clusters; none where it is about no single cluster. */
  readonly clusters: readonly string[];
  /** One for each cluster, in their order. */
  readonly places: readonly Place[];
}

/** Where a cluster has a finding. */
export interface Place {
  readonly cluster?: string;
  readonly file?: string;
  readonly line?: number;
  readonly construct?: string;
}

/** A finding that is not told, because somebody gave a reason. */
export interface ReportedAllowance {
  readonly rule: string;
  readonly reason: string;
  readonly until?: string;
  readonly what: string;
  readonly object?: string;
  readonly layer?: string;
  readonly clusters: readonly string[];
  readonly places: readonly Place[];
}

/** The numbers at the end: findings count once, on however many clusters they are. */
export interface ReportSummary {
  readonly clusters: number;
  readonly objects: number;
  readonly errors: number;
  readonly warnings: number;
  readonly allowed: number;
}

/** What a report is made of. */
export interface Judgement {
  readonly clusters: readonly JudgedCluster[];
  /** What was found while the files were read. */
  readonly read: readonly Finding[];
  readonly unchecked: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly absent?: readonly string[];
  /** A file as it is told; as it was read, unless this says otherwise. */
  readonly shown?: (file: string) => string;
}

/** What the reader and the rules say, as one report. */
export function reportOf(judgement: Judgement): Report {
  const { clusters: judged, read, unchecked, notes, absent = [], shown = (f) => f } = judgement;
  const paths = new Map(judged.map((c) => [c.name, c.path]));
  const told = [...read, ...judged.flatMap((c) => c.findings.map((f) => ({ ...f, cluster: f.cluster ?? c.name })))];
  const findings = fold(told.map(findingAt), paths, shown).sort(bySeverity);
  const allowed = fold(
    judged.flatMap((c) => c.allowed.map((a) => allowanceAt(a, c.name))),
    paths,
    shown,
  );
  const errors = findings.filter((f) => f.severity === 'error').length;
  return {
    clusters: judged.map(({ name, objects }) => ({ name, objects })),
    findings,
    allowed,
    unchecked,
    notes,
    absent,
    summary: {
      clusters: judged.length,
      objects: judged.reduce((sum, c) => sum + c.objects, 0),
      errors,
      warnings: findings.length - errors,
      allowed: allowed.length,
    },
  };
}

/** What is said, and the place where one cluster has it. */
interface At<T> {
  readonly said: T;
  readonly place: Place;
}

function findingAt(f: Finding): At<Omit<ReportedFinding, 'clusters' | 'places'>> {
  const { rule, severity = 'error', what, expected, given, fix, cluster, where } = f;
  return {
    said: { rule, severity, what, expected, given, fix },
    place: { cluster, construct: where?.construct, ...placeIn(where?.file ?? where?.code) },
  };
}

function allowanceAt(allowance: AllowedFinding, cluster: string): At<Omit<ReportedAllowance, 'clusters' | 'places'>> {
  const { rule, reason, until, what, on, field } = allowance;
  const { construct, file } = whereIs(on, field);
  const subject = 'objects' in on ? { layer: on.name } : { object: objectName(on.object) };
  return {
    said: { rule, reason, until, what, ...subject },
    place: { cluster, construct, ...placeIn(file) },
  };
}

/** `Kind/namespace/name`, as flux-fleet.yaml names objects. */
function objectName(object: Readonly<Record<string, unknown>>): string {
  const identity = identityOf(object);
  return `${identity.kind}/${fullName(identity)}`;
}

/** A file with its line, as messages name it, taken apart. */
function placeIn(text: string | undefined): { file?: string; line?: number } {
  if (text === undefined) return {};
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(text) ?? [];
  return file === undefined ? { file: text } : { file, line: Number(line) };
}

/**
 * The same thing of several clusters as one; its file may be in each cluster's own directory. What one cluster has twice
 * stays two.
 */
function fold<T extends object>(
  all: readonly At<T>[],
  paths: ReadonlyMap<string, string>,
  shown: (file: string) => string,
): (T & { clusters: string[]; places: Place[] })[] {
  const folded = new Map<string, T & { clusters: string[]; places: Place[] }>();
  const seen = new Map<string, number>();
  for (const { said, place } of all) {
    const alike = JSON.stringify([said, commonFile(place, paths), place.cluster === undefined]);
    const here = `${alike}\n${place.cluster ?? ''}`;
    const count = (seen.get(here) ?? 0) + 1;
    seen.set(here, count);
    const key = `${alike}\n${count}`;
    const entry = folded.get(key) ?? { ...said, clusters: [], places: [] };
    folded.set(key, entry);
    if (place.cluster !== undefined) entry.clusters.push(place.cluster);
    entry.places.push(place.file === undefined ? place : { ...place, file: shown(place.file) });
  }
  return [...folded.values()];
}

/** The file without what is the cluster's own in its path. */
function commonFile({ file, cluster }: Place, paths: ReadonlyMap<string, string>): string | undefined {
  if (file === undefined || cluster === undefined) return file;
  const own = (paths.get(cluster) ?? '').replace(/^\.\//, '').replace(/\/$/, '');
  const at = own === '' || own === '.' ? -1 : `/${file}`.indexOf(`/${own}/`);
  const rest = at < 0 ? file : `${file.slice(0, at)}*/${file.slice(at + own.length + 1)}`;
  return rest
    .split('/')
    .map((part) => (part === cluster ? '*' : part))
    .join('/');
}

function bySeverity(a: ReportedFinding, b: ReportedFinding): number {
  return Number(a.severity === 'warning') - Number(b.severity === 'warning');
}
