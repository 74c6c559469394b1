import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { assertSameObjects } from '../compare.js';
import type { Output } from '../compare.js';
import { writeOverlays } from '../overlays.js';
import { measure, script } from '../process.js';
import { APP, assertCompiled, fleetProject, writeApp } from '../project.js';
import type { Section, Task, Verified } from '../runner.js';
import { sizeArguments } from '../sizes.js';
import type { BenchSize } from '../sizes.js';
import { touched, treeSize, treeState } from '../tree.js';
import type { TreeState } from '../tree.js';
import { remove } from '../workspace.js';
import type { Workspace } from '../workspace.js';

/** Who makes the fleet, as `--only` names them. */
export const CONTENDERS = ['library', 'raw', 'kosko', 'kustomize', 'floor'] as const;
export type Contender = (typeof CONTENDERS)[number];

/** Above so many objects kustomize takes minutes, and runs once. */
const KUSTOMIZE_ONCE = 20_000;

/** What all outputs are held against. */
interface Reference extends Output {
  readonly objects: number;
}

/** The same objects, made by the library and by others. */
export async function contenders(workspace: Workspace, size: BenchSize, only: readonly Contender[]): Promise<Section> {
  const project = fleetProject(workspace.path('contenders/reference'), size);
  await assertCompiled(project);
  await measure(project.synth(APP));
  const reference = { name: 'the library', directory: project.output };
  const objects = assertSameObjects(reference, reference);
  const others = (name: Exclude<Contender, 'library'>): Task =>
    OTHERS[name](workspace.path('contenders', name), size, { ...reference, objects });
  const wanted = CONTENDERS.filter((name) => only.includes(name));
  const missing = wanted.includes('kustomize') && spawnSync('kubectl', ['version', '--client']).status !== 0;
  const tasks = wanted
    .filter((name) => name !== 'kustomize' || !missing)
    .flatMap((name) => (name === 'library' ? library(workspace, size, { ...reference, objects }) : [others(name)]));
  return {
    id: 'contenders',
    title: 'The same objects',
    tasks,
    skipped: missing ? ['kubectl kustomize: kubectl is not installed'] : [],
  };
}

/** The library into an empty directory, over its own output, and after a change of one cluster. */
function library(workspace: Workspace, size: BenchSize, reference: Reference): Task[] {
  const project = fleetProject(workspace.path('contenders/library'), size);
  const { output } = project;
  const same = (): Verified => ({ objects: sameAs(reference, { name: 'a second synth', directory: output }) });
  const command = project.synth(APP);
  let before: TreeState = new Map();
  const remember = (): void => {
    before = treeState(output);
  };
  return [
    {
      id: 'library',
      title: 'cdk8s-flux-fleet, into an empty directory',
      command,
      output,
      before() {
        writeApp(project, size);
        project.removeOutput();
      },
      verify: same,
    },
    {
      id: 'library-unchanged',
      title: 'cdk8s-flux-fleet, nothing has changed',
      command,
      output,
      before: remember,
      verify: () => ({ ...same(), touched: touched(before, treeState(output)).length }),
    },
    {
      id: 'library-changed',
      title: 'cdk8s-flux-fleet, one cluster has changed',
      command,
      output,
      before() {
        remember();
        writeApp(project, size, { replicas: 3 });
      },
      verify: () => ({ objects: reference.objects, touched: onlyFirstCluster(before, treeState(output)) }),
    },
  ];
}

function onlyFirstCluster(before: TreeState, after: TreeState): number {
  const files = touched(before, after);
  const wrong = files.find((file) => !file.startsWith('clusters/cluster-0/'));
  if (wrong !== undefined) throw new Error(`a change of cluster-0 wrote ${wrong}`);
  if (files.length === 0) throw new Error('a change of cluster-0 wrote nothing');
  return files.length;
}

const OTHERS: Readonly<
  Record<Exclude<Contender, 'library'>, (at: string, size: BenchSize, reference: Reference) => Task>
> = {
  raw: (at, size, reference) => ({
    id: 'raw',
    title: 'cdk8s alone, one App per cluster, untyped',
    ...ofScript('raw', at, sizeArguments(size), reference),
  }),
  kosko: (at, size, reference) => ({
    id: 'kosko',
    title: 'kosko, untyped, one file per cluster',
    ...ofScript('kosko', at, sizeArguments(size), reference),
  }),
  kustomize(at, size, reference) {
    writeOverlays(`${at}-overlays`, size);
    return {
      id: 'kustomize',
      title: 'kubectl kustomize, one file per cluster',
      ...(reference.objects > KUSTOMIZE_ONCE && { runs: 1 }),
      ...ofScript('kustomize', at, [join(`${at}-overlays`, 'clusters')], reference),
    };
  },
  floor: (at, _, reference) => ({
    id: 'floor-process',
    title: 'the same, with starting Node.js and reading the texts',
    part: { id: 'floor', title: 'the floor: writing the same files, their texts in memory' },
    ...ofScript('floor', at, [reference.directory], reference),
    verify: () => ({ objects: sameBytes(reference, at) }),
  }),
};

/** A contender that is a script of ours. */
function ofScript(
  name: string,
  output: string,
  args: readonly string[],
  reference: Reference,
): Pick<Task, 'command' | 'output' | 'before' | 'verify'> {
  return {
    command: script(join(import.meta.dirname, `../contenders/${name}.ts`), [output, ...args], import.meta.dirname),
    output,
    before: () => remove(output),
    verify: () => ({ objects: sameAs(reference, { name, directory: output }) }),
  };
}

function sameAs(reference: Reference, output: Output): number {
  return assertSameObjects(reference, output);
}

function sameBytes(reference: Reference, directory: string): number {
  const [ours, theirs] = [treeSize(reference.directory), treeSize(directory)];
  if (ours.files !== theirs.files || ours.bytes !== theirs.bytes)
    throw new Error(
      `the floor wrote ${theirs.bytes} bytes in ${theirs.files} files, not ${ours.bytes} in ${ours.files}`,
    );
  return sameAs(reference, { name: 'the floor', directory });
}
