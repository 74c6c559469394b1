import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { RULES } from '../checks/index.js';
import type { Rule, RuleFinding } from '../checks/rule.js';
import type { ClusterState } from '../model/cluster-state.js';
import { FleetError, isFleetError } from '../finding.js';
import { importModule } from './load.js';

/**
 * Loads a module, and gives the rules that it exports, one by one or in lists.
 *
 * @throws FleetError where there is no such module, where it throws, and where what it exports are no rules
 */
export async function loadRules(file: string): Promise<Rule[]> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw broken('the module of rules is not there', 'a TypeScript or JavaScript module', file);
  }
  let module: Record<string, unknown>;
  try {
    module = await importModule(resolve(file));
  } catch (e) {
    throw broken('the module of rules cannot be loaded', 'a module that runs', `${file}: ${messageOf(e)}`);
  }
  const exported = [...new Set(Object.values(module).flat())];
  const rules = exported.filter(isRule);
  if (rules.length === 0) {
    throw broken('the module exports no rule', 'an object with `id` and `*check(cluster)`', file);
  }
  const taken = new Set(RULES.map((r) => r.id));
  for (const { id } of rules) {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
      throw broken('a rule has no identifier that can be allowed', 'words in kebab-case, such as "team-label"', id);
    }
    if (taken.has(id)) throw broken('a rule has the identifier of another', 'an identifier of its own', id);
    taken.add(id);
  }
  return rules.map(guarded);
}

function isRule(x: unknown): x is Rule {
  const rule = x as Partial<Rule> | null;
  return typeof rule === 'object' && rule !== null && typeof rule.id === 'string' && typeof rule.check === 'function';
}

/** The rule, whose own errors are told with its name. */
function guarded(rule: Rule): Rule {
  return {
    ...rule,
    *check(cluster: ClusterState): Iterable<RuleFinding> {
      try {
        yield* rule.check(cluster);
      } catch (e) {
        if (isFleetError(e)) throw e;
        const where = e instanceof Error ? (/\n\s+at .*$/m.exec(e.stack ?? '')?.[0].trim() ?? '') : '';
        throw broken(
          `the rule ${rule.id} failed on ${cluster.label}`,
          'a rule that tells what is wrong, or nothing',
          [messageOf(e), where].filter((t) => t !== '').join('\n'),
        );
      }
    },
  };
}

function broken(what: string, expected: string, given: string): FleetError {
  return new FleetError({ rule: 'own-rules', what, expected, given });
}

function messageOf(e: unknown): string {
  return e instanceof Error ? `${e.name}: ${e.message}` : String(e);
}
