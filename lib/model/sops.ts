/** True for the envelope that SOPS writes beside what it encrypted. */
export function isSopsEnvelope(sops: unknown): boolean {
  return typeof sops === 'object' && sops !== null && 'mac' in sops && 'lastmodified' in sops;
}

/** Keys of a Secret whose values stand in clear. */
export function clearKeys(secret: Record<string, unknown>): string[] {
  return ['data', 'stringData'].flatMap((field) =>
    Object.entries((secret[field] ?? {}) as Record<string, unknown>)
      .filter(([, v]) => !(typeof v === 'string' && v.startsWith('ENC[')))
      .map(([key]) => `${field}.${key}`),
  );
}
