import type { JsonObject } from '../yaml/normalize.js';

function annotationsOf(object: JsonObject): JsonObject {
  const annotations = (object.metadata as JsonObject | null | undefined)?.annotations;
  return typeof annotations === 'object' && annotations !== null && !Array.isArray(annotations) ? annotations : {};
}

/** An annotation of an object, where it is text. */
export function annotationOf(object: JsonObject, name: string): string | undefined {
  const value = annotationsOf(object)[name];
  return typeof value === 'string' ? value : undefined;
}

/** The object with an annotation more. */
export function annotated(object: JsonObject, name: string, value: string): JsonObject {
  const metadata = object.metadata as JsonObject | undefined;
  return { ...object, metadata: { ...metadata, annotations: { ...annotationsOf(object), [name]: value } } };
}

/** The object with an annotation less. */
export function withoutAnnotation(object: JsonObject, name: string): JsonObject {
  const { annotations: _, ...metadata } = object.metadata as JsonObject;
  const { [name]: __, ...rest } = annotationsOf(object);
  return { ...object, metadata: Object.keys(rest).length > 0 ? { ...metadata, annotations: rest } : metadata };
}
