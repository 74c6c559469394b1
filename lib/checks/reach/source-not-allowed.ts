import { groupBy } from '../../group-by.js';
import { allowedSourcesOf, isAllowedSource, sourceUrl } from '../../model/allowed-sources.js';
import { identityOf, isKind } from '../../model/identity.js';
import { TENANT_LABEL } from '../../scope.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** Sources in namespaces of tenants come from where the cluster's own admission policy allows it. */
export const sourceNotAllowed: Rule = {
  id: 'source-not-allowed',
  title: 'Sources of tenants come from where the cluster allows it.',
  *check(cluster) {
    for (const layers of groupBy(cluster.layers, (l) => l.target).values()) {
      const all = layers.flatMap((l) => l.objects);
      const lists = all.map((o) => allowedSourcesOf(o.object)).filter((list) => list !== undefined);
      if (lists.length === 0) continue;
      const tenants = new Set(all.filter((o) => isTenant(o.object)).map((o) => identityOf(o.object).name));
      for (const on of all) {
        const url = sourceUrl(on.object);
        // What is substituted on the cluster is judged there.
        if (url === undefined || url.includes('${') || !tenants.has(identityOf(on.object).namespace ?? '')) continue;
        for (const prefixes of lists.filter((list) => !mayAllow(url, list))) {
          yield {
            on,
            what: `${nameOf(on)} comes from where tenants of ${cluster.label} may not take sources`,
            expected: `an address below ${prefixes.join(', ')}`,
            given: url,
            fix: 'take it from there, or add its prefix to allowedSources',
          };
        }
      }
    }
  },
};

/** What is substituted on the cluster may be any prefix. */
function mayAllow(url: string, prefixes: readonly string[]): boolean {
  return isAllowedSource(url, prefixes) || prefixes.some((prefix) => prefix.includes('${'));
}

function isTenant(object: Readonly<Record<string, unknown>>): boolean {
  const { labels } = (object.metadata ?? {}) as { labels?: Record<string, unknown> };
  return isKind(object, '', 'Namespace') && labels?.[TENANT_LABEL] !== undefined;
}
