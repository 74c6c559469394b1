import { existsSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { sumOfUnchecked } from '../checks/shared/unchecked.js';
import type { Unchecked } from '../checks/shared/unchecked.js';
import { checkCluster, rulesWith } from '../checks/index.js';
import type { Rule } from '../checks/rule.js';
import { readCrds } from '../crd-files.js';
import { displayPath } from '../display-path.js';
import { FleetError, formatFinding, isFleetError } from '../finding.js';
import type { Finding, Severity } from '../finding.js';
import type { ClusterModel } from '../model/cluster-model.js';
import { readFleet } from '../read/fleet.js';
import type { ReadFleet } from '../read/fleet.js';
import { noteOfAbsent } from '../report/absent.js';
import { jsonReport } from '../report/json.js';
import { peopleReport } from '../report/people.js';
import { reportOf } from '../report/report.js';
import type { JudgedCluster, Report } from '../report/report.js';
import { sarifReport } from '../report/sarif.js';
import { misuseOf } from './misuse.js';
import { otherTool } from './other-tools.js';
import { loadRules } from './own-rules.js';
import { ourPackage, pageOf, pagesPlace } from './package.js';
import { progressOf, reading } from './progress.js';
import type { Progress } from './progress.js';
import { exportRevision, topOf, withScratch } from './revision.js';
import { selectFrom } from './selection.js';
import { sourcesOf } from './sources.js';
import { colors, colorsFor, plural, widthOf } from './terminal.js';

/** Options of `flux-fleet check`, as the command line gives them. */
export interface CheckCommand {
  readonly json?: boolean;
  /** A file, or true for stdout. */
  readonly sarif?: string | true;
  readonly revision?: string;
  readonly source?: readonly string[];
  readonly cluster?: readonly string[];
  readonly only?: readonly string[];
  readonly rules?: string;
  /** Files with CRDs of kinds that objects may have. */
  readonly crds?: readonly string[];
  readonly severity?: Severity;
  readonly with?: readonly string[];
}

/** Exit codes of `flux-fleet check`. */
const CLEAN = 0;
const FOUND = 1;
const UNCHECKED = 2;

const misuse = misuseOf('check-misused');

/**
 * `flux-fleet check [dir]`: reads the YAML of a fleet, judges each cluster by all rules, and tells what is wrong.
 *
 * @returns the exit code: 0 clean, 1 findings, 2 where it could not check
 */
export async function checkCommand(directory: string | undefined, options: CheckCommand): Promise<number> {
  const progress = await progressOf();
  try {
    const place = placeOf(directory);
    checkForms(options);
    progress.begin('reading');
    const rules = rulesWith(options.rules === undefined ? [] : await loadRules(options.rules));
    return await withRevision(place, options.revision, async (at) => {
      const read = readAt(at, options, progress);
      const report = await judge(place, at, read, rules, options, progress);
      progress.clear();
      await tell(report, place, read, rules, options);
      return report.findings.length > 0 ? FOUND : CLEAN;
    });
  } catch (e) {
    progress.clear();
    process.stderr.write(`${describe(e)}\n`);
    return UNCHECKED;
  }
}

// ---- what is checked ----------------------------------------------------------------------------------------------

/** The directory that was named; else dist where there is one, else the working directory. */
function placeOf(directory: string | undefined): string {
  const named = directory ?? (existsSync('dist') ? 'dist' : '.');
  const stats = statSync(named, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) {
    throw misuse(
      'the directory to check is none',
      'a directory with the YAML of a fleet',
      given(named, stats),
      'name it behind the command, such as `flux-fleet check dist`',
    );
  }
  try {
    readdirSync(named);
  } catch (e) {
    throw misuse('the directory to check cannot be read', 'a directory that may be read', (e as Error).message);
  }
  return named;
}

function given(path: string, stats: { isFile(): boolean } | undefined): string {
  return stats === undefined ? `${path}, which is not there` : `${path}, which is a file`;
}

function checkForms({ json, sarif }: CheckCommand): void {
  if (json === true && sarif === true) {
    throw misuse(
      'both --json and --sarif want stdout',
      'one of them there',
      '--json --sarif',
      'name a file: --sarif=findings.sarif',
    );
  }
  if (typeof sarif === 'string' && statSync(sarif, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw misuse(
      'the file for --sarif is a directory',
      'a file, or nothing behind --sarif',
      sarif,
      `to check it: flux-fleet check ${sarif} --sarif`,
    );
  }
  if (typeof sarif === 'string' && !existsSync(dirname(sarif))) {
    throw misuse('the file for --sarif cannot be written', 'a file in a directory that is there', sarif);
  }
}

/** Runs a check on the directory, or on a copy of it as it was in a revision. */
async function withRevision<T>(
  place: string,
  revision: string | undefined,
  check: (at: string) => Promise<T>,
): Promise<T> {
  if (revision === undefined) return check(resolve(place));
  return withScratch(async (scratch, signal) => check(await exportRevision(place, revision, scratch, signal)));
}

// ---- reading and judging ------------------------------------------------------------------------------------------

function readAt(at: string, options: CheckCommand, progress: Progress): ReadFleet {
  for (const path of options.cluster ?? []) {
    const stats = statSync(resolve(at, path), { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) continue;
    throw misuse(
      '--cluster names no directory',
      'a directory, relative to the one that is checked',
      given(path, stats),
    );
  }
  const read = readFleet(at, {
    sources: sourcesOf(options.source ?? [], misuse),
    ...(options.cluster && { clusters: options.cluster }),
    onCluster: reading(progress),
  });
  // Where there is none, what is wrong with the files says why.
  if (read.clusters.length === 0) throw new FleetError(read.findings);
  return selectFrom(read, options.only ?? [], misuse);
}

async function judge(
  place: string,
  at: string,
  read: ReadFleet,
  rules: readonly Rule[],
  { with: tools = [], severity = 'warning', crds: crdFiles = [] }: CheckCommand,
  progress: Progress,
): Promise<Report> {
  const absolute = (file: string): string => realpathSync(join(at, file));
  const all = [...rules, ...tools.map((command) => otherTool(command, at, absolute))];
  const judged: JudgedCluster[] = [];
  const unchecked: Unchecked[] = [];
  const crds = readCrds(crdFiles.flatMap(yamlIn));
  progress.begin('checking', read.clusters.length);
  for (const [n, cluster] of read.clusters.entries()) {
    progress.step(n, cluster.name);
    const verdict = checkCluster({ ...cluster, crds: [...(cluster.crds ?? []), ...crds] }, all);
    const { findings, allowed } = verdict;
    judged.push({ name: cluster.name, path: cluster.path, objects: countObjects(cluster), findings, allowed });
    unchecked.push(verdict.unchecked());
    // Signals are heard between clusters.
    await setImmediate();
  }
  const { kinds, rules: uncheckedRules } = sumOfUnchecked(unchecked);
  const tells = (f: Finding): boolean => severity === 'warning' || f.severity !== 'warning';
  return reportOf({
    clusters: judged.map((c) => ({ ...c, findings: c.findings.filter(tells) })),
    read: read.findings.filter(tells),
    unchecked: kinds,
    notes: [...read.notes, ...noteOfRules(uncheckedRules)],
    absent: read.absent,
    shown: (file) => displayPath(join(place, file)),
  });
}

/** The file itself, or the YAML files in a directory and below it. */
function yamlIn(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw misuse('--crds names nothing', 'a file or directory with CRDs', given(path, stats));
  if (!stats.isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name));
  if (names.length === 0) throw misuse('--crds names a directory without YAML', 'files with CRDs', path);
  return names.sort().map((name) => join(path, name));
}

function countObjects(cluster: ClusterModel): number {
  return cluster.layers.reduce((sum, l) => sum + l.objects.length, 0);
}

/** The rules of CRDs that nothing here can evaluate, said once. */
function noteOfRules(unchecked: Readonly<Record<string, number>>): string[] {
  const rules = Object.entries(unchecked).map(([rule, count]) => `${rule} (${count})`);
  return rules.length > 0 ? [`rules of CRDs not checked, because only the API server can: ${rules.join(', ')}`] : [];
}

// ---- what is printed ----------------------------------------------------------------------------------------------

async function tell(
  report: Report,
  place: string,
  read: ReadFleet,
  rules: readonly Rule[],
  { json, sarif }: CheckCommand,
): Promise<void> {
  for (const note of [...report.notes, ...noteOfAbsent(report.absent)]) process.stderr.write(`note: ${note}\n`);
  if (sarif !== undefined) {
    const text = await sarifText(report, place, read, rules);
    if (sarif === true) process.stdout.write(text);
    else write(sarif, text);
  }
  if (json === true) process.stdout.write(`${jsonReport(report)}\n`);
  else if (sarif !== true && report.findings.length > 0) {
    const options = { colors: colorsFor(process.stdout), width: widthOf(process.stdout) };
    process.stdout.write(`${peopleReport(report, options)}\n\n`);
  }
  process.stderr.write(summary(report));
}

async function sarifText(report: Report, place: string, read: ReadFleet, rules: readonly Rule[]): Promise<string> {
  const us = ourPackage();
  const top = realpathSync((await topOf(place)) ?? '.');
  const fromTop = (file: string): string | undefined => {
    const path = relative(top, join(realpathSync('.'), relative('', file)));
    return path.startsWith('..') || isAbsolute(path) ? undefined : path.replaceAll(sep, '/');
  };
  const paths = new Map(read.clusters.map((c) => [c.name, c.path]));
  return sarifReport(report, {
    version: us.version,
    rules,
    pageOf: (rule) => pageOf(rule, us),
    fromTop,
    homeOf: (cluster) => {
      const files = ['flux-fleet.yaml', 'kustomization.yaml', 'flux-system/gotk-sync.yaml'];
      const directories = [top, place].map((from) => join(from, paths.get(cluster) ?? ''));
      return directories.flatMap((d) => files.map((f) => join(d, f))).find((f) => existsSync(f));
    },
  });
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (e) {
    throw misuse('the file for --sarif cannot be written', 'a file in a directory that is there', (e as Error).message);
  }
}

function summary({ summary: s, unchecked }: Report): string {
  const kinds = Object.entries(unchecked).map(([kind, count]) => `${kind} (${count})`);
  const counts = [
    plural(s.errors, 'error'),
    plural(s.warnings, 'warning'),
    ...(s.allowed > 0 ? [`${s.allowed} allowed with a reason`] : []),
  ];
  const pages = s.errors + s.warnings > 0 ? pagesPlace(ourPackage()) : undefined;
  return [
    ...(kinds.length > 0 ? [`fields not checked, because no schema is known: ${kinds.join(', ')}`] : []),
    ...(pages !== undefined ? [`what a rule means: ${pages}`] : []),
    `${plural(s.clusters, 'cluster')}, ${plural(s.objects, 'object')}: ${counts.join(', ')}`,
    '',
  ].join('\n');
}

/** Why nothing could be checked. */
function describe(e: unknown): string {
  if (!isFleetError(e)) {
    // What the disk refuses is no fault of the program.
    const isSystem = e instanceof Error && 'syscall' in e;
    const text = isSystem
      ? `${colors.red('error')}: ${e.message}`
      : e instanceof Error
        ? (e.stack ?? e.message)
        : String(e);
    return `${text}\n\nnothing was checked`;
  }
  const blocks = e.findings.map((f) => `${colors.red('error')}: ${formatFinding(f, colors, widthOf(process.stderr))}`);
  return [...blocks, 'nothing was checked'].join('\n\n');
}
