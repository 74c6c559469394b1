import type { FleetError } from '../finding.js';
import { clusterLabels } from '../model/cluster-labels.js';
import { didYouMean } from '../model/did-you-mean.js';
import { parseLabelSelector, selects } from '../model/label-selector.js';
import type { LabelRequirement, LabelSelector } from '../model/label-selector.js';
import type { ReadFleet } from '../read/fleet.js';
import type { Misuse } from './misuse.js';

/** What can be selected: by its name, and by its labels where it has some. */
export interface Selectable {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** As many names as are told where one of them should have been given. */
const TOLD = 10;

/**
 * Checks that each value of `--only` can be a name or a label selector, as far as that is known without the clusters.
 *
 * @throws FleetError where one cannot
 */
export function checkOnly(values: readonly string[], fail: Misuse): void {
  for (const text of values) selectorOf(text, fail);
}

/**
 * What `--only` selects. Each value is the name of one that there is, or else a label selector as kubectl takes it; several
 * values are a union.
 *
 * @throws FleetError for a value that is neither, and for one that selects nothing
 */
export function selectionOf(
  values: readonly string[],
  all: readonly Selectable[],
  fail: Misuse,
): (one: Selectable) => boolean {
  const known = new Set(all.map(({ name }) => name));
  const names = new Set(values.filter((text) => known.has(text)));
  const selectors = values.filter((text) => !known.has(text)).map((text) => selectorIn(text, all, fail));
  return ({ name, labels }) => names.has(name) || selectors.some((selector) => selectsOne(selector, labels));
}

/**
 * What `--only` selects of a fleet that was read, and what is told of it; all where nothing is asked for.
 *
 * @throws FleetError as {@link selectionOf}
 */
export function selectFrom(read: ReadFleet, values: readonly string[], fail: Misuse): ReadFleet {
  if (values.length === 0) return read;
  const all = read.clusters.map((cluster) => ({ name: cluster.name, labels: clusterLabels(cluster), cluster }));
  const selected = all.filter(selectionOf(values, all, fail));
  const names = new Set(selected.map(({ name }) => name));
  return {
    ...read,
    clusters: selected.map(({ cluster }) => cluster),
    findings: read.findings.filter((f) => f.cluster === undefined || names.has(f.cluster)),
  };
}

function selectsOne(selector: LabelSelector, labels: Selectable['labels']): boolean {
  return labels !== undefined && selects(selector, labels);
}

function selectorOf(text: string, fail: Misuse): ReturnType<typeof parseLabelSelector> {
  try {
    return parseLabelSelector(text);
  } catch (e) {
    if (!(e instanceof SyntaxError)) throw e;
    const given = text.trim() === '' ? 'nothing' : `${text}: ${e.message}`;
    const expected = 'the name of a cluster, or a label selector such as "region=eu,tier!=edge" or "tier in (a,b)"';
    throw fail('--only is not understood', expected, given);
  }
}

/** A selector that selects at least one: whoever mistypes must not believe that all is done. */
function selectorIn(text: string, all: readonly Selectable[], fail: Misuse): LabelSelector {
  const selector = selectorOf(text, fail);
  if (all.some(({ labels }) => selectsOne(selector, labels))) return selector;
  throw nothingSelected(text, selector.matchExpressions, all, fail);
}

function nothingSelected(
  text: string,
  requirements: readonly LabelRequirement[],
  all: readonly Selectable[],
  fail: Misuse,
): FleetError {
  const names = sorted(all.map(({ name }) => name));
  const keys = sorted(all.flatMap(({ labels }) => Object.keys(labels ?? {})));
  const words = requirements.filter(isWord).map(({ key }) => key);
  if (words.length === requirements.length && words.some((word) => names.includes(word))) {
    const fix = `repeat it: ${words.map((name) => `--only ${name}`).join(' ')}`;
    return fail('--only names several clusters at once', 'one name, or a label selector', text, fix);
  }
  const [word] = words;
  if (requirements.length === 1 && word !== undefined && !keys.includes(word)) {
    const meant = didYouMean(word, [...names, ...keys]);
    const expected = [`names: ${listed(names)}`, ...(keys.length > 0 ? [`labels: ${listed(keys)}`] : [])].join('; ');
    const fix = meant === undefined ? undefined : `write --only ${meant}`;
    return fail('--only names neither a cluster nor a label', expected, text, fix);
  }
  const { expected, meant } = nearest(requirements, keys, all);
  return fail('--only selects no cluster', expected, text, meant === undefined ? undefined : `did you mean ${meant}?`);
}

function isWord({ operator }: LabelRequirement): boolean {
  return operator === 'Exists';
}

/** What there is for the first requirement that nothing meets; they may also be met each by another one. */
function nearest(
  requirements: readonly LabelRequirement[],
  keys: readonly string[],
  all: readonly Selectable[],
): { readonly expected: string; readonly meant?: string | undefined } {
  const unmet = requirements.find((r) => !all.some(({ labels }) => selectsOne({ matchExpressions: [r] }, labels)));
  if (unmet === undefined) return { expected: 'requirements that one cluster meets all' };
  const { key, values = [] } = unmet;
  if (keys.length === 0) return { expected: 'a name: nothing here has labels' };
  if (!keys.includes(key)) return { expected: `one of the labels ${listed(keys)}`, meant: didYouMean(key, keys) };
  const there = sorted(all.flatMap(({ labels }) => labels?.[key] ?? []));
  const meant = values.map((v) => didYouMean(v, there)).find((v) => v !== undefined);
  return { expected: `${key}: ${listed(there)}`, meant: meant === undefined ? undefined : `${key}=${meant}` };
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

function listed(texts: readonly string[]): string {
  const more = texts.length - TOLD;
  const shown = texts.slice(0, TOLD).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
