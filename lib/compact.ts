/** A copy without the keys whose value is undefined, so that a spec shows only what was said. */
export function compact<T extends object>(spec: T): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(spec)) if (value !== undefined) result[key] = value;
  return result;
}
