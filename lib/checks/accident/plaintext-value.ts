import { isPublic } from '../../model/clear-text.js';
import type { FieldPath } from '../../model/cluster-model.js';
import type { JsonValue } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** Keys that hold nothing but a secret, in the charts that people use; a key that only contains such a word is none. */
const SECRET_KEYS: ReadonlySet<string> = new Set(
  [
    ...['password', 'adminPassword', 'rootPassword', 'userPassword', 'replicationPassword', 'sentinelPassword'],
    ...['postgresPassword', 'postgresqlPassword', 'mysqlPassword', 'mariadbPassword', 'redisPassword'],
    ...['mongodbPassword', 'rabbitmqPassword', 'smtpPassword', 'dbPassword', 'databasePassword', 'erlangCookie'],
    ...['secretAccessKey', 'aws_secret_access_key', 'awsSecretAccessKey', 'clientSecret', 'client_secret'],
    ...['apiKey', 'apiToken', 'authToken', 'accessToken', 'bearerToken', 'privateKey', 'jwtSecret', 'cookieSecret'],
    ...['encryptionKey', 'secretKey', 'token'],
  ].map((key) => key.toLowerCase()),
);

/** Beginnings of texts by which another program finds the secret, and templates of charts. */
const REFERENCE = /\{\{|\$\(|\$__|\$\{|^(?:vault:|ref\+|secret:|env:|file:|op:\/\/|<path:|\/)/;

/**
 * No password stands among the values of a HelmRelease: everybody who reads the repository reads it, and it lies on the
 * cluster in an object that is no Secret.
 */
export const plaintextValue: Rule = {
  id: 'plaintext-value',
  title: 'No password stands among Helm values in clear.',
  severity: 'warning',
  *check(cluster) {
    for (const { on, object } of cluster.ofKind('helm.toolkit.fluxcd.io', 'HelmRelease')) {
      const { values } = (object.spec ?? {}) as { values?: JsonValue };
      const clear = [...clearIn(values ?? null, [])];
      if (clear.length === 0) continue;
      yield {
        on,
        what: `${nameOf(on)} has a secret among its values, in clear: everyone who reads the repository has it`,
        expected: 'valuesFrom with an encrypted Secret, or the name of a Secret that the chart reads (existingSecret)',
        given: clear.map((path) => `spec.values.${path.join('.')}`).join(', '),
        fix: 'move it into a Secret and change it, for Git keeps what it was; where it may be public, allow it with a reason',
        field: ['spec', 'values', ...clear[0]!],
      };
    }
  },
};

function* clearIn(value: JsonValue, path: FieldPath): Generator<FieldPath> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    const below = [...path, Array.isArray(value) ? Number(key) : key];
    if (typeof child === 'object') yield* clearIn(child, below);
    else if (isSecret(key, child) && !namesSecret(value)) yield below;
  }
}

function isSecret(key: string, value: JsonValue): boolean {
  return SECRET_KEYS.has(key.toLowerCase()) && typeof value === 'string' && !isPublic(value) && !REFERENCE.test(value);
}

/** True for what says where a secret is, as an entry of an ExternalSecret does: `secretKey` is a name there. */
function namesSecret(siblings: object): boolean {
  return ['remoteRef', 'sourceRef', 'secretName', 'secretKeyRef', 'existingSecret', 'valueFrom'].some((key) => {
    const value = (siblings as Record<string, unknown>)[key];
    return value !== undefined && value !== null && value !== '';
  });
}
