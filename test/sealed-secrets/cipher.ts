import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A value as kubeseal seals it. */
export function seal(value: string, label: string): string {
  const key = randomBytes(32);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const rsa = publicEncrypt({ key: publicKey, padding, oaepHash: 'sha256', oaepLabel: Buffer.from(label) }, key);
  const aes = createCipheriv('aes-256-gcm', key, Buffer.alloc(12));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(rsa.length);
  return Buffer.concat([length, rsa, aes.update(value), aes.final(), aes.getAuthTag()]).toString('base64');
}

/** What looks like one, always the same, and as short as can be. */
export function cipher(): string {
  return Buffer.concat([Buffer.from([0, 128]), Buffer.alloc(128 + 16, 7)]).toString('base64');
}
