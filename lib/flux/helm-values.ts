import { Args, show } from '../argument.js';
import { displayPath } from '../display-path.js';
import { readTextFile } from '../file.js';
import type { FileRef } from '../file.js';
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
