import { RULE_GROUPS, RULES } from '../../lib/checks/index.js';
import { corpusCases, readCase } from '../../test/support/corpus.js';
import { versionOf } from '../environment/binaries.js';
import { releaseOf } from '../environment/modules.js';
import { NOT_BROUGHT, NOT_SHOWN, NOT_SHOWN_CASES } from './not-shown.js';
import { keyOf, pageOf } from './page.js';
import type { Part, Row, Sayings } from './page.js';
import { SAID } from './said/index.js';
import type { Word } from './word.js';

/** What is found in a case: the rule, and its message. */
export interface Expected {
  readonly rule: string;
  readonly what: string;
}

/** What the rules find in a case, in the order of its section `expected`. */
export function expectedOf(name: string): Expected[] {
  const lines = (readCase(name).expected ?? '').split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [, rule, what] = /^\w+ (\S+) \S+ (.*)$/.exec(line)!;
    return { rule: rule!, what: what! };
  });
}

/** Names of the cases that are brought on a cluster. */
export function broughtCases(): string[] {
  return corpusCases().filter((name) => NOT_BROUGHT[name] === undefined);
}

/** Why nothing is said of a finding, where that is so. */
export function reasonFor(name: string, rule: string): string | undefined {
  return NOT_BROUGHT[name] ?? NOT_SHOWN_CASES[name] ?? NOT_SHOWN[rule];
}

/** The words that a cluster is expected to say of a case: one for each finding, in their order. */
export function wordsOf(name: string): readonly Word[] {
  const own = SAID[name]?.words;
  return own ?? expectedOf(name).map(({ rule }) => ({ unheard: reasonFor(name, rule) ?? 'nobody has looked' }));
}

/** The page, with what the cluster is known to say. */
export function pageWith(said: Sayings): string {
  const rows = new Map<string, Row[]>();
  for (const name of corpusCases()) {
    const words = wordsOf(name);
    for (const [n, { rule, what }] of expectedOf(name).entries()) {
      const word = words[n]!;
      if (!rows.has(rule)) rows.set(rule, []);
      rows.get(rule)!.push({
        case: name,
        what,
        said: 'unheard' in word ? undefined : said.get(keyOf(name, what)),
        ...('unheard' in word && { unheard: word.unheard }),
      });
    }
  }
  const partOf = (rule: string): Part[] => (rule in NOT_SHOWN ? [] : [{ rule, rows: rows.get(rule) ?? [] }]);
  const groups: Record<string, readonly Part[]> = {};
  for (const [group, rules] of Object.entries(RULE_GROUPS)) groups[group] = rules.flatMap(({ id }) => partOf(id));
  const ids = RULES.map(({ id }) => id);
  const notShown = Object.entries(NOT_SHOWN).sort(([a], [b]) => ids.indexOf(a) - ids.indexOf(b));
  return pageOf({
    flux: releaseOf('flux'),
    kubernetes: versionOf('k8s.io/kubernetes').slice(1),
    groups,
    notShown: Object.fromEntries(notShown),
  });
}
