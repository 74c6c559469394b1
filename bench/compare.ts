import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { filesBelow } from './tree.js';

/** A Kubernetes object as text that is equal where the objects are: JSON with sorted keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    isRecord(v) ? Object.fromEntries(Object.entries(v).sort(byKey)) : v,
  );
}

/** What two sets of objects do not share, an object as often as it is missing. */
export interface Difference {
  readonly onlyLeft: readonly string[];
  readonly onlyRight: readonly string[];
}

/** Compares objects as multisets: the order does not count, the number of equal ones does. */
export function difference(left: readonly string[], right: readonly string[]): Difference {
  const counts = new Map<string, number>();
  for (const object of left) counts.set(object, (counts.get(object) ?? 0) + 1);
  for (const object of right) counts.set(object, (counts.get(object) ?? 0) - 1);
  const only = (sign: 1 | -1): string[] =>
    [...counts].flatMap(([object, count]) => Array<string>(Math.max(0, sign * count)).fill(object)).sort();
  return { onlyLeft: only(1), onlyRight: only(-1) };
}

/**
 * Holds one output against another, cluster by cluster. Each cluster is a directory or a file of its name, below
 * `clusters/` or at the top.
 *
 * @returns the number of objects in each
 * @throws Error with the first difference
 */
export function assertSameObjects(left: Output, right: Output): number {
  const [lefts, rights] = [clustersOf(left.directory), clustersOf(right.directory)];
  let count = 0;
  for (const cluster of new Set([...lefts.keys(), ...rights.keys()])) {
    const ours = objectsOf(left.directory, lefts.get(cluster) ?? []);
    const { onlyLeft, onlyRight } = difference(ours, objectsOf(right.directory, rights.get(cluster) ?? []));
    if (onlyLeft.length + onlyRight.length > 0) throw new Error(mismatch(cluster, left, onlyLeft, right, onlyRight));
    count += ours.length;
  }
  if (count === 0) throw new Error(`there are no objects in the output of ${left.name} and ${right.name}`);
  return count;
}

/** What a contender wrote. */
export interface Output {
  readonly name: string;
  readonly directory: string;
}

function mismatch(
  cluster: string,
  left: Output,
  onlyLeft: readonly string[],
  right: Output,
  onlyRight: readonly string[],
): string {
  const side = ({ name }: Output, only: readonly string[]): string[] =>
    only.length === 0 ? [] : [`  only in ${name} (${only.length}), the first: ${only[0]}`];
  return [
    `${left.name} and ${right.name} do not have the same objects of ${cluster}`,
    ...side(left, onlyLeft),
    ...side(right, onlyRight),
  ].join('\n');
}

/** The files of each cluster. */
function clustersOf(directory: string): ReadonlyMap<string, readonly string[]> {
  const clusters = new Map<string, string[]>();
  for (const file of filesBelow(directory)) {
    const cluster = /^(?:clusters\/)?([^/]+?)(?:\/.*)?\.yaml$/.exec(file)?.[1];
    if (cluster === undefined) continue;
    const files = clusters.get(cluster);
    if (files) files.push(file);
    else clusters.set(cluster, [file]);
  }
  return clusters;
}

/** The objects of files that something would apply, as text. */
function objectsOf(directory: string, files: readonly string[]): string[] {
  return files.flatMap((file) => readFileSync(join(directory, file), 'utf8').split(/^---(?=\s)/m)).flatMap(objectsIn);
}

/** What was parsed already: most objects of a cluster are those of the next one, to the letter. */
const parsed = new Map<string, readonly string[]>();

function objectsIn(text: string): readonly string[] {
  let objects = parsed.get(text);
  if (!objects) parsed.set(text, (objects = loadAll(text).filter(isApplied).map(canonical)));
  return objects;
}

/**
 * Whether a document is an object that Flux applies. Others are what only a library for Flux writes: the lists of files
 * for kustomize, and what the code declares.
 */
export function isApplied(document: unknown): boolean {
  if (!isRecord(document) || typeof document.apiVersion !== 'string' || typeof document.kind !== 'string') return false;
  return !document.apiVersion.startsWith('kustomize.config.k8s.io/');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
