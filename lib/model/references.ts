import type { JsonObject, JsonValue } from '../yaml/normalize.js';
import type { FieldPath } from './cluster-model.js';
import { identityOf } from './identity.js';
import { groupOf } from './kinds.js';

/** That an object needs another one, and which of its fields says so. */
export interface Reference {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined for what has no namespace, and where the object that refers says none. */
  readonly namespace: string | undefined;
  /** The field that holds the name. */
  readonly field: FieldPath;
  /** Keys of a ConfigMap or Secret that are read for certain. */
  readonly keys: readonly string[];
  /** True where the object works without it. */
  readonly optional: boolean;
  /** True for what stands on the cluster that a kubeConfig leads to. */
  readonly remote: boolean;
}

/** Where the namespace of what is referred to is said: nowhere but in the user's own, in the reference, or it has none. */
type Place = 'own' | 'given' | 'none';

/** One field that refers to something, of one or several kinds. */
interface Row {
  /** `group/Kind` of the objects that have the field; the core group is empty. */
  readonly of: readonly string[];
  /** The way to the reference; `*` stands for each item. */
  readonly at: string;
  /** `group/Kind` of what is meant; without it the reference says its kind. */
  readonly to?: string;
  /** The kinds that the reference may say, with their group; others are not judged. */
  readonly kinds?: Readonly<Record<string, string>>;
  /** The kind where the reference says none. */
  readonly kind?: string;
  readonly place?: Place;
  /** The field of the reference that holds the name; '' where it is a name itself. */
  readonly name?: string;
  /** The field of the reference that holds the key, and the key where it holds none. */
  readonly key?: readonly [field: string, otherwise?: string];
  readonly remote?: boolean;
  /** Whether it counts in this object. */
  readonly when?: (spec: JsonObject, reference: JsonObject) => boolean;
}

const SOURCE = 'source.toolkit.fluxcd.io';
const KUSTOMIZATION = 'kustomize.toolkit.fluxcd.io/Kustomization';
const HELM_RELEASE = 'helm.toolkit.fluxcd.io/HelmRelease';
const IMAGE = 'image.toolkit.fluxcd.io';
const NOTIFICATION = 'notification.toolkit.fluxcd.io';
const OPERATOR = 'fluxcd.controlplane.io';
const RBAC = 'rbac.authorization.k8s.io';
const SECRET = '/Secret';
const CONFIG_MAP = '/ConfigMap';
const ACCOUNT = '/ServiceAccount';
const NAMESPACE = '/Namespace';

const SOURCES: Readonly<Record<string, string>> = {
  GitRepository: SOURCE,
  OCIRepository: SOURCE,
  Bucket: SOURCE,
  HelmRepository: SOURCE,
  HelmChart: SOURCE,
  ExternalArtifact: SOURCE,
};
const FETCHED = ['GitRepository', 'OCIRepository', 'HelmRepository', 'Bucket'].map((kind) => `${SOURCE}/${kind}`);
const DATA = { ConfigMap: '', Secret: '' };
/** Kinds that an Alert or a Receiver may name. */
const WATCHED: Readonly<Record<string, string>> = {
  Bucket: SOURCE,
  GitRepository: SOURCE,
  HelmRepository: SOURCE,
  OCIRepository: SOURCE,
  ExternalArtifact: SOURCE,
  Kustomization: 'kustomize.toolkit.fluxcd.io',
  HelmRelease: 'helm.toolkit.fluxcd.io',
  ImageRepository: IMAGE,
  ImagePolicy: IMAGE,
  ImageUpdateAutomation: IMAGE,
  ArtifactGenerator: 'source.extensions.fluxcd.io',
};

/** `*` is every name, and labels choose others. */
const isByName = (_: JsonObject, reference: JsonObject): boolean =>
  reference.name !== '*' && !('matchLabels' in reference && reference.name === undefined);
const isHere = (spec: JsonObject): boolean => spec.kubeConfig === undefined || spec.kubeConfig === null;
const isThere = (spec: JsonObject): boolean => !isHere(spec);

