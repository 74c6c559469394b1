import { markerLine } from '../../lib/synth/disk/marker.js';
import { benchFleet } from '../fleet.js';
import { artifactBytes, measureCluster } from './measure.js';
import type { ClusterMeasure, Files } from './measure.js';
import { costOf } from './model.js';
import type { Cost, FleetSizes, Load, Publication } from './model.js';
import { packBytes } from './pack.js';

/** How large a cluster is: components of the platform, and tenants. */
export interface ClusterSize {
  readonly name: string;
  readonly components: number;
  readonly tenants: number;
}

export const CLUSTER_SIZES: readonly ClusterSize[] = [
  { name: 'small', components: 2, tenants: 2 },
  { name: 'medium', components: 10, tenants: 50 },
  { name: 'large', components: 20, tenants: 200 },
];

/** A thousand clusters, ten commits an hour, and the library's interval for sources, five minutes. */
export const LOAD: Load = { clusters: 1000, commitsPerHour: 10, pollsPerHour: 12 };

export const PUBLICATIONS: readonly Publication[] = ['git', 'sparse', 'branches', 'oci', 'generator'];

/** All figures, each computed from what the library writes. */
export interface Figures {
  readonly load: Load;
  readonly clusters: readonly { readonly size: ClusterSize; readonly measure: ClusterMeasure }[];
  readonly sizes: FleetSizes;
  readonly costs: Readonly<Record<Publication, Cost>>;
}

/** Sizes of fleets are taken from so many clusters; what one more adds holds for all the others. */
const SAMPLE = 4;

/** Synthesizes the fleets in memory and measures them. */
export function figures(progress: (what: string) => void = () => {}): Figures {
  const clusters = CLUSTER_SIZES.map((size) => {
    progress(`one ${size.name} cluster: ${size.components} components, ${size.tenants} tenants`);
    const files = filesOf(1, size);
    return { size, measure: measureCluster(under(files, 'dist/clusters/cluster-0'), './dist/clusters/cluster-0') };
  });
  const largest = CLUSTER_SIZES.at(-1)!;
  progress(`${SAMPLE} ${largest.name} clusters, for what a repository of all of them weighs`);
  const sizes = fleetSizes(filesOf(1, largest), filesOf(SAMPLE, largest), LOAD.clusters);
  const measure = clusters.at(-1)!.measure;
  const costs = Object.fromEntries(PUBLICATIONS.map((p) => [p, costOf(p, measure, sizes, LOAD)]));
  return { load: LOAD, clusters, sizes, costs: costs as Record<Publication, Cost> };
}

function fleetSizes(one: Files, several: Files, clusters: number): FleetSizes {
  const whole = (bytesOf: (files: Files) => number) => {
    const first = bytesOf(one);
    return Math.round(first + ((clusters - 1) * (bytesOf(several) - first)) / (SAMPLE - 1));
  };
  return {
    wholeArtifact: whole(artifactBytes),
    wholePack: whole(packBytes),
    branchPack: packBytes(one),
    branchRefs: Array.from({ length: clusters }, (_, i) => refLine(`refs/heads/cluster-${i}`)).reduce((a, b) => a + b),
  };
}

/** Bytes of a reference in the list that a Git server sends: a length, a hash, a blank, the name and a line feed. */
function refLine(ref: string): number {
  return 4 + 40 + 1 + ref.length + 1;
}

/** The files of a fleet as they lie in its repository, first lines included. */
function filesOf(clusters: number, { components, tenants }: ClusterSize): Files {
  const fleet = benchFleet({ clusters, components, tenants });
  const marker = `${markerLine(fleet.owner)}\n`;
  return Object.fromEntries(Object.entries(fleet.files()).map(([path, text]) => [`dist/${path}`, marker + text]));
}

function under(files: Files, directory: string): Files {
  const own = Object.entries(files).filter(([path]) => path.startsWith(`${directory}/`));
  return Object.fromEntries(own.map(([path, text]) => [path.slice(directory.length + 1), text]));
}
