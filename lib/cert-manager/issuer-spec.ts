import type { IIssuerSpec } from '@kubernetes-models/cert-manager/cert-manager.io/v1';
import type { Args } from '../argument.js';
import type { DeepReadonly } from '../deep-readonly.js';
import type { ExternalObject } from '../reference.js';

type ACME = NonNullable<IIssuerSpec['acme']>;
type Vault = NonNullable<IIssuerSpec['vault']>;
type Venafi = NonNullable<IIssuerSpec['venafi']>;

/** `spec` of an issuer: the published types, and what cert-manager 1.21 added. */
export type IssuerSpec = Omit<IIssuerSpec, 'acme' | 'vault' | 'venafi'> & {
  /** Certificates of an ACME server, such as Let's Encrypt. */
  acme?: Omit<ACME, 'solvers'> & {
    solvers?: (NonNullable<ACME['solvers']>[number] & {
      /** How long to wait for the challenge to be visible, in place of looking (Go duration). */
      waitInsteadOfSelfCheck?: string;
    })[];
  };
  /** Certificates of a Vault PKI. */
  vault?: Omit<Vault, 'auth'> & {
    auth: Vault['auth'] & {
      /** Authenticates by AWS IAM. */
      aws?: {
        mountPath?: string;
        role: string;
        region?: string;
        serviceAccountRef?: { name: string; audiences?: string[] };
        iamRoleArn?: string;
        vaultHeaderValue?: string;
      };
    };
  };
  /** Certificates of CyberArk Certificate Manager, formerly Venafi. */
  venafi?: Venafi & {
    ngts?: { url?: string; tokenEndpoint?: string; tsgID: string; credentialsRef: { name: string } };
  };
};

const TYPES = ['acme', 'ca', 'selfSigned', 'vault', 'venafi'] as const;

/** Checks what the CRD leaves to cert-manager's webhook: an issuer is of one type. */
export function checkIssuerSpec(args: Args, spec: DeepReadonly<IssuerSpec>): void {
  const given = TYPES.filter((type) => spec[type] !== undefined);
  if (given.length !== 1) {
    args.fail({
      rule: 'issuer-spec',
      what: given.length === 0 ? 'the issuer says no type' : 'the issuer is of several types',
      expected: `one of ${TYPES.join(', ')}`,
      given: given.join(', ') || 'nothing',
      fix: given.length === 0 ? 'for a test: selfSigned: {}' : 'make an issuer for each',
    });
  }
  for (const { waitInsteadOfSelfCheck } of spec.acme?.solvers ?? []) {
    args.duration('waitInsteadOfSelfCheck', waitInsteadOfSelfCheck);
  }
}

interface Fields {
  readonly [field: string]: unknown;
}

/**
 * The Secrets that have to exist for a spec of cert-manager's. Not those that cert-manager makes itself, such as the key
 * of an ACME account, and not what the `config` of a webhook names: only the webhook knows what that means.
 */
export function secretsOf(spec: object, namespace?: string): ExternalObject[] {
  const makesKey = !(spec as Fields).disableAccountKeyGeneration;
  return Object.entries(spec).flatMap(([field, value]: [string, unknown]) => {
    if (typeof value !== 'object' || value === null) return [];
    if (field === 'config' || (field === 'privateKeySecretRef' && makesKey)) return [];
    const { name, key, secretName } = value as Fields;
    if (/[sS]ecretRef$|^credentialsRef$/.test(field)) return secret(name, key, namespace);
    const own = field === 'ca' || field === 'clientCertificate' ? secret(secretName, undefined, namespace) : [];
    return [...own, ...secretsOf(value, namespace)];
  });
}

function secret(name: unknown, key: unknown, namespace: string | undefined): ExternalObject[] {
  // The CRDs want some references even where none is meant, so an empty name is none.
  if (typeof name !== 'string' || name === '') return [];
  const keys = typeof key === 'string' ? [key] : undefined;
  return [{ kind: 'Secret', name, ...(namespace !== undefined && { namespace }), ...(keys && { keys }) }];
}
