import type { IReceiverSpec } from '@kubernetes-models/flux-cd/notification.toolkit.fluxcd.io/v1';
import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { compact } from '../compact.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { localRef } from '../reference.js';
import type { SecretRef } from '../reference.js';
import { defaultNamespace } from '../scope.js';
import { SpecObject } from '../spec-object.js';
import { fluxObjectEntry } from './flux-object.js';
import type { FluxObjectEntry, FluxObjectRef } from './flux-object.js';

/** How a caller without a shared secret proves who it is; new in Flux 2.9. */
export interface OIDCProvider {
  readonly issuerURL: string;
  readonly audience?: string;
  /** CEL variables over the token's claims. */
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  /** CEL that must hold, and what the caller is told where it does not. */
  readonly validations: readonly { readonly expression: string; readonly message: string }[];
}

/** Objects that are reconciled only for some requests; new in Flux 2.9. */
export interface FilteredResource {
  readonly on: FluxObjectRef;
  /** CEL over the request and the object. */
  readonly filter: string;
}

/** Props of {@link Receiver}. */
export interface ReceiverProps extends NamespacedObjectMeta {
  /**
   * Who calls.
   *
   * @see https://fluxcd.io/flux/components/notification/receivers/#type
   */
  readonly type: IReceiverSpec['type'] | 'generic-oidc';
  /**
   * What is reconciled at once; a layer means its Kustomization in flux-system. Under lockdown all are of the
   * receiver's own namespace. The name `*` needs `matchLabels`.
   *
   * @see https://fluxcd.io/flux/components/notification/receivers/#resources
   */
  readonly resources: readonly (FluxObjectRef | FilteredResource)[];
  /** Events that count, as the caller names them; for GitHub, GitLab, Bitbucket, CDEvents and others. */
  readonly events?: readonly string[];
  /** The shared secret, with the key `token`; every type but `generic-oidc` needs one. */
  readonly secretRef?: SecretRef;
  /** Whose tokens are taken in place of a shared secret, for `generic-oidc`; new in Flux 2.9. */
  readonly oidcProviders?: readonly OIDCProvider[];
  /** CEL over the request and each object; only objects for which it holds are reconciled. */
  readonly resourceFilter?: string;
  /**
   * How often the webhook itself is looked after, a Go duration.
   *
   * @default - Flux's, 10m
   */
  readonly interval?: string;
  /**
   * Stops receiving; written only when true, so that a `flux suspend` on the cluster is not undone.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/** Kinds whose apiVersion notification-controller does not know by itself. */
const API_VERSIONS: Readonly<Record<string, string>> = {
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  HelmRelease: 'helm.toolkit.fluxcd.io/v2',
  ImagePolicy: 'image.toolkit.fluxcd.io/v1',
  ImageUpdateAutomation: 'image.toolkit.fluxcd.io/v1',
  ExternalArtifact: 'source.toolkit.fluxcd.io/v1',
};

/**
 * A `Receiver` of notification.toolkit.fluxcd.io/v1: a webhook that makes Flux reconcile at once.
 *
 * @see https://fluxcd.io/flux/components/notification/receivers/
 */
export class Receiver extends SpecObject<Record<string, unknown>> {
  declare readonly kind: 'Receiver';

  /** @throws FleetError where callers need not prove who they are, without resources, or for `*` without labels */
  constructor(scope: Construct, id: string, props: ReceiverProps) {
    const args = new Args(scope, id);
    checkCallers(args, props);
    const namespace = props.namespace ?? defaultNamespace(scope);
    const { resources, secretRef, ...fields } = props;
    checkResources(args, resources);
    const entries = resources.map((r) => resourceEntry(args, r, namespace));
    super(
      scope,
      id,
      'notification.toolkit.fluxcd.io/v1',
      'Receiver',
      compact({ ...fields, secretRef: localRef(secretRef), resources: entries.map((e) => e.entry) }),
      { refs: [secretRef, ...entries.flatMap((e) => e.refs)] },
    );
  }
}

function checkResources(args: Args, resources: ReceiverProps['resources']): void {
  if (resources.length > 0) return;
  args.fail({
    rule: 'receiver-resources',
    what: 'this Receiver has no resources, so it would reconcile nothing',
    expected: 'at least one object',
    given: '[]',
  });
}

function resourceEntry(
  args: Args,
  resource: FluxObjectRef | FilteredResource,
  namespace: string | undefined,
): FluxObjectEntry {
  const { on, filter } = 'on' in resource ? resource : { on: resource, filter: undefined };
  const { entry, refs } = fluxObjectEntry(args, on, namespace);
  if (entry.name === '*' && !('matchLabels' in entry)) {
    args.fail({
      rule: 'receiver-resources',
      what: `this Receiver would reconcile every ${entry.kind} of a namespace`,
      expected: 'a name, or matchLabels besides the name "*"',
      given: show(entry),
      fix: 'say which ones: matchLabels: { … }',
    });
  }
  return { entry: { ...entry, ...compact({ apiVersion: API_VERSIONS[entry.kind], filter }) }, refs };
}

/** The rules of the CRD: a shared secret, or tokens. */
function checkCallers(args: Args, { type, secretRef, oidcProviders = [] }: ReceiverProps): void {
  const byToken = type === 'generic-oidc';
  if (byToken === oidcProviders.length > 0 && byToken === (secretRef === undefined)) return;
  args.fail({
    rule: 'receiver-callers',
    what: `a Receiver of type ${type} does not know its callers in the right way`,
    expected: byToken ? 'oidcProviders and no secretRef' : 'secretRef and no oidcProviders',
    given:
      [...(secretRef ? ['secretRef'] : []), ...(oidcProviders.length > 0 ? ['oidcProviders'] : [])].join(', ') ||
      'neither',
    fix: byToken ? undefined : "make a Secret with a random token on the cluster: Secret.fromName('…', ['token'])",
  });
}