/** What refers to what: Flux, the Flux Operator, cert-manager, RBAC, and what Kubernetes runs. */
const ROWS: readonly Row[] = [
  { of: [KUSTOMIZATION], at: 'spec.sourceRef', kinds: SOURCES, place: 'given' },
  { of: [KUSTOMIZATION, HELM_RELEASE], at: 'spec.serviceAccountName', to: ACCOUNT, name: '', when: isHere },
  {
    of: [KUSTOMIZATION, HELM_RELEASE],
    at: 'spec.serviceAccountName',
    to: ACCOUNT,
    name: '',
    remote: true,
    when: isThere,
  },
  { of: [KUSTOMIZATION, HELM_RELEASE], at: 'spec.kubeConfig.secretRef', to: SECRET, key: ['key'] },
  { of: [KUSTOMIZATION, HELM_RELEASE], at: 'spec.kubeConfig.configMapRef', to: CONFIG_MAP },
  { of: [KUSTOMIZATION], at: 'spec.decryption.secretRef', to: SECRET },
  { of: [KUSTOMIZATION], at: 'spec.decryption.serviceAccountName', to: ACCOUNT, name: '' },
  { of: [KUSTOMIZATION], at: 'spec.postBuild.substituteFrom.*', kinds: DATA },
  { of: [KUSTOMIZATION], at: 'spec.targetNamespace', to: NAMESPACE, place: 'none', name: '', when: isHere },
  { of: [HELM_RELEASE], at: 'spec.chartRef', kinds: SOURCES, place: 'given' },
  { of: [HELM_RELEASE], at: 'spec.chart.spec.sourceRef', kinds: SOURCES, place: 'given' },
  { of: [HELM_RELEASE], at: 'spec.chart.spec.verify.secretRef', to: SECRET },
  { of: [HELM_RELEASE], at: 'spec.valuesFrom.*', kinds: DATA, key: ['valuesKey', 'values.yaml'] },
  {
    of: [HELM_RELEASE],
    at: 'spec.targetNamespace',
    to: NAMESPACE,
    place: 'none',
    name: '',
    when: (spec) => isHere(spec) && (spec.install as JsonObject | null | undefined)?.createNamespace !== true,
  },
  { of: [HELM_RELEASE], at: 'spec.storageNamespace', to: NAMESPACE, place: 'none', name: '', when: isHere },

  ...['secretRef', 'certSecretRef', 'proxySecretRef', 'verify.secretRef'].map((field): Row => ({
    of: [...FETCHED, `${SOURCE}/HelmChart`, `${IMAGE}/ImageRepository`, `${NOTIFICATION}/Provider`],
    at: `spec.${field}`,
    to: SECRET,
  })),
  { of: [`${SOURCE}/Bucket`], at: 'spec.sts.secretRef', to: SECRET },
  { of: [`${SOURCE}/Bucket`], at: 'spec.sts.certSecretRef', to: SECRET },
  {
    of: [...FETCHED, `${IMAGE}/ImageRepository`, `${NOTIFICATION}/Provider`, `${OPERATOR}/ResourceSetInputProvider`],
    at: 'spec.serviceAccountName',
    to: ACCOUNT,
    name: '',
  },
  { of: [`${SOURCE}/GitRepository`], at: 'spec.include.*.repository', to: `${SOURCE}/GitRepository` },
  { of: [`${SOURCE}/HelmChart`], at: 'spec.sourceRef', kinds: SOURCES },
  { of: ['source.extensions.fluxcd.io/ArtifactGenerator'], at: 'spec.sources.*', kinds: SOURCES, place: 'given' },

  { of: [`${IMAGE}/ImagePolicy`], at: 'spec.imageRepositoryRef', to: `${IMAGE}/ImageRepository`, place: 'given' },
  {
    of: [`${IMAGE}/ImageUpdateAutomation`],
    at: 'spec.sourceRef',
    kinds: SOURCES,
    kind: 'GitRepository',
    place: 'given',
  },
  { of: [`${IMAGE}/ImageUpdateAutomation`], at: 'spec.git.commit.signingKey.secretRef', to: SECRET },

  { of: [`${NOTIFICATION}/Alert`], at: 'spec.providerRef', to: `${NOTIFICATION}/Provider` },
  { of: [`${NOTIFICATION}/Alert`], at: 'spec.eventSources.*', kinds: WATCHED, place: 'given', when: isByName },
  { of: [`${NOTIFICATION}/Receiver`], at: 'spec.secretRef', to: SECRET, key: ['', 'token'] },
  { of: [`${NOTIFICATION}/Receiver`], at: 'spec.resources.*', kinds: WATCHED, place: 'given', when: isByName },

  { of: [`${OPERATOR}/FluxInstance`], at: 'spec.sync.pullSecret', to: SECRET, name: '' },
  { of: [`${OPERATOR}/ResourceSet`], at: 'spec.serviceAccountName', to: ACCOUNT, name: '' },
  {
    of: [`${OPERATOR}/ResourceSet`],
    at: 'spec.inputsFrom.*',
    to: `${OPERATOR}/ResourceSetInputProvider`,
    when: (_, reference) => reference.name !== undefined,
  },
  { of: [`${OPERATOR}/ResourceSetInputProvider`], at: 'spec.secretRef', to: SECRET },
  { of: [`${OPERATOR}/ResourceSetInputProvider`], at: 'spec.certSecretRef', to: SECRET },

  {
    of: ['cert-manager.io/Certificate'],
    at: 'spec.issuerRef',
    kinds: { Issuer: 'cert-manager.io', ClusterIssuer: 'cert-manager.io' },
    kind: 'Issuer',
    // Issuers of other makers have a group of their own.
    when: (_, { group }) => group === undefined || group === 'cert-manager.io',
  },
  {
    of: ['admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding'],
    at: 'spec.policyName',
    to: 'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
    place: 'none',
    name: '',
  },
  {
    of: [`${RBAC}/RoleBinding`, `${RBAC}/ClusterRoleBinding`],
    at: 'roleRef',
    kinds: { Role: RBAC, ClusterRole: RBAC },
  },
  {
    of: [`${RBAC}/RoleBinding`, `${RBAC}/ClusterRoleBinding`],
    at: 'subjects.*',
    kinds: { ServiceAccount: '' },
    place: 'given',
  },
  {
    of: ['networking.k8s.io/Ingress'],
    at: 'spec.tls.*',
    to: SECRET,
    name: 'secretName',
  },
  {
    of: ['autoscaling/HorizontalPodAutoscaler'],
    at: 'spec.scaleTargetRef',
    kinds: { Deployment: 'apps', StatefulSet: 'apps', ReplicaSet: 'apps' },
  },
];

