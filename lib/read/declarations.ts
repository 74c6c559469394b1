import type * as AjvModule from 'ajv';
import type { Finding } from '../finding.js';
import { lazily } from '../lazy.js';
import type { FieldPath } from '../model/cluster-model.js';
import { isVersion } from '../model/lifecycle.js';
import type { FileObject, Files } from '../kustomize/files.js';

/** What a flux-fleet.yaml says of a cluster; the form that lib/synth/declarations writes. */
export interface Declarations {
  readonly fluxFleet: 'v1';
  readonly cluster: string;
  readonly fleet?: string;
  readonly environment?: string;
  readonly path?: string;
  readonly lockdown?: boolean;
  readonly components?: readonly string[];
  readonly kubernetesVersion?: string;
  readonly fluxVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly exists?: readonly DeclaredObject[];
  readonly provides?: readonly string[];
  readonly allowed?: readonly DeclaredAllowance[];
}

/** An object that is there although no file has it. */
export interface DeclaredObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly keys?: readonly string[];
  readonly kubeConfig?: string;
}

/** What is allowed for an object (`Kind/namespace/name` or `Kind/name`), a layer, or all of the cluster. */
export interface DeclaredAllowance {
  readonly rule: string;
  readonly reason: string;
  readonly until?: string;
  readonly object?: string;
  readonly layer?: string;
}

const text = { type: 'string', minLength: 1 } as const;
const texts = { type: 'array', items: text } as const;
const textMap = { type: 'object', additionalProperties: { type: 'string' } } as const;

/** Everything is optional but the form and the cluster's name; a field that is not known is wrong. */
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['fluxFleet', 'cluster'],
  properties: {
    fluxFleet: { const: 'v1' },
    cluster: text,
    fleet: text,
    environment: text,
    path: text,
    lockdown: { type: 'boolean' },
    components: texts,
    kubernetesVersion: { type: 'string', format: 'version' },
    fluxVersion: { type: 'string', format: 'version' },
    labels: textMap,
    variables: textMap,
    provides: texts,
    exists: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['kind', 'name'],
        properties: { kind: text, name: text, namespace: text, kubeConfig: text, keys: texts },
      },
    },
    allowed: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['rule', 'reason'],
        properties: {
          rule: text,
          reason: { type: 'string', pattern: '\\S' },
          until: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
          object: { type: 'string', pattern: '^[^/]+(?:/[^/]+){1,2}$' },
          layer: text,
        },
      },
    },
  },
} as const;

const validator = lazily((require) => {
  const { Ajv } = require('ajv') as typeof AjvModule;
  return new Ajv({ allErrors: true, formats: { version: isVersion } }).compile(SCHEMA);
});

/** What a flux-fleet.yaml declares, or what is wrong with it, each with its line. */
export function declarationsOf(from: FileObject, files: Files): Declarations | readonly Finding[] {
  const validate: ReturnType<typeof validator> = validator();
  if (validate(from.object)) return from.object;
  return (validate.errors ?? []).map(({ instancePath, keyword, message, params }): Finding => {
    const at = instancePath.split('/').slice(1).map(unescape);
    const unknown = (params as { additionalProperty?: string }).additionalProperty;
    const field: FieldPath = unknown === undefined ? at : [...at, unknown];
    return {
      rule: 'declarations-invalid',
      what: `${files.display(from.file)} does not say what it should${field.length > 0 ? `: ${field.join('.')}` : ''}`,
      expected:
        keyword === 'additionalProperties'
          ? `one of ${fieldsAt(at).join(', ')}`
          : keyword === 'const'
            ? 'v1, the form of the file'
            : keyword === 'format'
              ? 'a version or a range, in quotes, such as "2.9", "v1.34.1" or "2.x"'
              : message,
      given: given(from.object, field),
      where: { file: `${files.display(from.file)}:${files.lineOf(from, field) ?? 1}` },
    };
  });
}

function unescape(step: string): string | number {
  return /^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~');
}

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

function fieldsAt(path: FieldPath): string[] {
  let node: Node | undefined = SCHEMA as unknown as Node;
  for (const step of path) node = typeof step === 'number' ? node?.items : node?.properties?.[step];
  return Object.keys(node?.properties ?? {});
}

function given(value: unknown, path: FieldPath): string {
  let at = value;
  for (const step of path) at = (at as Record<string | number, unknown> | undefined)?.[step];
  return at === undefined ? 'nothing' : JSON.stringify(at);
}
