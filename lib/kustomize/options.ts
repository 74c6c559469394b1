import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../yaml/normalize.js';
import { annotated, annotationOf, withoutAnnotation } from './annotations.js';
import { findKustomize } from './command.js';
import type { Kustomize } from './command.js';

/** The spec of a Flux Kustomization. */
export type KustomizationSpec = Readonly<Record<string, unknown>>;

const INDEX = 'flux-fleet.build/index';

/** Fields of the spec that kustomize has to apply. */
const OPTIONS = ['targetNamespace', 'namePrefix', 'nameSuffix', 'patches', 'images', 'components'] as const;

/** Whether the options of a Flux Kustomization change the objects that it applies, before variables are substituted. */
export function changesObjects(spec: KustomizationSpec): boolean {
  return needsKustomize(spec) || Object.keys(spec.commonMetadata ?? {}).length > 0;
}

function needsKustomize(spec: KustomizationSpec): boolean {
  return OPTIONS.some((field) => !isEmpty(spec[field]));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/**
 * The objects as Flux applies them: with the options of their Flux Kustomization, in the same order; an object that a
 * patch deletes is left out. Components are not known here, and are left out as well.
 */
export function applyOptions(
  objects: readonly JsonObject[],
  spec: KustomizationSpec,
): JsonObject[] | { readonly error: string } {
  const { components: _, ...options } = spec;
  if (objects.length === 0 || !needsKustomize(options)) return objects.map((o) => withCommonMetadata(o, spec));
  const kustomize = findKustomize();
  if (!kustomize) return { error: 'kustomize is not here: neither kubectl nor kustomize can be run' };
  const built = kustomize.overlay((directory) => {
    writeFileSync(join(directory, 'objects.yaml'), objects.map((o) => JSON.stringify(o)).join('\n---\n'));
    return { ...merged({ resources: ['objects.yaml'] }, options), sortOptions: { order: 'fifo' } };
  });
  if ('error' in built) return built;
  if (built.objects.length !== objects.length) return applyIndexed(objects, options, kustomize, spec);
  return built.objects.map((o) => withCommonMetadata(o, spec));
}

/** The same for patches that delete objects: an annotation tells which are left. */
function applyIndexed(
  objects: readonly JsonObject[],
  options: KustomizationSpec,
  kustomize: Kustomize,
  spec: KustomizationSpec,
): JsonObject[] | { readonly error: string } {
  const built = kustomize.overlay((directory) => {
    const texts = objects.map((o, i) => JSON.stringify(annotated(o, INDEX, String(i))));
    writeFileSync(join(directory, 'objects.yaml'), texts.join('\n---\n'));
    return merged({ resources: ['objects.yaml'] }, options);
  });
  if ('error' in built) return built;
  return built.objects
    .map((o) => ({ index: Number(annotationOf(o, INDEX)), object: withoutAnnotation(o, INDEX) }))
    .sort((a, b) => a.index - b.index)
    .map(({ object }) => withCommonMetadata(object, spec));
}

/** A kustomization.yaml with the options of a Flux Kustomization, as Flux's generator writes it. */
export function merged(kustomization: JsonObject, spec: KustomizationSpec): JsonObject {
  const result: JsonObject = { ...kustomization };
  if (!isEmpty(spec.targetNamespace)) result.namespace = spec.targetNamespace as string;
  if (!isEmpty(spec.namePrefix)) result.namePrefix = spec.namePrefix as string;
  if (!isEmpty(spec.nameSuffix)) result.nameSuffix = spec.nameSuffix as string;
  const patches = listOf(spec.patches).map(({ patch, target }) => ({ patch, ...(target !== undefined && { target }) }));
  if (patches.length > 0) result.patches = [...listOf(kustomization.patches), ...patches] as JsonValue;
  const images = listOf(spec.images);
  if (images.length > 0) result.images = mergedImages(listOf(kustomization.images), images);
  return result;
}

/** An image that both name keeps what the option does not say; tag and digest go together. */
function mergedImages(own: readonly JsonObject[], added: readonly JsonObject[]): JsonObject[] {
  const result = own.map((image) => ({ ...image }));
  for (const image of added) {
    const same = result.find((i) => i.name === image.name);
    if (!same) {
      result.push({ ...image });
      continue;
    }
    if (!isEmpty(image.newName)) same.newName = image.newName!;
    if (isEmpty(image.newTag) && isEmpty(image.digest)) continue;
    delete same.newTag;
    delete same.digest;
    if (!isEmpty(image.newTag)) same.newTag = image.newTag!;
    if (!isEmpty(image.digest)) same.digest = image.digest!;
  }
  return result;
}

/** The items of a list that are objects. */
export function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter((v): v is JsonObject => typeof v === 'object' && v !== null) : [];
}

/** Labels and annotations that Flux sets on everything; they win. */
export function withCommonMetadata(object: JsonObject, spec: KustomizationSpec): JsonObject {
  const common = (spec.commonMetadata ?? {}) as { labels?: JsonObject; annotations?: JsonObject };
  const { labels, annotations } = common;
  if (!labels && !annotations) return object;
  const metadata = (object.metadata ?? {}) as JsonObject;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(labels && { labels: { ...(metadata.labels as JsonObject | undefined), ...labels } }),
      ...(annotations && { annotations: { ...(metadata.annotations as JsonObject | undefined), ...annotations } }),
    },
  };
}
