import { existsSync, statSync } from 'node:fs';
import { FleetError, formatFinding } from '../finding.js';
import type { Finding } from '../finding.js';
import { didYouMean } from '../model/did-you-mean.js';
import { resources } from '../model/resources.js';
import type { ResourceRequest } from '../model/rbac/policy-rule.js';
import { readFleet } from '../read/fleet.js';
import { noteOfAbsent, notesOfAbsent } from '../report/absent.js';
import { accessReport, formatAccess, formatWhoCan, whoCan } from '../report/access.js';
import { misuseOf } from './misuse.js';
import { progressOf, reading } from './progress.js';
import { selectFrom } from './selection.js';
import { sourcesOf } from './sources.js';
import { colors, colorsFor, widthOf } from './terminal.js';

/** Options of `flux-fleet access`, as the command line gives them. */
export interface AccessCommand {
  readonly json?: boolean;
  /** A verb and a resource. */
  readonly whoCan?: readonly string[];
  readonly namespace?: string;
  readonly only?: readonly string[];
  readonly source?: readonly string[];
  readonly cluster?: readonly string[];
}

/** Where lines are broken when nobody sits before a terminal: as a page of paper has it. */
const WIDTH = 80;

const TOLD = 0;
const MISUSED = 2;

const misuse = misuseOf('command');

/**
 * `flux-fleet access [dir]`: who may do what on the clusters of a fleet, by the roles and bindings in its YAML.
 *
 * @returns the exit code: 0 told, 2 where it could not be read
 */
export async function accessCommand(directory: string | undefined, options: AccessCommand): Promise<number> {
  const progress = await progressOf();
  try {
    const place = placeOf(directory);
    const asked = options.whoCan && requestOf(options.whoCan, options.namespace);
    progress.begin('reading');
    const read = readFleet(place, {
      sources: sourcesOf(options.source ?? [], misuse),
      ...(options.cluster && { clusters: options.cluster }),
      onCluster: reading(progress),
    });
    progress.clear();
    if (read.clusters.length === 0) {
      throw misuse('no cluster was found', 'a flux-fleet.yaml, the files of flux bootstrap, or a FluxInstance', place);
    }
    const { clusters, findings } = selectFrom(read, options.only ?? [], misuse);
    const notes = [...read.notes, ...notesOfAbsent(read.absent)];
    const print = { colors: colorsFor(process.stdout), width: Math.min(widthOf(process.stdout), 120) };
    const paper = process.stdout.isTTY === true ? print : { ...print, width: WIDTH };
    if (asked) {
      const able = whoCan(clusters, asked);
      write(
        options.json === true ? JSON.stringify({ asked, clusters: able, notes }) : formatWhoCan(able, asked, paper),
      );
    } else {
      const report = accessReport(clusters);
      write(options.json === true ? JSON.stringify({ ...report, notes }) : formatAccess(report, paper));
    }
    for (const finding of findings) process.stderr.write(`${labelled(finding)}\n\n`);
    for (const note of [...read.notes, ...noteOfAbsent(read.absent)])
      process.stderr.write(`${colors.yellow('note')}: ${note}\n`);
    return TOLD;
  } catch (e) {
    progress.clear();
    if (!(e instanceof FleetError)) throw e;
    process.stderr.write(`${e.findings.map(labelled).join('\n\n')}\n`);
    return MISUSED;
  }
}

function labelled(finding: Finding): string {
  const severity = finding.severity === 'warning' ? colors.yellow('warning') : colors.red('error');
  return `${severity}: ${formatFinding(finding, colors)}`;
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}

function placeOf(directory: string | undefined): string {
  const place = directory ?? (existsSync('dist') ? 'dist' : '.');
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() === true) return place;
  throw misuse('the directory to read is none', 'a directory with the YAML of a fleet', place);
}

/** `get secrets`, `create deployments.apps`, `create pods/exec`. */
function requestOf(words: readonly string[], namespace: string | undefined): Omit<ResourceRequest, 'name'> {
  const [verb, resource, ...more] = words;
  if (verb === undefined || resource === undefined || more.length > 0) {
    throw misuse('--who-can is not understood', 'a verb and a resource: --who-can get secrets', words.join(' '));
  }
  const [whole, subresource] = resource.split('/', 2) as [string, string | undefined];
  const dot = whole.indexOf('.');
  const plural = dot === -1 ? whole : whole.slice(0, dot);
  const group = dot === -1 ? groupOfPlural(plural) : whole.slice(dot + 1);
  return {
    verb,
    group,
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    ...(namespace !== undefined && { namespace }),
  };
}

/** The group of a plural that says none. */
function groupOfPlural(plural: string): string {
  const groups = new Map<string, string>();
  for (const { group, plural: name } of resources()) if (!groups.has(name)) groups.set(name, group);
  // What has no objects of its own, but rights.
  for (const name of ['users', 'groups', 'serviceaccounts']) groups.set(name, '');
  const group = groups.get(plural);
  if (group !== undefined) return group;
  const meant = didYouMean(plural, [...groups.keys()]);
  throw misuse(
    `no kind has the plural "${plural}"`,
    'a plural such as secrets, with its group where it is not well known: certificates.cert-manager.io',
    plural,
    meant === undefined ? undefined : `write "${meant}"`,
  );
}
