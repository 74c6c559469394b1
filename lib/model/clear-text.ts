/** `${VARIABLE}`, with a default or without; its name, and the default. */
const VARIABLE = /^\$\{[A-Za-z_]\w*(?::?[-=](?<fallback>[^}]*))?\}$/;

/**
 * True for a value that everybody may read although it stands where a secret stands: nothing, what SOPS encrypted, or a
 * variable that Flux puts there on the cluster.
 */
export function isPublic(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value !== 'string') return false;
  const text = value.trim();
  if (text === '' || text.includes('ENC[AES256_GCM,')) return true;
  const variable = VARIABLE.exec(text);
  return variable !== null && (variable.groups?.['fallback'] ?? '') === '';
}
