import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cluster, Fleet, GitRef, Layer, Namespace, Source } from 'cdk8s-flux-fleet';
import { tempDir, writeFiles } from '../support/temp-dir.js';
import type { Files } from '../support/temp-dir.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The command itself. */
export const MAIN = join(ROOT, 'lib/cli/main.ts');

/** What a command did. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A project of its own for one test: it finds the library by its name, and cdk8s where this project has it. It lies
 * outside of node_modules, because lines of code in there are not those of a user.
 */
export function project(files: Files = {}): string {
  const directory = tempDir();
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'), 'dir');
  const paths = { 'cdk8s-flux-fleet': [join(ROOT, 'lib/index.ts')] };
  const compilerOptions = { target: 'es2023', module: 'nodenext', moduleResolution: 'nodenext', paths };
  writeFiles(directory, {
    'package.json': JSON.stringify({ type: 'module' }),
    'tsconfig.json': JSON.stringify({ compilerOptions }),
    'cdk8s.yaml': `language: typescript\napp: node --import tsx ${MAIN} synth apps/*.ts\noutput: .cdk8s\n`,
    ...files,
  });
  return directory;
}

/** Runs `flux-fleet` in a project, as a user does. */
export function fluxFleet(directory: string, args: readonly string[], options: RunOptions = {}): Outcome {
  const preload = options.tty === true ? ['--import', 'data:text/javascript,process.stderr.isTTY=true'] : [];
  return run(directory, ['--import', 'tsx', ...preload, MAIN, ...args], options.env);
}

/** Runs `cdk8s synth` in a project, without its look into the registry. */
export function cdk8sSynth(directory: string, args: readonly string[] = []): Outcome {
  const env = { CDK8S_CHECK_UPGRADE: 'false' };
  return run(directory, [join(ROOT, 'node_modules/cdk8s-cli/bin/cdk8s'), 'synth', ...args], env);
}

interface RunOptions {
  /** Whether stderr says that a person reads it. */
  readonly tty?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** Nothing of the environment that this process runs in may change what a command says. */
const FOREIGN = ['NODE_OPTIONS', 'CI', 'NO_COLOR', 'FORCE_COLOR', 'CDK8S_OUTDIR', 'JEST_WORKER_ID'];

function run(directory: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Outcome {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name)));
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd: directory,
    encoding: 'utf8',
    env: { ...own, ...env },
  });
  if (error) throw error;
  return { code: status, stdout, stderr };
}

/**
 * The text of an app: a fleet `name` with a cluster of that name, which has a layer with a namespace for each other name.
 *
 * @param end what stands at its end: how it hands its fleet over
 */
export function app(name: string, namespaces: readonly string[] = ['base'], end = 'export default fleet;'): string {
  return [
    `import { Cluster, Fleet, GitRef, Layer, Namespace, Source } from 'cdk8s-flux-fleet';`,
    `const source = Source.git({ url: 'https://github.com/acme/fleet', ref: GitRef.branch('main') });`,
    `const fleet = new Fleet({ environment: '${name}', source });`,
    `const cluster = new Cluster(fleet, '${name}');`,
    ...namespaces.map((n) => `new Namespace(new Layer(cluster, '${n}'), '${n}');`),
    end,
    '',
  ].join('\n');
}

/** Writes what the app of that name writes, without the second that a process of its own takes. */
export function synthApp(directory: string, name: string, clusters: readonly string[] = [name], outdir = 'dist'): void {
  const source = Source.git({ url: 'https://github.com/acme/fleet', ref: GitRef.branch('main') });
  const fleet = new Fleet({ environment: name, source, outdir: join(directory, outdir) });
  for (const cluster of clusters) new Namespace(new Layer(new Cluster(fleet, cluster), 'base'), 'base');
  fleet.synth();
}
