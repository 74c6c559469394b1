/** Leaves objects alone that are being deleted: what was there before a policy must be able to lose its finalizers. */
export const NOT_BEING_DELETED = {
  name: 'not-being-deleted',
  expression: '!has(object.metadata.deletionTimestamp)',
};

/** The default reason, Invalid, is what kustomize-controller takes for an immutable field: with force it would delete. */
export const REASON = 'Forbidden';
