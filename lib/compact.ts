/** A copy without the keys whose value is undefined, so that a spec shows only what was said. */
export function compact<T extends object>(spec: T): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const given = spec as Record<string, unknown>;
  for (const key of Object.keys(given)) if (given[key] !== undefined) result[key] = given[key];
  return result;
}
