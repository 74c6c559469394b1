import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { compact } from '../compact.js';
import { displayPath } from '../display-path.js';
import { readTextFile } from '../file.js';
import type { FileRef } from '../file.js';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import type { SecretRef } from '../reference.js';
import { defaultNamespace } from '../scope.js';
import { parseMap } from '../yaml/read.js';
import { isCipher } from './cipher.js';

/**
 * What a value was sealed for: one name in one namespace (`strict`), any name in one namespace, or any name anywhere in
 * the cluster.
 */
export type SealingScope = 'strict' | 'namespace-wide' | 'cluster-wide';

/** The Secret that comes out, besides its values; name and namespace are those of the SealedSecret. */
export interface SecretTemplate {
  /**
   * Kind of secret, such as `kubernetes.io/dockerconfigjson`.
   *
   * @default - Kubernetes', Opaque
   */
  readonly type?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Whether the API server refuses changes of the Secret. */
  readonly immutable?: boolean;
  /**
   * Go templates over the unsealed values, such as `password={{ .password }}`, by key of the Secret; null leaves a sealed
   * value out of it.
   */
  readonly data?: Readonly<Record<string, string | null>>;
}

/** A {@link SealedSecret} from its values. */
export interface SealedSecretData extends NamespacedObjectMeta {
  /** What `kubeseal --raw` printed, by key of the Secret. */
  readonly encryptedData: Readonly<Record<string, string>>;
  readonly template?: SecretTemplate;
  /**
   * The `--scope` with which the values were sealed.
   *
   * @default 'strict'
   */
  readonly sealingScope?: SealingScope;
}

/** A {@link SealedSecret} from a file. Labels and annotations are added to the file's. */
export interface SealedSecretFile extends NamespacedObjectMeta {
  /**
   * The file, as `kubeseal` wrote it, in YAML or JSON: one SealedSecret.
   *
   * A `URL` is relative to the module, a string to the working directory.
   */
  readonly file: FileRef;
  /**
   * @default - the file's; only a scope that does not bind the name lets another one be said
   */
  readonly name?: string;
  /**
   * @default - the file's; only one that was sealed cluster-wide may go into another, or have none
   */
  readonly namespace?: string;
}

/** Props of {@link SealedSecret}. */
export type SealedSecretProps = SealedSecretData | SealedSecretFile;

const ANNOTATION = 'sealedsecrets.bitnami.com/';

/** What the cipher is bound to. */
const BOUND: Readonly<Record<SealingScope, readonly string[]>> = {
  strict: ['name', 'namespace'],
  'namespace-wide': ['namespace'],
  'cluster-wide': [],
};

/**
 * A `SealedSecret`: a Secret whose values only the sealed-secrets controller of the cluster can read; it makes the Secret
 * of the same name.
 *
 * @see https://github.com/bitnami-labs/sealed-secrets
 */
export class SealedSecret extends Manifest {
  declare readonly kind: 'SealedSecret';
  /** The Secret that the controller makes, for whatever reads it in the same namespace. */
  readonly secret: SecretRef;

  /**
   * @throws FleetError for a value that kubeseal did not seal, for a file that is no SealedSecret, and for a name or
   * namespace for which its values were not sealed
   */
  constructor(scope: Construct, id: string, props: SealedSecretProps) {
    const args = new Args(scope, id);
    const { meta, spec, file } = 'file' in props ? fromFile(args, props) : fromData(args, id, props);
    const namespace = meta.namespace ?? defaultNamespace(scope);
    const metadata = objectMeta(scope, id, 'SealedSecret', meta);
    const template = spec.template as Fields & { metadata?: Fields };
    super(scope, id, {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata,
      spec: {
        ...spec,
        template: { ...template, metadata: compact({ ...template.metadata, name: metadata.name, namespace }) },
      },
    });
    if (file !== undefined) this.node.addMetadata('flux-fleet:file', file);
    this.secret = { kind: 'Secret', name: metadata.name };
  }
}

type Fields = Record<string, unknown>;

/** A SealedSecret whose values were checked. */
interface Sealed {
  readonly meta: NamespacedObjectMeta & { readonly name: string };
  readonly spec: Fields;
  readonly file?: string;
}

function fromData(args: Args, id: string, props: SealedSecretData): Sealed {
  const { encryptedData, template = {}, sealingScope = 'strict', ...meta } = props;
  if (!isFields(encryptedData)) {
    args.fail({
      rule: 'sealed-secret',
      what: 'the SealedSecret has no values',
      expected: 'encryptedData by key, or a file',
      given: show(encryptedData),
    });
  }
  args.oneOf('sealingScope', sealingScope, ['strict', 'namespace-wide', 'cluster-wide']);
  const { labels, annotations, ...rest } = template;
  checkValues(args, encryptedData, rest);
  const scope = sealingScope === 'strict' ? undefined : { [`${ANNOTATION}${sealingScope}`]: 'true' };
  // The controller unseals by the annotation of the SealedSecret; kubeseal writes it to both.
  const own = { ...meta, name: meta.name ?? id, annotations: merged(meta.annotations, scope) };
  checkAnnotations(args, own.annotations, sealingScope);
  const metadata = compact({ labels, annotations: merged(annotations, scope) });
  return { meta: own, spec: { encryptedData, template: { ...compact(rest), metadata } } };
}

