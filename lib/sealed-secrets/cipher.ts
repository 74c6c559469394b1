/** Bytes of AES-GCM's tag, which follows even an empty value. */
const TAG = 16;
/** Bytes of an RSA cipher with a key of 1024 bits; Go refuses shorter keys. */
const SHORTEST_RSA = 128;

/**
 * True for what kubeseal writes as a value: base64 of the length of the RSA cipher in two bytes, that cipher, and the value
 * in AES-GCM. Whether the cluster's key opens it, only the cluster can say.
 *
 * @see https://github.com/bitnami-labs/sealed-secrets/blob/main/docs/developer/crypto.md
 */
export function isCipher(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  // Go's decoder skips line ends too.
  const text = value.replace(/[\r\n]/g, '');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < 2 || bytes.toString('base64') !== text) return false;
  const rsa = bytes.readUInt16BE();
  return rsa >= SHORTEST_RSA && bytes.length >= 2 + rsa + TAG;
}
