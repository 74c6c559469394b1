import { loadAll } from 'js-yaml';
import { stringify } from 'yaml';
import type { KubeObject } from './api.js';

/** The objects in a text of YAML documents, read as leniently as Go does; a text that is no YAML is an error. */
export function objectsIn(text: string): KubeObject[] {
  return (loadAll(text) as (KubeObject | null | undefined)[]).filter((object) => object != null);
}

/** Objects as a text of YAML documents. */
export function textOf(objects: readonly KubeObject[]): string {
  return objects.map((object) => `---\n${stringify(object)}`).join('');
}
