import { orderOf } from '../../model/order.js';
import type { Step } from '../../model/order.js';
import type { Rule } from '../rule.js';
import { subjectOf } from '../../model/dependencies.js';

/**
 * Nothing waits for itself. Flux knows three ways of waiting: a Kustomization or HelmRelease is applied after those that
 * it depends on are ready, and after the Kustomization that contains it; a Kustomization that waits is ready only after
 * those that it waits for.
 */
export const dependencyCycle: Rule = {
  id: 'dependency-cycle',
  title: 'Nothing that Flux reconciles waits for itself, not even by way of others.',
  *check(cluster) {
    for (const cycle of orderOf(cluster).cycles()) {
      const members = [...new Set(cycle.map((step) => step.who))];
      const alone = members.length === 1;
      const [{ entry }] = cycle as [Step];
      yield {
        on: members[0]!.on,
        what: alone
          ? `${subjectOf(members[0]!)} waits for itself: it would never be ready`
          : `${listOf(members.map(subjectOf))} wait for each other: none of them would ever be ready`,
        expected: 'an order in which each can become ready',
        given: cycle.map((step) => step.why).join('\n'),
        fix: 'take one of these dependencies away, or move what both need into one before them',
        ...(entry !== undefined && { field: ['spec', 'dependsOn', entry] }),
      };
    }
  },
};

function listOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
