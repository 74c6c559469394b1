import { readFileSync } from 'node:fs';
import { groupOf } from './kinds.js';
import { semver } from '../semver.js';

/** When an apiVersion of a kind came, and when it went; as minor versions of what serves it. */
export interface Lifetime {
  /** Undefined where it was there before the first version that this library knows. */
  readonly introduced?: string;
  /** Undefined where it is still served. */
  readonly removed?: string;
}

/** What serves the built-in kinds, or Flux's. */
export type Product = 'Kubernetes' | 'Flux';

/** Whether a version of Kubernetes or Flux serves a kind in an apiVersion. */
export interface Service extends Lifetime {
  readonly product: Product;
  /** The minor version that was asked for. */
  readonly version: string;
  readonly state: 'served' | 'not-yet' | 'no-longer';
}

/** The versions of the programs that serve the kinds, as a cluster says them: `1.34`, `v2.7.2`, `2.x`. */
export interface Versions {
  readonly kubernetesVersion: string | undefined;
  readonly fluxVersion: string | undefined;
}

/** A version as Flux, Kubernetes and those who sell it say it: `2.9`, `v1.34.1+k3s1`, `1.30+`. */
const VERSION = /^v?(\d+\.\d+)(\.\d+)?([-+].*)?$/;

/** The newest version of each that this library knows. */
const NEWEST: Readonly<Record<Product, string>> = { Kubernetes: '1.36', Flux: '2.9' };

/**
 * When Flux 2 came to serve its versions and when it ceased to, as the CRDs of its releases say it. What is not here
 * is served since 2.0.
 */
const FLUX: Readonly<Record<string, Lifetime>> = {
  ...of('helm.toolkit.fluxcd.io', ['HelmRelease'], {
    v2beta1: { removed: '2.7' },
    v2beta2: { introduced: '2.2', removed: '2.8' },
    v2: { introduced: '2.3' },
  }),
  ...of('image.toolkit.fluxcd.io', ['ImagePolicy', 'ImageRepository'], {
    v1beta1: { removed: '2.7' },
    v1beta2: { removed: '2.9' },
    v1: { introduced: '2.7' },
  }),
  ...of('image.toolkit.fluxcd.io', ['ImageUpdateAutomation'], {
    v1beta1: { removed: '2.7' },
    v1beta2: { introduced: '2.3', removed: '2.9' },
    v1: { introduced: '2.7' },
  }),
  ...of('kustomize.toolkit.fluxcd.io', ['Kustomization'], {
    v1beta1: { removed: '2.7' },
    v1beta2: { removed: '2.8' },
    v1: {},
  }),
  ...of('notification.toolkit.fluxcd.io', ['Alert', 'Provider'], {
    v1beta1: { removed: '2.7' },
    v1beta2: { removed: '2.9' },
    v1beta3: { introduced: '2.2' },
  }),
  ...of('notification.toolkit.fluxcd.io', ['Receiver'], {
    v1beta1: { removed: '2.7' },
    v1beta2: { removed: '2.9' },
    v1: {},
  }),
  ...of('source.toolkit.fluxcd.io', ['GitRepository'], {
    v1beta1: { removed: '2.7' },
    v1beta2: { removed: '2.8' },
    v1: {},
  }),
  ...of('source.toolkit.fluxcd.io', ['HelmChart', 'HelmRepository'], {
    v1beta1: { removed: '2.7' },
    v1beta2: { removed: '2.8' },
    v1: { introduced: '2.3' },
  }),
  ...of('source.toolkit.fluxcd.io', ['Bucket'], {
    v1beta1: { removed: '2.7' },
    v1beta2: { removed: '2.8' },
    v1: { introduced: '2.4' },
  }),
  ...of('source.toolkit.fluxcd.io', ['OCIRepository'], {
    v1beta2: { removed: '2.8' },
    v1: { introduced: '2.6' },
  }),
  ...of('source.toolkit.fluxcd.io', ['ExternalArtifact'], { v1: { introduced: '2.7' } }),
  ...of('source.extensions.fluxcd.io', ['ArtifactGenerator'], { v1beta1: { introduced: '2.7' } }),
};

function of(
  group: string,
  kinds: readonly string[],
  versions: Readonly<Record<string, Lifetime>>,
): Record<string, Lifetime> {
  return Object.fromEntries(
    kinds.flatMap((kind) => Object.entries(versions).map(([v, lifetime]) => [`${group}/${v}/${kind}`, lifetime])),
  );
}

let kubernetes: Readonly<Record<string, Lifetime>> | undefined;

