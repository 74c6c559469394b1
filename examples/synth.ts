/** Synthesizes every example into its own dist/, with the library of this checkout in place of the published one. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const root = dirname(here);

/** Each directory with a cdk8s.yaml is a project of its own, relative to this one. */
function projects(): string[] {
  return readdirSync(here, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('cdk8s.yaml') && !path.includes('node_modules'))
    .map((path) => dirname(path))
    .sort();
}

function synth(project: string): boolean {
  const cwd = join(here, project);
  const apps = readdirSync(join(cwd, 'apps'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('apps', file));
  console.error(`examples/${project}`);
  const { status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(root, 'lib/cli/main.ts'), 'synth', ...apps.sort()],
    // The root's tsconfig.json maps the name of the library to its sources.
    { cwd, stdio: 'inherit', env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') } },
  );
  return status === 0;
}

const failed = projects().filter((project) => !synth(project));
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
