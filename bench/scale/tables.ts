import type { Figures } from './figures.js';
import type { ClusterMeasure } from './measure.js';
import { requestsByInterval } from './model.js';
import type { Cost, Pair, Publication } from './model.js';

/** The tables of docs/scale.md by name, as Markdown. */
export function tables(figures: Figures): Readonly<Record<string, string>> {
  return {
    cluster: clusterTable(figures),
    publications: publicationTable(figures),
    kustomizations: kustomizationTable(figures),
    sources: sourceTable(figures),
    fits: fitsTable(figures),
  };
}

const NAMES: Readonly<Record<Publication, string>> = {
  git: 'Git',
  sparse: 'Git, sparse checkout',
  branches: 'Git, a branch each',
  oci: 'OCI artifact each',
  generator: 'ArtifactGenerator',
};

function clusterTable({ clusters }: Figures): string {
  const row = (name: string, of: (cluster: ClusterMeasure) => string) => [name, ...clusters.map((c) => of(c.measure))];
  return table([
    ['one cluster', ...clusters.map(({ size }) => size.name)],
    ['components, tenants', ...clusters.map(({ size }) => `${size.components}, ${size.tenants}`)],
    row('files', (c) => count(c.files)),
    row('objects in them', (c) => count(c.objects)),
    row('bytes', (c) => bytes(c.bytes)),
    row('bytes as an artifact (gzipped tar)', (c) => bytes(c.artifactBytes)),
    row('Kustomizations of the cluster itself', (c) => count(c.kustomizations.length)),
    row('Kustomizations of its tenants', (c) => count(c.tenantKustomizations)),
    row('objects in an inventory, median', (c) => count(median(c.kustomizations.map((k) => k.objects)))),
    row('objects in the largest inventory', (c) => count(largest(c).objects)),
    row('bytes of the largest inventory', (c) => bytes(largest(c).inventoryBytes)),
    row('API requests, all reconciled once', (c) => count(requestsByInterval(c, 1))),
  ]);
}

function publicationTable({ costs, load }: Figures): string {
  const columns = Object.keys(costs) as Publication[];
  const row = (name: string, of: (cost: Cost) => string) => [name, ...columns.map((c) => of(costs[c]))];
  return table([
    [
      `${count(load.clusters)} clusters, ${count(load.commitsPerHour)} commits an hour`,
      ...columns.map((c) => NAMES[c]),
    ],
    row('fetched for a new revision', (c) => bytes(c.fetchBytes)),
    row('largest artifact of a layer', (c) => bytes(c.artifactBytes)),
    row('clusters that a commit wakes', (c) => pair(c.wokenClusters, count)),
    row('Kustomizations that a commit wakes', (c) => pair(c.wokenKustomizations, count)),
    row('reconciliations an hour, fleet', (c) => pair(c.reconciles, count)),
    row('requests an hour to the source’s server', (c) => pair(c.sourceRequests, count)),
    row('bytes an hour from the source’s server', (c) => pair(c.sourceBytes, bytes)),
    row('API requests an hour, one cluster', (c) => pair(c.apiRequests, count)),
    row('artifact bytes read an hour, one cluster', (c) => pair(c.artifactReads, bytes)),
  ]);
}

const KUSTOMIZATION_INTERVALS = { '10m': 6, '30m': 2, '1h': 1, '3h': 1 / 3 };

function kustomizationTable({ clusters }: Figures): string {
  return table([
    ['`Kustomization` interval', ...clusters.map(({ size }) => `${size.name} cluster`)],
    ...Object.entries(KUSTOMIZATION_INTERVALS).map(([interval, perHour]) => [
      `\`${interval}\``,
      ...clusters.map(({ measure }) => `${number(requestsByInterval(measure, perHour) / 3600)} a second`),
    ]),
  ]);
}

const SOURCE_INTERVALS = { '1m': 60, '5m': 12, '15m': 4, '1h': 1 };
const FLEETS = [10, 100, 1000];

function sourceTable({ clusters }: Figures): string {
  const tenants = clusters.at(-1)!.size.tenants;
  const perSecond = (n: number) => `${number(n / 3600)} a second`;
  return table([
    [
      'interval of sources',
      ...FLEETS.map((n) => `${count(n)} clusters`),
      `${count(FLEETS.at(-1)!)} clusters, ${count(tenants)} sources of tenants on each`,
    ],
    ...Object.entries(SOURCE_INTERVALS).map(([interval, perHour]) => [
      `\`${interval}\``,
      ...FLEETS.map((n) => perSecond(n * perHour)),
      perSecond(FLEETS.at(-1)! * tenants * perHour),
    ]),
  ]);
}

/** Requests a second that a server gets at most where an interval fits: the API server of a cluster, the source's server. */
const FITS_BELOW = 3;

function fitsTable({ clusters }: Figures): string {
  const shortest = (intervals: Readonly<Record<string, number>>, requests: (perHour: number) => number) =>
    Object.entries(intervals).find(([, perHour]) => requests(perHour) / 3600 < FITS_BELOW)?.[0] ?? 'longer';
  return table([
    ['kind', 'size', 'interval'],
    ...clusters.map(({ size, measure }) => [
      '`Kustomization`',
      `${size.name} cluster`,
      `\`${shortest(KUSTOMIZATION_INTERVALS, (perHour) => requestsByInterval(measure, perHour))}\``,
    ]),
    ...FLEETS.map((n) => [
      'the clusters’ own source',
      `${count(n)} clusters`,
      `\`${shortest(SOURCE_INTERVALS, (perHour) => n * perHour)}\``,
    ]),
  ]);
}

/** A Markdown table, the first row its head. */
function table([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head!), line(head!.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/** Both ends, or one number where they are the same. */
function pair([one, all]: Pair, show: (n: number) => string): string {
  return show(one) === show(all) ? show(one) : `${show(one)} to ${show(all)}`;
}

/** Three digits that count, with commas. */
function number(n: number): string {
  return Number(n.toPrecision(3)).toLocaleString('en-GB', { maximumFractionDigits: 3 });
}

function count(n: number): string {
  return n < 10_000 ? Math.round(n).toLocaleString('en-GB') : number(n);
}

function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const exponent = Math.min(units.length - 1, Math.floor(Math.log10(n) / 3));
  return `${number(n / 1000 ** exponent)} ${units[exponent]}`;
}

function largest(cluster: ClusterMeasure): ClusterMeasure['kustomizations'][number] {
  return cluster.kustomizations.reduce((a, b) => (b.objects > a.objects ? b : a));
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
