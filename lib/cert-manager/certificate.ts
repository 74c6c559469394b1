import type { ICertificateSpec } from '@kubernetes-models/cert-manager/cert-manager.io/v1';
import type { Construct } from 'constructs';
import { Args, durationMs, show } from '../argument.js';
import { compact } from '../compact.js';
import type { DeepReadonly } from '../deep-readonly.js';
import { Manifest } from '../manifest.js';
import type { NamedObject, SecretRef } from '../reference.js';
import { defaultNamespace } from '../scope.js';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';
import { secretsOf } from './issuer-spec.js';

type Keystores = NonNullable<ICertificateSpec['keystores']>;
type PKCS12 = NonNullable<Keystores['pkcs12']>;

/** When a certificate is renewed; new in cert-manager 1.21. */
export interface CertificateRenewal {
  policy?: 'RenewBefore' | 'Disabled';
  /** The only times in which it is. */
  windows?: {
    /** When a window opens: five fields of cron. */
    cron: string;
    /** How long it stays open (Go duration). */
    windowDuration: string;
    /**
     * Time zone of `cron`, such as `Europe/Berlin`.
     *
     * @default - cert-manager's, UTC
     */
    timezone?: string;
  }[];
}

/** `Certificate.spec`: the published types, and what cert-manager 1.21 added. */
export type CertificateSpec = Omit<ICertificateSpec, 'keystores'> & {
  keystores?: Omit<Keystores, 'pkcs12'> & {
    pkcs12?: Omit<PKCS12, 'profile'> & { profile?: PKCS12['profile'] | 'Modern2026' };
  };
  renewal?: CertificateRenewal;
};

/** An issuer of ours or of others; one of a kind that is not cert-manager's own says its API group. */
export type IssuerRef = NamedObject &
  ({ readonly kind: 'Issuer' | 'ClusterIssuer' } | { readonly kind: string; readonly group: string });

/** Props of {@link Certificate}: metadata, and the fields of its spec, with the issuer as an object. */
export type CertificateProps = SpecObjectProps<Omit<CertificateSpec, 'issuerRef' | 'secretName'>> & {
  /** Who signs it: an Issuer of the same namespace, a ClusterIssuer, or one of others by `fromName`. */
  readonly issuer: IssuerRef;
  /**
   * Name of the Secret that cert-manager writes key and certificate to.
   *
   * @default - the name of the Certificate
   */
  readonly secretName?: string;
};

const HOUR = 3_600_000;
const SUBJECTS = [
  'dnsNames',
  'commonName',
  'literalSubject',
  'uris',
  'ipAddresses',
  'emailAddresses',
  'otherNames',
] as const;

/**
 * A `Certificate`: cert-manager has it signed, keeps key and certificate in a Secret, and renews it in time. Durations
 * are Go durations, such as `2160h`.
 *
 * @see https://cert-manager.io/docs/usage/certificate/
 */
export class Certificate extends SpecObject<CertificateSpec> {
  declare readonly kind: 'Certificate';
  /** The Secret that cert-manager makes, for whatever reads it in the same namespace. */
  readonly secret: SecretRef;

  /** @throws FleetError for an Issuer of another namespace, and for what cert-manager's webhook would refuse */
  constructor(scope: Construct, id: string, props: CertificateProps) {
    const { issuer, secretName = props.name ?? id, ...rest } = props;
    const args = new Args(scope, id);
    args.dnsSubdomain("'secretName'", secretName);
    checkSubject(args, rest);
    checkDurations(args, rest);
    checkNamespace(args, issuer, props.namespace ?? defaultNamespace(scope));
    const issuerRef = compact({
      ...('group' in issuer && { group: issuer.group }),
      kind: issuer.kind,
      name: issuer.name,
    });
    super(
      scope,
      id,
      'cert-manager.io/v1',
      'Certificate',
      { ...rest, issuerRef: issuerRef as never, secretName },
      // Of a foreign kind nobody knows whether it stands in a namespace.
      { refs: ['group' in issuer ? undefined : issuer, ...secretsOf(rest)] },
    );
    this.secret = { kind: 'Secret', name: secretName };
  }
}

type Spec = DeepReadonly<Omit<CertificateSpec, 'issuerRef' | 'secretName'>>;

function checkSubject(args: Args, spec: Spec): void {
  if ((spec.commonName?.length ?? 0) > 64) {
    args.fail({
      rule: 'certificate-spec',
      what: 'the commonName of the Certificate is too long',
      expected: 'at most 64 characters; dnsNames may be longer',
      given: show(spec.commonName),
    });
  }
  if (SUBJECTS.some((field) => (spec[field]?.length ?? 0) > 0)) return;
  args.fail({
    rule: 'certificate-spec',
    what: 'the Certificate is for nobody',
    expected: `at least one of ${SUBJECTS.join(', ')}`,
    given: 'none of them',
    fix: "dnsNames: ['example.com']",
  });
}

function checkDurations(args: Args, spec: Spec): void {
  const { duration = '2160h', renewBefore, renewBeforePercentage } = spec;
  args.duration('duration', duration);
  args.duration('renewBefore', renewBefore);
  for (const { windowDuration } of spec.renewal?.windows ?? []) args.duration('windowDuration', windowDuration);
  const fail = (what: string, expected: string, given: string) =>
    args.fail({ rule: 'certificate-spec', what, expected, given });
  if (durationMs(duration) < HOUR) {
    fail('the Certificate is valid for too short a time', 'a duration of at least "1h"', duration);
  }
  if (renewBefore !== undefined && renewBeforePercentage !== undefined) {
    fail('the Certificate says twice when it is renewed', 'renewBefore or renewBeforePercentage', 'both');
  }
  const whole = durationMs(duration);
  // The percentage is of the time that has passed; where nothing is said, cert-manager's two thirds are fine.
  const before =
    renewBefore === undefined ? whole * (1 - (renewBeforePercentage ?? 66) / 100) : durationMs(renewBefore);
  if (before < HOUR / 12 || before >= whole) {
    fail(
      'the Certificate cannot be renewed so long before its end',
      `from "5m" to less than "${duration}"`,
      renewBefore ?? `renewBeforePercentage: ${renewBeforePercentage}`,
    );
  }
}

function checkNamespace(args: Args, issuer: IssuerRef, namespace: string | undefined): void {
  if (!Manifest.isManifest(issuer) || issuer.kind !== 'Issuer' || issuer.namespace === namespace) return;
  args.fail({
    rule: 'issuer-namespace',
    what: `the Issuer "${issuer.name}" stands in another namespace than the Certificate`,
    expected: `an Issuer of ${namespace ?? 'the same namespace'}, or a ClusterIssuer`,
    given: issuer.namespace ?? 'an Issuer without a namespace',
    fix: 'make it a ClusterIssuer, or let the two have one namespace',
  });
}
