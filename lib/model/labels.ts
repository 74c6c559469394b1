/** A name, or the value of a label: up to 63 characters. */
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** True for the key of a label or annotation: `name`, or `example.com/name`. What Flux substitutes is not known here. */
export function isQualifiedName(key: string): boolean {
  if (key.includes('${')) return true;
  const slash = key.indexOf('/');
  return NAME.test(key.slice(slash + 1)) && (slash === -1 || PREFIX.test(key.slice(0, slash)));
}

/** True for the value of a label, also one that Flux substitutes. */
export function isLabelValue(value: unknown): boolean {
  return typeof value === 'string' && (value === '' || value.includes('${') || NAME.test(value));
}
