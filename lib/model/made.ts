import type { JsonObject, JsonValue } from '../yaml/normalize.js';
import { identityOf } from './identity.js';
import { madeSecret } from './made-secret.js';

/** A name; a pattern where only the cluster knows it. */
export type NameOnCluster = string | RegExp;

/** An object that a controller makes on the cluster, of another one. */
export interface MadeObject {
  readonly kind: string;
  readonly name: NameOnCluster;
  /** Undefined for what has no namespace, and where nothing says one. */
  readonly namespace: NameOnCluster | undefined;
  /** All keys of its data, where they are known. */
  readonly keys?: readonly string[];
  /** Whether a namespace gets one, by its name and, where they are known, its labels. */
  readonly inNamespace?: (name: string, labels: Readonly<Record<string, string>> | undefined) => boolean;
  /** It is made only if this one is there, under the same name, and has these labels. */
  readonly copyOf?: { readonly namespace: string; readonly matchLabels: Readonly<Record<string, string>> };
  /** The object itself, where it is known. */
  readonly object?: JsonObject;
}

/** Everything that is made of an object, as far as the object says it. */
export function madeOf(object: JsonObject): MadeObject[] {
  const { group, kind, name, namespace } = identityOf(object);
  const spec = map(object.spec);
  switch (`${group}/${kind}`) {
    case 'bitnami.com/SealedSecret':
    case 'cert-manager.io/Certificate':
      return [...secretOf(object)];
    case 'networking.k8s.io/Ingress':
    case 'gateway.networking.k8s.io/Gateway':
      return ofCertManager(object, namespace);
    case 'cert-manager.io/Issuer':
      return secretNamed(map(map(spec.acme).privateKeySecretRef).name, namespace);
    case 'external-secrets.io/ExternalSecret':
      return secretNamed(map(spec.target).name ?? name, namespace, externalKeys(spec));
    case 'external-secrets.io/ClusterExternalSecret': {
      const target = map(map(spec.externalSecretSpec).target).name ?? spec.externalSecretName ?? name;
      return secretNamed(target, ANY);
    }
    case 'secrets.hashicorp.com/VaultStaticSecret':
    case 'secrets.hashicorp.com/VaultDynamicSecret':
    case 'secrets.hashicorp.com/VaultPKISecret':
      return secretNamed(map(spec.destination).name, namespace);
    case 'source.extensions.fluxcd.io/ArtifactGenerator':
      return list(spec.artifacts).flatMap((a) => named('ExternalArtifact', map(a).name, namespace));
    case 'helm.toolkit.fluxcd.io/HelmRelease':
      return ofRelease(spec, name, namespace);
    case 'fluxcd.controlplane.io/ResourceSet':
      return ofResourceSet(spec, namespace);
    case 'kyverno.io/ClusterPolicy':
    case 'kyverno.io/Policy':
      return list(spec.rules).flatMap((rule) => ofKyverno(map(rule)));
    default:
      return [];
  }
}

const ANY = /^/;

function* secretOf(object: JsonObject): Generator<MadeObject> {
  const made = madeSecret(object);
  if (!made) return;
  const keys = object.kind === 'Certificate' ? undefined : sealedKeys(map(object.spec));
  yield { kind: 'Secret', name: made.name, namespace: made.namespace, ...(keys && { keys }) };
}

function sealedKeys(spec: JsonObject): string[] {
  return [...Object.keys(map(spec.encryptedData)), ...Object.keys(map(map(spec.template).data))];
}

/** The keys that an ExternalSecret writes; undefined where it takes all that the store has, or makes them itself. */
function externalKeys(spec: JsonObject): string[] | undefined {
  const others = spec.dataFrom !== undefined || map(spec.target).template !== undefined;
  if (others) return undefined;
  return list(spec.data).flatMap((d) => (typeof map(d).secretKey === 'string' ? [map(d).secretKey as string] : []));
}

function secretNamed(name: JsonValue | undefined, namespace: NameOnCluster | undefined, keys?: string[]): MadeObject[] {
  return named('Secret', name, namespace).map((made) => ({ ...made, ...(keys && { keys }) }));
}

function named(kind: string, name: JsonValue | undefined, namespace: NameOnCluster | undefined): MadeObject[] {
  return typeof name === 'string' ? [{ kind, name: pattern(name), namespace }] : [];
}

/** cert-manager makes the certificates that an Ingress or a Gateway names, where an annotation says who issues them. */
function ofCertManager(object: JsonObject, namespace: string | undefined): MadeObject[] {
  const annotations = Object.keys(map(map(object.metadata).annotations));
  if (!annotations.some((a) => /^cert-manager\.io\/(cluster-)?issuer$|^kubernetes\.io\/tls-acme$/.test(a))) return [];
  const spec = map(object.spec);
  const names = [
    ...list(spec.tls).map((t) => map(t).secretName),
    ...list(spec.listeners).flatMap((l) => list(map(map(l).tls).certificateRefs).map((r) => map(r).name)),
  ];
  return names.flatMap((name) => secretNamed(name, namespace));
}

function ofRelease(spec: JsonObject, name: string, namespace: string | undefined): MadeObject[] {
  // What is installed elsewhere is not on this cluster.
  if (spec.kubeConfig !== undefined) return [];
  const target = map(spec.install).createNamespace === true ? spec.targetNamespace : undefined;
  return [
    ...named('Namespace', target, undefined),
    ...(spec.chart === undefined ? [] : named('HelmChart', `${namespace ?? ''}-${name}`, ANY)),
  ];
}

