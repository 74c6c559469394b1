import { APP, fleetProject } from '../project.js';
import type { Section, Task } from '../runner.js';
import { assertSameObjects } from '../compare.js';
import { plural } from '../sizes.js';
import type { BenchSize } from '../sizes.js';
import type { Workspace } from '../workspace.js';

/** The fleet with more and more clusters: whether time grows with the objects only, and memory not at all. */
export function scale(workspace: Workspace, size: BenchSize): Section {
  const smallest = { clusters: 1, components: 1, tenants: 0 };
  const tasks = [
    task(workspace, SMALLEST, 'one cluster with one component', smallest),
    ...clusterCounts(size.clusters).map((clusters) =>
      task(workspace, `clusters-${clusters}`, plural(clusters, 'cluster'), { ...size, clusters }),
    ),
  ];
  return { id: 'scale', title: 'From few clusters to many', tasks };
}

/** Nearly nothing: the time that every synth takes. */
export const SMALLEST = 'smallest';

/** A tenth, a quarter, all, twice as many. */
export function clusterCounts(clusters: number): number[] {
  return [...new Set([0.09, 0.25, 1, 2].map((part) => Math.max(1, Math.round(clusters * part))))];
}

function task(workspace: Workspace, id: string, title: string, size: BenchSize): Task {
  const project = fleetProject(workspace.path('scale', id), size);
  const output = { name: title, directory: project.output };
  return {
    id,
    title,
    command: project.synth(APP),
    output: project.output,
    before: () => project.removeOutput(),
    verify: () => ({ objects: assertSameObjects(output, output) }),
  };
}
