import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BenchChange } from './fleet.js';
import { measure, preload } from './process.js';
import type { Command } from './process.js';
import type { BenchSize } from './sizes.js';
import { remove } from './workspace.js';

/** The repository, which is the package. */
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const COMMAND = join(ROOT, 'build/lib/code/flux-fleet.js');

/**
 * A project as users have one: the compiled package in node_modules, and apps. It has its own tsconfig.json, so that the
 * loader does not find that of this repository, which leads to the sources of the library.
 */
export class Project {
  readonly output: string;

  constructor(readonly directory: string) {
    this.output = join(directory, 'dist');
    mkdirSync(join(directory, 'apps'), { recursive: true });
    const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true };
    this.write('package.json', JSON.stringify({ name: 'fleet', private: true, type: 'module' }));
    this.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['apps'] }));
    this.write('cdk8s.yaml', 'language: typescript\napp: npx flux-fleet synth apps/*.ts\noutput: .cdk8s\n');
    this.link('node_modules/cdk8s-flux-fleet', ROOT);
    for (const name of ['cdk8s', 'cdk8s-cli', 'constructs'])
      this.link(`node_modules/${name}`, join(ROOT, 'node_modules', name));
    this.link('node_modules/.bin/flux-fleet', COMMAND);
    this.link('node_modules/.bin/cdk8s', join(ROOT, 'node_modules/cdk8s-cli/bin/cdk8s'));
    // As npm does when it installs the package.
    chmodSync(COMMAND, 0o755);
  }

  /** `flux-fleet synth` of apps. */
  synth(...apps: string[]): Command {
    return { args: [COMMAND, 'synth', ...apps], cwd: this.directory };
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.directory, path), text);
  }

  /** Copies a file or directory of this repository. */
  copy(from: string, to: string): void {
    cpSync(join(ROOT, from), join(this.directory, to), { recursive: true });
  }

  removeOutput(): void {
    remove(this.output);
    remove(join(this.directory, '.cdk8s'));
  }

  private link(path: string, target: string): void {
    const at = join(this.directory, path);
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(target, at);
  }
}

/** The app of a project with the fleet of the bench. */
export const APP = 'apps/bench.ts';

/** A project with the fleet of the bench in one of its sizes. */
export function fleetProject(directory: string, size: BenchSize): Project {
  const project = new Project(directory);
  for (const file of ['fleet.ts', 'sizes.ts']) project.copy(`bench/${file}`, file);
  writeApp(project, size);
  return project;
}

/** Writes the app anew, as a user who changes something. */
export function writeApp(project: Project, size: BenchSize, change: BenchChange = {}): void {
  project.write(
    APP,
    `import { benchFleet } from '../fleet.js';\n\nexport default benchFleet(${JSON.stringify(size)}, ${JSON.stringify(change)});\n`,
  );
}

/**
 * Makes sure that it is the compiled package that is measured, and only that.
 *
 * @throws Error that names a module of the sources
 */
export async function assertCompiled(project: Project): Promise<void> {
  const log = join(project.directory, 'modules.log');
  const hooks = preload(`
    import { appendFileSync } from 'node:fs';
    export async function load(url, context, next) {
      appendFileSync(${JSON.stringify(log)}, url + '\\n');
      return next(url, context);
    }
  `);
  const record = preload(`import { register } from 'node:module'; register(${JSON.stringify(hooks)});`);
  const { args, cwd } = project.synth(APP);
  await measure({ args: ['--import', record, ...args], cwd });
  const loaded = readFileSync(log, 'utf8').split('\n');
  const [compiled, sources] = ['build/lib/code/index.js', 'lib/'].map((path) => pathToFileURL(join(ROOT, path)).href);
  const wrong = loaded.find((url) => url.startsWith(sources!));
  if (wrong !== undefined) throw new Error(`the compiled package is to be measured, but ${wrong} is loaded`);
  if (!loaded.includes(compiled!)) throw new Error(`the compiled package is to be measured, but it is not loaded`);
  project.removeOutput();
}