/** What the templates of a ResourceSet become, with the inputs that it says itself. */
function ofResourceSet(spec: JsonObject, namespace: string | undefined): MadeObject[] {
  const inputs = list(spec.inputs).map(map);
  const steps = list(spec.steps).map(map);
  const resources = [spec, ...steps].flatMap((s) => list(s.resources)).map(map);
  const made = resources.flatMap((resource) =>
    (inputs.length > 0 ? inputs : [{}]).map((input) => templated(filled(resource, input), namespace)),
  );
  const texts = [spec, ...steps].flatMap((s) => (typeof s.resourcesTemplate === 'string' ? [s.resourcesTemplate] : []));
  return [
    ...made,
    ...texts.flatMap((text) => [...text.matchAll(/^\s*kind:\s*["']?(\w+)/gm)].map(([, kind]) => ofText(kind!))),
  ];
}

function ofText(kind: string): MadeObject {
  return { kind, name: ANY, namespace: ANY };
}

function templated(resource: JsonObject, namespace: string | undefined): MadeObject {
  const { kind, name, namespace: said } = identityOf(resource);
  return { kind, name: pattern(name), namespace: pattern(said ?? namespace ?? ''), object: resource };
}

/** The resource with the inputs that are said; other templates stay. */
function filled(value: JsonObject, inputs: JsonObject): JsonObject {
  const text = JSON.stringify(value).replace(/<<-?\s*inputs\.([\w.]+)\s*-?>>/g, (all, key: string) => {
    const input = inputs[key];
    return typeof input === 'string' || typeof input === 'number' ? JSON.stringify(String(input)).slice(1, -1) : all;
  });
  return JSON.parse(text) as JsonObject;
}

/** What Kyverno generates by one rule of a policy. */
function ofKyverno(rule: JsonObject): MadeObject[] {
  const generate = map(rule.generate);
  const all = generate.foreach === undefined ? [generate] : list(generate.foreach).map(map);
  return all.flatMap((g) => {
    const place = {
      namespace: pattern(typeof g.namespace === 'string' ? g.namespace : '{{}}'),
      inNamespace: chosenBy(rule),
    };
    const cloneList = map(g.cloneList);
    if (typeof cloneList.namespace === 'string') {
      const copyOf = { namespace: cloneList.namespace, matchLabels: labels(map(cloneList.selector).matchLabels) };
      return list(cloneList.kinds).map((k): MadeObject => ({ kind: kindOf(k), name: ANY, ...place, copyOf }));
    }
    if (typeof g.kind !== 'string') return [];
    return [{ kind: g.kind, name: pattern(typeof g.name === 'string' ? g.name : '{{}}'), ...place }];
  });
}

/** `v1/Secret` and `Secret` are one kind to Kyverno. */
function kindOf(kind: JsonValue): string {
  return typeof kind === 'string' ? kind.slice(kind.lastIndexOf('/') + 1) : '';
}

/** Whether a rule that makes something for each namespace does so for this one; other rules are taken to do so for all. */
function chosenBy(rule: JsonObject): MadeObject['inNamespace'] {
  const match = map(rule.match);
  const filters = [...list(match.any), ...list(match.all), match].map((f) => map(map(f).resources));
  const ofNamespaces = filters.filter((f) => list(f.kinds).some((k) => kindOf(k) === 'Namespace'));
  if (ofNamespaces.length === 0) return () => true;
  return (name, own) =>
    ofNamespaces.some((f) => {
      const names = list(f.names).concat(f.name === undefined ? [] : [f.name]);
      const byName = names.length === 0 || names.some((n) => typeof n === 'string' && wildcard(n).test(name));
      const wanted = labels(map(f.selector).matchLabels);
      return byName && (own === undefined || Object.entries(wanted).every(([k, v]) => wildcard(v).test(own[k] ?? '')));
    });
}

function wildcard(text: string): RegExp {
  const escaped = text.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

/** A name that says in part what only the cluster knows. */
function pattern(text: string): NameOnCluster {
  if (!/<<|\{\{|\$\{/.test(text)) return text;
  const parts = text.split(/<<.*?>>|\{\{.*?\}\}|\$\{.*?\}/);
  return new RegExp(`^${parts.map((p) => p.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
}

/** True where it is the name, or may be. */
export function isNamed(name: NameOnCluster | undefined, wanted: string | undefined): boolean {
  if (wanted === undefined || name === undefined) return name === wanted || name === undefined;
  return typeof name === 'string' ? name === wanted : name.test(wanted);
}

/** Annotations by which controllers copy Secrets and ConfigMaps into other namespaces under the same name. */
const COPYING = /^(reflector\.v1\.k8s\.emberstack\.com|replicator\.v1\.mittwald\.de|kubed\.appscode\.com)\//;

/** True for an original that some controller copies to other namespaces. */
export function isCopied(object: JsonObject): boolean {
  const spec = map(object.spec);
  const metas = [object.metadata, map(spec.template).metadata, spec.secretTemplate];
  return metas.some((meta) => Object.keys(map(map(meta).annotations)).some((a) => COPYING.test(a)));
}

function map(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function labels(value: JsonValue | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(map(value)).filter((e): e is [string, string] => typeof e[1] === 'string'));
}
