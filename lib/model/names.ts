const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const RFC_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** True for a DNS label as RFC 1123 has it: what a namespace is called. */
export function isDnsLabel(name: string): boolean {
  return name.length <= 63 && LABEL.test(name);
}

/** True for a DNS subdomain as RFC 1123 has it: what most objects are called. */
export function isDnsSubdomain(name: string): boolean {
  return name.length <= 253 && SUBDOMAIN.test(name);
}

/** True for a DNS label as RFC 1035 has it, which begins with a letter: what a Service is called. */
export function isServiceName(name: string): boolean {
  return name.length <= 63 && RFC_1035.test(name);
}

/** True for a name that can stand in a path: what roles and bindings are called. */
export function isPathSegment(name: string): boolean {
  return name !== '.' && name !== '..' && !/[/%]/.test(name);
}
