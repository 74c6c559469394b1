import type { IProviderSpec } from '@kubernetes-models/flux-cd/notification.toolkit.fluxcd.io/v1beta3';
import type { Construct } from 'constructs';
import { Args } from '../argument.js';
import { compact } from '../compact.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { localRef } from '../reference.js';
import type { ExternalObject, NamedObject, SecretRef } from '../reference.js';
import { SpecObject } from '../spec-object.js';

/** A Provider of ours or of others. */
export type ProviderRef = NamedObject & { readonly kind: 'Provider'; readonly namespace?: string | undefined };

/** A service that events can be sent to; `otel` is newer than the published types. */
export type ProviderType = IProviderSpec['type'] | 'otel';

/** Props of {@link Provider}. */
export interface ProviderProps extends NamespacedObjectMeta {
  /**
   * The service.
   *
   * @see https://fluxcd.io/flux/components/notification/providers/#type
   */
  readonly type: ProviderType;
  /**
   * Where the service is; a webhook whose address is itself a secret belongs into the Secret, as its key `address`.
   *
   * @default - the key `address` of the Secret
   */
  readonly address?: string;
  /** The channel, room, topic or environment there. */
  readonly channel?: string;
  /** The name that messages are sent under. */
  readonly username?: string;
  /**
   * Credentials, in the namespace of the Provider: `token`, `address`, `username` and `password`, `headers`.
   *
   * @see https://fluxcd.io/flux/components/notification/providers/#secret-reference
   */
  readonly secretRef?: SecretRef;
  /** TLS certificates, in the namespace of the Provider. */
  readonly certSecretRef?: SecretRef;
  /** Proxy settings, in the namespace of the Provider. */
  readonly proxySecretRef?: SecretRef;
  /** Service account for workload identity, in the namespace of the Provider. */
  readonly serviceAccountName?: string;
  /** CEL that names the commit status, for Git hosts only. */
  readonly commitStatusExpr?: string;
  /**
   * How long sending may take, a Go duration.
   *
   * @default - Flux's, 15s
   */
  readonly timeout?: string;
  /**
   * Stops sending; written only when true, so that a `flux suspend` on the cluster is not undone.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/** What notification-controller cannot do without; everything else it may find in the Secret, or need not have. */
const NEEDS_SECRET = new Set<ProviderType>([
  'bitbucket',
  'bitbucketserver',
  'datadog',
  'generic-hmac',
  'gitea',
  'giteapullrequestcomment',
  'github',
  'githubdispatch',
  'githubpullrequestcomment',
  'gitlab',
  'gitlabmergerequestcomment',
  'opsgenie',
  'telegram',
]);
const NEEDS_CHANNEL = new Set<ProviderType>(['googlepubsub', 'nats', 'telegram', 'zulip']);
const NEEDS_NO_ADDRESS = new Set<ProviderType>(['telegram']);
const SETS_COMMIT_STATUS = new Set<ProviderType>([
  'azuredevops',
  'bitbucket',
  'bitbucketserver',
  'gitea',
  'github',
  'gitlab',
]);

/** Addresses that whoever knows them can send to, or log in with. */
const SECRET_ADDRESSES = [
  /^https:\/\/hooks\.slack\.com[:/]/i,
  /^https:\/\/([a-z]+\.)?discord(app)?\.com\/api(\/v\d+)?\/webhooks\//i,
  /^https:\/\/[^/]+\.webhook\.office\.com\//i,
  /^https:\/\/chat\.googleapis\.com\/.*[?&]token=/i,
  /^https:\/\/open\.(feishu\.cn|larksuite\.com)\/open-apis\/bot\//i,
  // The signature of a workflow of Azure and of Power Automate.
  /[?&]sig=/,
  /[;?&]SharedAccessKey=/,
  /^[a-z]+:\/\/[^/@]*:[^/@]+@/,
];

/**
 * A `Provider` of notification.toolkit.fluxcd.io/v1beta3: where alerts are sent, such as a chat or the commit status of
 * a Git host.
 *
 * @see https://fluxcd.io/flux/components/notification/providers/
 */
export class Provider extends SpecObject<Record<string, unknown>> {
  declare readonly kind: 'Provider';

  /** A Provider that others make, in the namespace of its user; it is referred to and declared, never emitted. */
  static fromName(name: string): ProviderRef & ExternalObject {
    return { kind: 'Provider', name };
  }

  /** @throws FleetError for an address in clear that is a credential, and where the type needs what is not said */
  constructor(scope: Construct, id: string, props: ProviderProps) {
    const args = new Args(scope, id);
    checkFields(args, props);
    checkAddress(args, props.address);
    const { secretRef, certSecretRef, proxySecretRef, ...fields } = props;
    super(
      scope,
      id,
      'notification.toolkit.fluxcd.io/v1beta3',
      'Provider',
      compact({
        ...fields,
        secretRef: localRef(secretRef),
        certSecretRef: localRef(certSecretRef),
        proxySecretRef: localRef(proxySecretRef),
      }),
      { refs: [secretRef, certSecretRef, proxySecretRef] },
    );
  }
}

function checkFields(args: Args, { type, address, channel, secretRef, commitStatusExpr }: ProviderProps): void {
  const missing = [
    ...(address === undefined && secretRef === undefined && !NEEDS_NO_ADDRESS.has(type) ? ['address'] : []),
    ...(secretRef === undefined && NEEDS_SECRET.has(type) ? ['secretRef'] : []),
    ...(channel === undefined && NEEDS_CHANNEL.has(type) ? ['channel'] : []),
  ];
  if (missing.length > 0) {
    args.fail({
      rule: 'provider-fields',
      what: `a Provider of type ${type} sends nothing without ${missing.join(' and ')}`,
      expected: missing.includes('address')
        ? 'an address, here or as the key "address" of secretRef'
        : missing.join(', '),
      given: 'nothing',
      fix: missing.includes('channel')
        ? undefined
        : "make a Secret on the cluster, and say secretRef: Secret.fromName('…')",
    });
  }
  if (commitStatusExpr === undefined || SETS_COMMIT_STATUS.has(type)) return;
  args.fail({
    rule: 'provider-fields',
    what: `a Provider of type ${type} sets no commit status`,
    expected: `commitStatusExpr only for ${[...SETS_COMMIT_STATUS].join(', ')}`,
    given: 'commitStatusExpr',
  });
}

/** The address itself is not repeated: errors end up in the logs of CI. */
function checkAddress(args: Args, address: string | undefined): void {
  if (address === undefined || !SECRET_ADDRESSES.some((pattern) => pattern.test(address))) return;
  args.fail({
    rule: 'provider-address',
    what: 'the address of this Provider is a credential, and would stand in the repository in clear',
    expected: 'the key "address" of a Secret, which secretRef names',
    given: 'an address, not shown',
    fix: "take it out of the code, and say secretRef: Secret.fromName('…', ['address']); then make a new webhook, if this one was committed",
  });
}
