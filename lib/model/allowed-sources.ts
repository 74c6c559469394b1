import type { JsonObject } from '../yaml/normalize.js';

/** Label of the ConfigMap that says where sources of tenants may come from. */
export const ALLOWED_SOURCES_LABEL = 'cdk8s-flux-fleet/allowed-sources';

/** Key of that ConfigMap: one prefix a line. */
const KEY = 'prefixes';

/** Two dots in any writing: a server may take them for a way out of the directory that is allowed. */
const DOTS = '([.]|%2[eE]){2}';

/** The data of the ConfigMap for these prefixes. */
export function allowedSourcesData(prefixes: readonly string[]): Record<string, string> {
  return { [KEY]: prefixes.map((prefix) => `${prefix}\n`).join('') };
}

/** The prefixes of such a ConfigMap; undefined for every other object. */
export function allowedSourcesOf(object: JsonObject): string[] | undefined {
  const { labels } = (object.metadata ?? {}) as { labels?: JsonObject };
  if (object.kind !== 'ConfigMap' || labels?.[ALLOWED_SOURCES_LABEL] === undefined) return undefined;
  const text = (object.data as JsonObject | undefined)?.[KEY];
  return typeof text === 'string' ? text.split('\n').filter((line) => line !== '') : [];
}

/** The same question as {@link ALLOWED_SOURCE_CEL}, for the synth. */
export function isAllowedSource(url: string, prefixes: readonly string[]): boolean {
  return !new RegExp(DOTS).test(url) && prefixes.some((prefix) => `${url}/`.startsWith(prefix));
}

/** The same question as {@link sourceUrl}, as CEL. An ImageRepository has no scheme. */
export const SOURCE_URL_CEL =
  "has(object.spec.url) ? object.spec.url : has(object.spec.image) ? 'oci://' + object.spec.image : ''";

/** Whether `variables.url` has a prefix of the ConfigMap `params`: with a slash behind both, names end where they seem to. */
export const ALLOWED_SOURCE_CEL = `!variables.url.matches('${DOTS}') && variables.prefixes.exists(p, (variables.url + '/').startsWith(p))`;

/** The prefixes of the ConfigMap `params`, as CEL. */
export const PREFIXES_CEL = `params.data.${KEY}.split('\\n').filter(p, p != '')`;

/** Where a source comes from, as the prefixes say it; undefined for an object that is no such source. */
export function sourceUrl({ kind, spec }: JsonObject): string | undefined {
  const { url, image } = (spec ?? {}) as JsonObject;
  if (kind === 'ImageRepository') return typeof image === 'string' ? `oci://${image}` : undefined;
  const isSource = kind === 'GitRepository' || kind === 'OCIRepository' || kind === 'HelmRepository';
  return isSource && typeof url === 'string' ? url : undefined;
}
