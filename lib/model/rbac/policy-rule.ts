/** What a role allows, as Kubernetes writes it; a list that is not there is empty. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  /** Plurals, with a subresource behind a slash: `pods`, `pods/exec`, `*`, `*\/scale`. */
  readonly resources: readonly string[];
  /** Names that it is for; all where there are none. */
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** What somebody wants to do with objects of a kind. */
export interface ResourceRequest {
  readonly verb: string;
  readonly group: string;
  /** The plural, with a subresource behind a slash. */
  readonly resource: string;
  /** Undefined for what has no namespace, and for all namespaces. */
  readonly namespace?: string | undefined;
  /** Undefined where no name is in the request: lists, and objects that are created by POST. */
  readonly name?: string | undefined;
}

/** Something else that is asked of the API server, such as `/metrics`. */
export interface PathRequest {
  readonly verb: string;
  readonly path: string;
}

/** A rule from an object's data; what is no list of strings counts as an empty one. */
export function policyRule(data: unknown): PolicyRule {
  const given = (typeof data === 'object' && data !== null ? data : {}) as Readonly<Record<string, unknown>>;
  const list = (field: string): readonly string[] =>
    Array.isArray(given[field]) ? given[field].filter((item) => typeof item === 'string') : [];
  return {
    verbs: list('verbs'),
    apiGroups: list('apiGroups'),
    resources: list('resources'),
    resourceNames: list('resourceNames'),
    nonResourceURLs: list('nonResourceURLs'),
  };
}

/** Whether a rule allows a request, as the API server decides it; the place of its binding is not looked at. */
export function ruleAllows(rule: PolicyRule, request: ResourceRequest | PathRequest): boolean {
  if (!rule.verbs.includes('*') && !rule.verbs.includes(request.verb)) return false;
  if ('path' in request) return rule.nonResourceURLs.some((url) => urlCovers(url, request.path));
  return (
    (rule.apiGroups.includes('*') || rule.apiGroups.includes(request.group)) &&
    rule.resources.some((resource) => resourceCovers(resource, request.resource)) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(request.name ?? ''))
  );
}

/**
 * What the second rules allow and the first do not, each part with one verb, one resource and one name: what the API
 * server lists when it refuses a role as an escalation.
 */
export function notCovered(owned: readonly PolicyRule[], granted: readonly PolicyRule[]): PolicyRule[] {
  return granted.flatMap(parts).filter((part) => !owned.some((rule) => ruleCovers(rule, part)));
}

/** A rule in parts that each allow one thing. */
function parts(rule: PolicyRule): PolicyRule[] {
  const none = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
  const names = rule.resourceNames.length > 0 ? rule.resourceNames.map((name) => [name]) : [[]];
  return rule.verbs.flatMap((verb) => [
    ...rule.apiGroups.flatMap((group) =>
      rule.resources.flatMap((resource) =>
        names.map((resourceNames) => ({
          ...none,
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          resourceNames,
        })),
      ),
    ),
    ...rule.nonResourceURLs.map((url) => ({ ...none, verbs: [verb], nonResourceURLs: [url] })),
  ]);
}

/** Whether a rule covers a part of another. A wildcard is covered by a wildcard only. */
function ruleCovers(owner: PolicyRule, part: PolicyRule): boolean {
  return (
    covers(owner.verbs, part.verbs) &&
    covers(owner.apiGroups, part.apiGroups) &&
    part.resources.every((resource) => owner.resources.some((own) => resourceCovers(own, resource))) &&
    (owner.resourceNames.length === 0 ||
      (part.resourceNames.length > 0 && part.resourceNames.every((name) => owner.resourceNames.includes(name)))) &&
    part.nonResourceURLs.every((url) => owner.nonResourceURLs.some((own) => urlCovers(own, url)))
  );
}

function covers(owner: readonly string[], part: readonly string[]): boolean {
  return owner.includes('*') || part.every((value) => owner.includes(value));
}

function resourceCovers(rule: string, resource: string): boolean {
  if (rule === '*' || rule === resource) return true;
  const slash = resource.indexOf('/');
  return slash !== -1 && rule === `*${resource.slice(slash)}`;
}

function urlCovers(rule: string, path: string): boolean {
  return rule === path || (rule.endsWith('*') && path.startsWith(rule.replace(/\*+$/, '')));
}
