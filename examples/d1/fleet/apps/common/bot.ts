import { GitRef } from 'cdk8s-flux-fleet';
import type { ImageUpdateAutomationProps } from 'cdk8s-flux-fleet';

/** Marks everything that belongs to the bot. */
export const automationLabels = { 'toolkit.fluxcd.io/role': 'automation' };

/** The bot reads and writes one branch; the workflow of that repository then synthesizes what it changed. */
export function bot(branch: string): Pick<ImageUpdateAutomationProps, 'interval' | 'git' | 'update'> {
  return {
    interval: '30m',
    git: {
      checkout: { ref: GitRef.branch(branch) },
      commit: {
        author: {
          name: 'controlplaneio-fluxcd-bot',
          email: 'controlplaneio-fluxcd-bot@users.noreply.github.com',
        },
      },
      push: { branch },
    },
    // Where versions.yaml lies in that repository.
    update: { path: './apps', strategy: 'Setters' },
  };
}