/** The lifetimes of what a product serves; those of Kubernetes are read when they are first asked for. */
function lifetimes(product: Product): Readonly<Record<string, Lifetime>> {
  if (product === 'Flux') return FLUX;
  if (!kubernetes) {
    const url = new URL('../../imports/schemas/kubernetes-lifecycle.json', import.meta.url);
    kubernetes = (JSON.parse(readFileSync(url, 'utf8')) as { kinds: Record<string, Lifetime> }).kinds;
  }
  return kubernetes;
}

/**
 * Whether the versions that a cluster runs serve a kind in an apiVersion; undefined where the cluster does not say its
 * version, or nothing is known of the kind's life.
 */
export function serviceOf(apiVersion: string, kind: string, versions: Versions): Service | undefined {
  const product = productOf(apiVersion);
  const version = versionOf(product, versions);
  if (version === undefined) return undefined;
  const lifetime = lifetimes(product);
  const key = `${apiVersion}/${kind}`;
  return Object.hasOwn(lifetime, key)
    ? { ...lifetime[key], product, version, state: stateAt(lifetime[key]!, version) }
    : undefined;
}

/** A product of which an older release that is still maintained, one of the newest three, serves what the newest does not. */
export interface Older {
  readonly product: Product;
  readonly newest: string;
  /** The field of the cluster that says which release it runs. */
  readonly field: 'fluxVersion' | 'kubernetesVersion';
}

/** Whether an older release that is still maintained serves a kind in an apiVersion. */
export function maintainedIn(apiVersion: string, kind: string): Older | undefined {
  const product = productOf(apiVersion);
  const lifetime = lifetimes(product);
  const key = `${apiVersion}/${kind}`;
  const newest = NEWEST[product];
  const [major, minor] = newest.split('.').map(Number) as [number, number];
  if (!Object.hasOwn(lifetime, key) || stateAt(lifetime[key]!, `${major}.${minor - 2}`) !== 'served') return undefined;
  return { product, newest, field: product === 'Flux' ? 'fluxVersion' : 'kubernetesVersion' };
}

/** The apiVersions in which a kind of a group is served in a version, stable ones first, without alphas. */
export function servedIn(group: string, kind: string, { product, version }: Service): string[] {
  const found = Object.entries(lifetimes(product)).filter(
    ([key, lifetime]) => key.endsWith(`/${kind}`) && stateAt(lifetime, version) === 'served',
  );
  const apiVersions = found.map(([key]) => key.slice(0, -kind.length - 1));
  const sameGroup = apiVersions.filter((v) => groupOf(v) === group && !/alpha\d+$/.test(v));
  return sameGroup.sort((a, b) => Number(/beta\d+$/.test(a)) - Number(/beta\d+$/.test(b)) || (a < b ? 1 : -1));
}

function productOf(apiVersion: string): Product {
  return /\.(toolkit|extensions)\.fluxcd\.io\//.test(apiVersion) ? 'Flux' : 'Kubernetes';
}

/**
 * The minor version that a cluster runs; of a range, such as the Flux Operator takes, the newest known one in it, which is
 * what is installed. Undefined where the cluster does not say it, and for what is no version.
 */
function versionOf(product: Product, { kubernetesVersion, fluxVersion }: Versions): string | undefined {
  const said = (product === 'Flux' ? fluxVersion : kubernetesVersion)?.trim();
  if (said === undefined) return undefined;
  const plain = VERSION.exec(said);
  if (plain) return plain[1];
  const range = semver().validRange(said);
  if (range === null) return undefined;
  const [major, newest] = NEWEST[product].split('.').map(Number) as [number, number];
  for (let minor = newest; minor >= 0; minor--) {
    // Whatever patch version there is of it.
    if (semver().intersects(range, `${major}.${minor}.x`)) return `${major}.${minor}`;
  }
  return undefined;
}

/** True for what a cluster may say as its version: one, or a range of them. */
export function isVersion(text: string): boolean {
  const said = text.trim();
  return VERSION.test(said) || (said !== '' && semver().validRange(said) !== null);
}

function stateAt({ introduced, removed }: Lifetime, version: string): Service['state'] {
  if (introduced !== undefined && isBefore(version, introduced)) return 'not-yet';
  return removed !== undefined && !isBefore(version, removed) ? 'no-longer' : 'served';
}

/** Whether a minor version such as `1.9` is older than another. */
function isBefore(a: string, b: string): boolean {
  return semver().lt(`${a}.0`, `${b}.0`);
}

/** Whether a version of Kubernetes is this minor version or a newer one; true where it is not said, as for the newest. */
export function isAtLeast(kubernetesVersion: string | undefined, minor: string): boolean {
  const version = versionOf('Kubernetes', { kubernetesVersion, fluxVersion: undefined });
  return version === undefined || !isBefore(version, minor);
}
