import { orderOf } from '../../model/order.js';
import type { Step } from '../../model/order.js';
import type { Rule } from '../rule.js';

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
        what: `${members.map((m) => m.label).join(', ')} wait${alone ? 's for itself' : ' for each other'}: none of them would ever be ready`,
        expected: 'an order in which each can become ready',
        given: cycle.map((step) => step.why).join('\n'),
        fix: 'take one of these dependencies away, or move what both need into a layer before them',
        ...(entry !== undefined && { field: ['spec', 'dependsOn', entry] }),
      };
    }
  },
};
