import { FleetError } from 'cdk8s-flux-fleet';
import type { ClusterProps, Layer } from 'cdk8s-flux-fleet';
import { parseAllDocuments } from 'yaml';
import { yamlOf } from '../support/fleet.js';

/** An object as the YAML has it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly spec: Record<string, unknown>;
  readonly data?: Record<string, string>;
  readonly [field: string]: unknown;
}

/** The objects of a file. */
export function objectsIn(text: string | undefined): KubeObject[] {
  return parseAllDocuments(text ?? '').map((document) => document.toJS() as KubeObject);
}

/** The one object of that kind and name in a file. */
export function objectIn(text: string | undefined, kind: string, name?: string): KubeObject {
  const all = objectsIn(text);
  const found = all.filter((o) => o.kind === kind && (name === undefined || o.metadata.name === name));
  if (found.length === 1) return found[0]!;
  const names = all.map((o) => `${o.kind} ${o.metadata.namespace}/${o.metadata.name}`);
  throw new Error(`${found.length} objects ${kind} ${name ?? ''} among: ${names.join(', ')}`);
}

/** The `spec` of the only object of a layer that the test fills. */
export function specOf(fill: (layer: Layer) => unknown, props: ClusterProps = {}): Record<string, unknown> {
  const [only, ...others] = objectsIn(yamlOf(fill, props));
  if (!only || others.length > 0) throw new Error(`expected one object, got ${others.length + (only ? 1 : 0)}`);
  return only.spec;
}

/** The text of the FleetError that something throws, without the numbers of lines. */
export function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (e) {
    if (e instanceof FleetError) return e.message.replace(/\.ts:\d+:\d+/g, '.ts:<line>');
    throw e;
  }
  throw new Error('it did not throw');
}
