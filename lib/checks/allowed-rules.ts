import { didYouMean } from '../model/did-you-mean.js';
import type { Rule } from './rule.js';

/** What the code allows is a rule that there is: a misspelt one would allow nothing, and look as if it did. */
export function allowedRules(known: readonly string[]): Rule {
  return {
    id: 'allow-unknown-rule',
    title: 'What is allowed is a rule that there is.',
    *check(cluster) {
      const told = new Set<string>();
      for (const on of [...cluster.layers, ...cluster.layers.flatMap((l) => l.objects)]) {
        if (on.allowed.length === 0) continue;
        for (const { rule, reason } of on.allowed) {
          if (known.includes(rule) || told.has(rule)) continue;
          told.add(rule);
          const meant = didYouMean(rule, known);
          yield {
            on,
            what: `the rule "${rule}", which is allowed here, does not exist`,
            expected: 'the identifier of a rule, as it stands in brackets behind a message',
            given: `${rule}: ${reason}`,
            fix:
              meant === undefined
                ? 'take it out; if it is a rule of your own, name its module with --rules, or give it to the Fleet'
                : `write "${meant}"`,
          };
        }
      }
    },
  };
}
