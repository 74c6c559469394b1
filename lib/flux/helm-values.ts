import { Args, show } from '../argument.js';
import { displayPath } from '../display-path.js';
import { readTextFile } from '../file.js';
import type { FileRef } from '../file.js';
import { didYouMean } from '../model/did-you-mean.js';
import { parseMap } from '../yaml/read.js';

/** Values of a Helm chart: plain data; null deletes a default of the chart. */
export type HelmValues = Readonly<Record<string, unknown>>;

/**
 * Values from a YAML file. A `URL` is relative to the module, a string to the working directory.
 *
 * @throws FleetError for a file that cannot be read, is no YAML, or is no map
 */
export function valuesFromFile(file: FileRef): HelmValues {
  const { path, text } = readTextFile(file, 'values file');
  return parseMap(text, displayPath(path));
}

/**
 * Merges values as Helm merges files of values: maps key by key, everything else replaced by the later one. A null
 * stays, because to Helm it means that a default of the chart is deleted; what is undefined was not said.
 *
 * @throws FleetError for something that is no map
 */
export function mergeValues(...layers: readonly HelmValues[]): HelmValues {
  return layers.reduce<HelmValues>((merged, layer) => {
    if (!isMap(layer)) {
      new Args(undefined).fail({
        rule: 'values-not-a-map',
        what: 'Helm values are no map',
        given: show(layer),
      });
    }
    return mergeMaps(merged, layer);
  }, {});
}

/**
 * Puts changes over a chart's own values, such as a copy of its values.yaml: like {@link mergeValues}, but a key that the
 * chart does not have is an error and not a setting without effect. Below an empty map, and below what is
 * no map, any key may stand.
 *
 * @throws FleetError for a key that the chart's values do not have
 */
export function overrideValues(chart: HelmValues, changes: HelmValues): HelmValues {
  const merged = mergeValues(chart, changes);
  checkKeys(chart, changes, []);
  return merged;
}

function checkKeys(chart: HelmValues, changes: HelmValues, path: readonly string[]): void {
  const keys = Object.keys(chart);
  if (keys.length === 0) return;
  for (const [key, value] of Object.entries(changes)) {
    const before = chart[key];
    if (Object.hasOwn(chart, key)) {
      if (isMap(before) && isMap(value)) checkKeys(before, value, [...path, key]);
      continue;
    }
    const near = didYouMean(key, keys);
    new Args(undefined).fail({
      rule: 'values-unknown-key',
      what: `the chart has no value "${[...path, key].join('.')}"`,
      expected: keys.sort().join(', '),
      given: key,
      fix: near === undefined ? 'use mergeValues where the chart reads it all the same' : `write "${near}"`,
    });
  }
}

function mergeMaps(base: HelmValues, over: HelmValues): HelmValues {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const before = merged.get(key);
    merged.set(key, isMap(before) && isMap(value) ? mergeMaps(before, value) : value);
  }
  return Object.fromEntries(merged);
}

function isMap(value: unknown): value is HelmValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
