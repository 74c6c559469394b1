import { assertSameObjects } from '../compare.js';
import { literalApp } from '../literals.js';
import { measure, script } from '../process.js';
import { Project } from '../project.js';
import type { Section } from '../runner.js';
import type { Workspace } from '../workspace.js';

/** The reference fleet of this repository, and the same objects as literals with cdk8s alone. */
export async function reference(workspace: Workspace): Promise<Section> {
  const ours = new Project(workspace.path('reference/library'));
  ours.copy('apps', 'apps');
  const synth = ours.synth('apps/production.ts', 'apps/staging.ts');
  await measure(synth);
  const raw = new Project(workspace.path('reference/raw'));
  raw.write('main.ts', literalApp(ours.output));
  const [left, right] = [
    { name: 'the library', directory: ours.output },
    { name: 'cdk8s', directory: raw.output },
  ];
  return {
    id: 'reference',
    title: 'The reference fleet',
    tasks: [
      {
        id: 'library',
        title: 'cdk8s-flux-fleet',
        command: synth,
        output: ours.output,
        before: () => ours.removeOutput(),
        verify: () => ({ objects: assertSameObjects(left, left) }),
      },
      {
        id: 'raw',
        title: 'cdk8s alone, objects as literals',
        command: script('main.ts', [], raw.directory),
        output: raw.output,
        before: () => raw.removeOutput(),
        verify: () => ({ objects: assertSameObjects(left, right) }),
      },
    ],
  };
}
