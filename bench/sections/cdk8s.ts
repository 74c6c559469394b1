import { APP, fleetProject } from '../project.js';
import type { Section, Task } from '../runner.js';
import { SIZES } from '../sizes.js';
import type { BenchSize } from '../sizes.js';
import type { Workspace } from '../workspace.js';

/** What `npx cdk8s synth` adds to `flux-fleet synth`, for a small fleet and for this one. */
export function cdk8s(workspace: Workspace, size: BenchSize): Section {
  return {
    id: 'cdk8s',
    title: 'Through the command of cdk8s',
    tasks: [
      ...pair(workspace, 'small', 'the small fleet', SIZES.small),
      ...pair(workspace, 'full', 'this fleet', size),
    ],
  };
}

function pair(workspace: Workspace, id: string, title: string, size: BenchSize): Task[] {
  const project = fleetProject(workspace.path('cdk8s', id), size);
  const common = { output: project.output, before: () => project.removeOutput() };
  return [
    { id: `${id}-direct`, title: `${title}: flux-fleet synth`, command: project.synth(APP), ...common },
    {
      id: `${id}-cdk8s`,
      title: `${title}: npx cdk8s synth`,
      command: { program: 'npx', args: ['--no-install', 'cdk8s', 'synth'], cwd: project.directory },
      ...common,
    },
  ];
}