/** Where each kind that makes pods says what is in them. */
const PODS: Readonly<Record<string, string>> = {
  '/Pod': 'spec',
  'apps/Deployment': 'spec.template.spec',
  'apps/StatefulSet': 'spec.template.spec',
  'apps/DaemonSet': 'spec.template.spec',
  'apps/ReplicaSet': 'spec.template.spec',
  'batch/Job': 'spec.template.spec',
  'batch/CronJob': 'spec.jobTemplate.spec.template.spec',
};

const POD_ROWS: readonly Omit<Row, 'of'>[] = [
  { at: 'serviceAccountName', to: ACCOUNT, name: '' },
  { at: 'imagePullSecrets.*', to: SECRET },
  { at: 'volumes.*.secret', to: SECRET, name: 'secretName' },
  { at: 'volumes.*.configMap', to: CONFIG_MAP },
  { at: 'volumes.*.projected.sources.*.secret', to: SECRET },
  { at: 'volumes.*.projected.sources.*.configMap', to: CONFIG_MAP },
  { at: 'volumes.*.persistentVolumeClaim', to: '/PersistentVolumeClaim', name: 'claimName' },
  ...['containers', 'initContainers'].flatMap((containers): Omit<Row, 'of'>[] => [
    { at: `${containers}.*.envFrom.*.secretRef`, to: SECRET },
    { at: `${containers}.*.envFrom.*.configMapRef`, to: CONFIG_MAP },
    { at: `${containers}.*.env.*.valueFrom.secretKeyRef`, to: SECRET, key: ['key'] },
    { at: `${containers}.*.env.*.valueFrom.configMapKeyRef`, to: CONFIG_MAP, key: ['key'] },
  ]),
];

/** Kinds without a namespace among those that are referred to. */
export const CLUSTER_SCOPED = new Set(['ClusterIssuer', 'ClusterRole', 'Namespace', 'ValidatingAdmissionPolicy']);

/** A row, and what is the same each time that it is looked at. */
interface Looked {
  readonly row: Row;
  readonly way: readonly string[];
  readonly nameField: string;
  /** What is meant, where the reference need not say it. */
  readonly target: Target | undefined;
}

/** The rows of each kind. */
const rowsByKind: ReadonlyMap<string, readonly Looked[]> = byKind();

