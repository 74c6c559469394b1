import { displayPath } from './display-path.js';
import { readTextFile } from './file.js';
import type { FileRef } from './file.js';
import { FleetError } from './finding.js';
import { isCrd } from './model/crd-kinds.js';
import { currentCode } from './origin.js';
import type { JsonObject } from './yaml/normalize.js';
import { parseDocuments } from './yaml/read.js';

/**
 * The CRDs of YAML files, such as the `crds` of a chart; other objects in them are left out.
 *
 * @throws FleetError for a file that cannot be read, is no YAML, or holds no CRD
 */
export function readCrds(files: readonly FileRef[]): readonly JsonObject[] {
  return files.flatMap((ref) => {
    const { path, text } = readTextFile(ref, 'file with CRDs');
    const crds = parseDocuments(text, displayPath(path))
      .flatMap(({ value }) => itemsOf(value))
      .filter(
        (value): value is JsonObject => typeof value === 'object' && value !== null && isCrd(value as JsonObject),
      );
    if (crds.length > 0) return crds;
    throw new FleetError({
      rule: 'empty-file',
      what: 'the file with CRDs holds none',
      expected: 'CustomResourceDefinitions of apiextensions.k8s.io/v1',
      where: { file: displayPath(path), code: currentCode() },
    });
  });
}

/** The items of a list, as kubectl prints several CRDs. */
function itemsOf(value: unknown): unknown[] {
  const items = (value as { items?: unknown } | null)?.items;
  return Array.isArray(items) ? (items as unknown[]) : [value];
}
