import type { ObjectState } from '../../model/cluster-state.js';
import type { JsonObject, JsonValue } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule, RuleFinding } from '../rule.js';

const MIB = 1024 * 1024;
/** What the API server lets a ConfigMap or Secret hold. */
const MAX_DATA = MIB;
/** What etcd takes in one request, unless somebody set it otherwise. */
export const MAX_REQUEST = 1.5 * MIB;
/** Objects shorter than this, as the number of characters of their JSON, cannot be too large whatever they are written in. */
const WORTH_COUNTING = MIB / 4;

/** No object is larger than the API server and etcd take. */
export const objectTooLarge: Rule = {
  id: 'object-too-large',
  title: 'No object is larger than the API server and etcd take',
  *check(cluster) {
    for (const state of cluster.unjudged) {
      const json = JSON.stringify(state.object);
      if (json.length < WORTH_COUNTING) continue;
      const found = dataTooLarge(state) ?? tooLarge(state, json);
      if (found) yield { on: state.on, ...found };
    }
  },
};

type Said = Omit<RuleFinding, 'on'>;

function dataTooLarge({ on, object, id, layer }: ObjectState): Said | undefined {
  if (id.apiVersion !== 'v1' || (id.kind !== 'ConfigMap' && id.kind !== 'Secret')) return undefined;
  // What is encrypted or substituted later has another size then.
  if ('sops' in object) return undefined;
  const encoded = id.kind === 'Secret' ? object.data : object.binaryData;
  const plain = id.kind === 'Secret' ? object.stringData : object.data;
  const size = sizeOf(plain, (text) => Buffer.byteLength(text)) + sizeOf(encoded, decodedSize);
  if (size <= MAX_DATA) return undefined;
  return {
    field: [plain ? (id.kind === 'Secret' ? 'stringData' : 'data') : id.kind === 'Secret' ? 'data' : 'binaryData'],
    what: `${nameOf(on)} holds more than the API server takes: it refuses it, and Flux applies nothing of ${nameOf(layer)}`,
    expected: 'at most 1 MiB in all values together',
    given: inMib(size),
    fix: 'divide it, or keep what is large in an OCI artifact or a volume',
  };
}

function tooLarge({ on, id, layer }: ObjectState, json: string): Said | undefined {
  const size = Buffer.byteLength(json);
  // Built-in kinds are stored in a form that is shorter than JSON; how much, depends on what they hold.
  const certain = /\.(k8s\.io)$|^(apps|batch|policy|autoscaling)?$/.test(id.group) ? size * 0.75 : size;
  if (certain <= MAX_REQUEST) return undefined;
  return {
    what: `${nameOf(on)} is larger than what etcd takes: the API server refuses it, and ${nameOf(layer)} never becomes ready`,
    expected: 'at most 1.5 MiB as JSON, and room for what the API server adds',
    given: inMib(size),
    fix: 'divide it',
  };
}

function sizeOf(map: JsonValue | undefined, size: (text: string) => number): number {
  const values = typeof map === 'object' && map !== null ? Object.values(map as JsonObject) : [];
  return values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? size(value) : 0), 0);
}

/** The number of bytes that base64 stands for. */
function decodedSize(text: string): number {
  return Buffer.byteLength(text, 'base64');
}

/** A size as people say it. */
export function inMib(bytes: number): string {
  return `${(bytes / MIB).toFixed(2)} MiB`;
}