function byKind(): Map<string, Looked[]> {
  const map = new Map<string, Looked[]>();
  const add = (of: string, row: Row): void => {
    const slash = row.to?.lastIndexOf('/') ?? -1;
    const target = row.to === undefined ? undefined : { group: row.to.slice(0, slash), kind: row.to.slice(slash + 1) };
    const looked = { row, way: row.at.split('.'), nameField: row.name ?? 'name', target };
    map.set(of, [...(map.get(of) ?? []), looked]);
  };
  for (const row of ROWS) for (const of of row.of) add(of, row);
  for (const [of, spec] of Object.entries(PODS)) {
    for (const row of POD_ROWS) add(of, { ...row, of: [of], at: `${spec}.${row.at}` });
  }
  return map;
}

/** What an object needs of others, as its fields say it. Names that Flux or the operator fill in are left out. */
export function referencesOf(object: JsonObject): Reference[] {
  const { group, kind, namespace } = identityOf(object);
  const spec = asObject(object.spec) ?? {};
  const references: Reference[] = [];
  for (const looked of rowsByKind.get(`${group}/${kind}`) ?? []) {
    for (const [node, path] of nodesAt(object, looked.way) ?? []) {
      const reference = referenceOf(looked, node, path, spec, namespace);
      if (reference) references.push(reference);
    }
  }
  return references;
}

function referenceOf(
  { row, target: certain, nameField }: Looked,
  node: JsonValue,
  path: FieldPath,
  spec: JsonObject,
  own: string | undefined,
): Reference | undefined {
  const fields = nameField === '' ? NO_FIELDS : (asObject(node) ?? NO_FIELDS);
  const name = nameField === '' ? node : fields[nameField];
  if (typeof name !== 'string' || name === '' || isTemplate(name)) return undefined;
  if (row.when && !row.when(spec, fields)) return undefined;
  const target = certain ?? targetOf(row, fields);
  if (!target) return undefined;
  const place = CLUSTER_SCOPED.has(target.kind) ? 'none' : (row.place ?? 'own');
  const namespace = place === 'none' ? undefined : place === 'given' ? (textOf(fields.namespace) ?? own) : own;
  if (namespace !== undefined && isTemplate(namespace)) return undefined;
  return {
    group: target.group,
    kind: target.kind,
    name,
    namespace,
    field: nameField === '' ? path : [...path, nameField],
    keys: row.key === undefined ? NO_KEYS : keysOf(row.key, node, fields),
    optional: fields.optional === true,
    remote: row.remote ?? false,
  };
}

const NO_FIELDS: JsonObject = {};
const NO_KEYS: readonly string[] = [];

function keysOf([field, otherwise]: readonly [string, string?], node: JsonValue, fields: JsonObject): string[] {
  const key = textOf(field === '' ? node : fields[field]) ?? otherwise;
  return key === undefined || isTemplate(key) ? [] : [key];
}

interface Target {
  readonly group: string;
  readonly kind: string;
}

/** What the reference says that it means. */
function targetOf(row: Row, fields: JsonObject): Target | undefined {
  const kind = textOf(fields.kind) ?? row.kind;
  const group = kind === undefined ? undefined : row.kinds?.[kind];
  if (kind === undefined || group === undefined) return undefined;
  // A kind of the same name in another group is something else.
  const said = textOf(fields.apiVersion);
  return said !== undefined && groupOf(said) !== group ? undefined : { group, kind };
}

/** The places of an object that a way leads to, each with its path. */
function nodesAt(object: JsonObject, way: readonly string[]): [JsonValue, FieldPath][] | undefined {
  let node: JsonValue | undefined = object;
  // Most ways end early: an object has few of the fields that its kind may have.
  for (let i = 0; i < way.length; i++) {
    const step = way[i]!;
    if (typeof node !== 'object' || node === null) return undefined;
    if (step === '*') {
      if (!Array.isArray(node)) return undefined;
      const [before, after] = [way.slice(0, i), way.slice(i + 1)];
      return node.flatMap((item, index) =>
        nodesBelow(item, after).map(([at, path]): [JsonValue, FieldPath] => [at, [...before, index, ...path]]),
      );
    }
    if (Array.isArray(node)) return undefined;
    node = node[step];
  }
  return node === undefined || node === null ? undefined : [[node, way]];
}

function nodesBelow(item: JsonValue, way: readonly string[]): [JsonValue, FieldPath][] {
  if (way.length === 0) return item === null ? [] : [[item, []]];
  return nodesAt(item as JsonObject, way) ?? [];
}

/** True for text that something fills in before it means anything. */
export function isTemplate(text: string): boolean {
  return text.includes('${') || text.includes('<<') || text.includes('{{');
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