function fromFile(args: Args, props: SealedSecretFile): Sealed {
  const { path, text } = readTextFile(props.file, 'sealed secret');
  const file = displayPath(path);
  const object = parseMap(text, file);
  const spec = fields(object.spec);
  if (object.kind !== 'SealedSecret' || object.apiVersion !== 'bitnami.com/v1alpha1' || !isFields(spec.encryptedData)) {
    args.fail(
      {
        rule: 'sealed-secret',
        what: 'the file is no SealedSecret',
        expected: 'what kubeseal writes: bitnami.com/v1alpha1, kind SealedSecret, spec.encryptedData',
        given: show({ apiVersion: object.apiVersion, kind: object.kind, spec: Object.keys(spec) }),
        fix: 'kubeseal --format yaml < secret.yaml > sealed.yaml',
      },
      file,
    );
  }
  const template = fields(spec.template);
  const [own, its] = [fields(object.metadata), fields(template.metadata)];
  checkValues(args, spec.encryptedData, template, file);
  const scope = scopeOf(own.annotations);
  checkBinding(args, scope, { own, its, said: props }, file);
  const annotations = merged(own.annotations, props.annotations);
  checkAnnotations(args, annotations, scope);
  const namespace = props.namespace ?? (own.namespace as string | undefined);
  const name = props.name ?? (own.name as string);
  // kubeseal of old writes creationTimestamp: null, which says nothing.
  const { creationTimestamp: _, ...metadata } = its;
  return {
    meta: { name, namespace, labels: merged(own.labels, props.labels), annotations },
    spec: { ...spec, template: { ...template, metadata } },
    file,
  };
}

/** Refuses values in clear; what they are is told to nobody. */
function checkValues(args: Args, encryptedData: Fields, template: Fields, file?: string): void {
  const clear = [
    ...Object.entries(encryptedData).flatMap(([key, value]) => (isCipher(value) ? [] : [`encryptedData.${key}`])),
    ...Object.entries(fields(template.data)).flatMap(([key, value]) =>
      isTemplate(value) ? [] : [`template.data.${key}`],
    ),
    ...Object.keys(fields(template.stringData)).map((key) => `template.stringData.${key}`),
  ];
  if (clear.length === 0) return;
  args.fail(
    {
      rule: 'plaintext-secret',
      what: 'the SealedSecret holds values that kubeseal did not seal',
      expected: 'encryptedData from kubeseal, whole, and in template.data nothing but templates over it',
      given: `in clear, or cut short: ${clear.join(', ')}`,
      fix: 'seal each value: kubeseal, or kubeseal --raw; what anybody may read belongs into a ConfigMap',
    },
    file,
  );
}

function isTemplate(value: unknown): boolean {
  return value === null || (typeof value === 'string' && value.includes('{{'));
}

/** Refuses a name or a namespace for which the values cannot have been sealed: the controller could not open them. */
function checkBinding(
  args: Args,
  scope: SealingScope,
  { own, its, said }: { readonly own: Fields; readonly its: Fields; readonly said: NamespacedObjectMeta },
  file: string,
): void {
  const bound = BOUND[scope];
  for (const field of ['name', 'namespace'] as const) {
    const given = {
      [`metadata.${field}`]: own[field],
      ...(bound.includes(field) && {
        [`spec.template.metadata.${field}`]: its[field],
        [`the prop ${field}`]: said[field],
      }),
    };
    const missing = own[field] === undefined && (field === 'name' || bound.includes(field));
    if (!missing && new Set(Object.values(compact(given))).size <= 1) continue;
    args.fail(
      {
        rule: 'sealed-secret',
        what: missing ? `the SealedSecret has no ${field}` : `the SealedSecret was sealed for another ${field}`,
        expected: `one ${field}, that for which its values were sealed (scope ${scope})`,
        given: show(given),
        fix: `seal it again for the ${field} that you mean`,
      },
      file,
    );
  }
  const templates = scopeOf(its.annotations);
  if (templates === 'strict' || templates === scope) return;
  args.fail(
    {
      rule: 'sealed-secret',
      what: 'the SealedSecret says two scopes for which it was sealed',
      expected: 'the same annotation in metadata and in spec.template.metadata',
      given: `${scope} and ${templates}`,
      fix: `seal it again: kubeseal --scope ${templates}`,
    },
    file,
  );
}

/** Refuses annotations by which the controller would unseal for another scope than the values were sealed for. */
function checkAnnotations(args: Args, annotations: unknown, scope: SealingScope): void {
  const said = scopeOf(annotations);
  if (said === scope) return;
  args.fail({
    rule: 'sealed-secret',
    what: 'an annotation says another scope than the one for which the values were sealed',
    expected: scope,
    given: said,
    fix: 'say sealingScope in place of the annotation; what was sealed for one scope cannot be opened for another',
  });
}

/** The scope for which the controller unseals. */
function scopeOf(annotations: unknown): SealingScope {
  const said = fields(annotations);
  const scopes = ['cluster-wide', 'namespace-wide'] as const;
  return scopes.find((scope) => said[`${ANNOTATION}${scope}`] === 'true') ?? 'strict';
}

function merged(file: unknown, more: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  const all = { ...fields(file), ...more } as Record<string, string>;
  return Object.keys(all).length > 0 ? all : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}
