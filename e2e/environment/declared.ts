import type { DeclaredObject } from '../../lib/read/declarations.js';
import type { KubeObject } from './api.js';
import { syncObjects } from './flux-manifests.js';

/** Where a Kustomization that is made by hand takes what it applies. */
export const BY_HAND = 'https://github.com/somebody/by-hand';

const PULLED = { url: BY_HAND, ref: { branch: 'main' }, path: './' };

/**
 * What a cluster's declarations say is there although no file has it, as somebody would have made it, and the namespaces
 * for it; keys of ConfigMaps and Secrets have the values of the variables that are called like them.
 */
export function declaredObjects(
  exists: readonly DeclaredObject[],
  variables: Readonly<Record<string, string>> = {},
): KubeObject[] {
  const namespaces = new Set(exists.flatMap(({ namespace }) => namespace ?? []));
  return [
    ...[...namespaces].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...exists.flatMap((object) => objectsOf(object, variables)),
  ];
}

function objectsOf(
  { kind, name, namespace, keys = [] }: DeclaredObject,
  variables: Readonly<Record<string, string>>,
): KubeObject[] {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  if (kind === 'Secret' || kind === 'ConfigMap') {
    const data = Object.fromEntries(keys.map((key) => [key, variables[key] ?? 'text']));
    return [{ apiVersion: 'v1', kind, metadata, ...(kind === 'Secret' ? { stringData: data } : { data }) }];
  }
  if (kind === 'Provider') {
    const spec = { type: 'generic', address: 'http://127.0.0.1:9' };
    return [{ apiVersion: 'notification.toolkit.fluxcd.io/v1beta3', kind, metadata, spec }];
  }
  if (kind === 'ValidatingAdmissionPolicy') {
    const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] };
    const spec = { matchConstraints: { resourceRules: [everything] }, validations: [{ expression: 'true' }] };
    return [{ apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata, spec }];
  }
  if (kind === 'Namespace') return [{ apiVersion: 'v1', kind, metadata }];
  if (kind === 'ServiceAccount') return [{ apiVersion: 'v1', kind, metadata }];
  if (kind === 'ClusterIssuer') return [{ apiVersion: 'cert-manager.io/v1', kind, metadata, spec: { selfSigned: {} } }];
  if (kind === 'ClusterSecretStore') return [{ apiVersion: 'external-secrets.io/v1', kind, metadata, spec: {} }];
  if (kind === 'Kustomization') return syncObjects({ ...PULLED, name, namespace });
  throw new Error(`how is a ${kind} made?`);
}
