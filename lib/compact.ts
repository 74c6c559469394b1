/** A copy without the keys whose value is undefined, so that a spec shows only what was said. */
export function compact<T extends object>(spec: T): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([, v]) => v !== undefined));
}
