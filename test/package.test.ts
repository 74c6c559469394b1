import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFiles } from './support/temp-dir.js';

const ROOT = join(import.meta.dirname, '..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const OWN = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
};
const MINUTES = 60_000;

const APP = `import { Cluster, Fleet, GitRef, Source, Tenant } from 'cdk8s-flux-fleet';

const git = (url: string) => Source.git({ url, ref: GitRef.branch('main') });
const fleet = new Fleet({ environment: 'staging', source: git('ssh://git@github.com/acme/fleet') });
const cluster = new Cluster(fleet, 'staging');
new Tenant(cluster, 'dev-team', {
  namespaces: ['apps'],
  source: git('https://github.com/acme/dev-team'),
  path: './staging',
});
export default fleet;
`;

const TSCONFIG = {
  compilerOptions: { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: [] },
  include: ['apps'],
};

/** The versions that this project is tested with, so that the test installs nothing that npm ci has not fetched. */
function pinned(name: string): string {
  return `${name}@${OWN.devDependencies[name]}`;
}

function run(cwd: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: 'pipe',
  });
}

function install(cwd: string, ...packages: string[]): void {
  run(cwd, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', ...packages);
}

const EXAMPLES = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((path) => basename(path) === 'cdk8s.yaml')
  .map((path) => dirname(path))
  .sort();

/** An empty project into which the packed library is installed. */
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'flux-fleet-package-'));
  run(ROOT, 'npm', 'pack', '--silent', '--pack-destination', project);
  const tarball = readdirSync(project).find((f) => f.endsWith('.tgz'))!;
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'fleet', private: true, type: 'module' }));
  install(project, join(project, tarball), pinned('cdk8s'), pinned('constructs'));
  // The library must do without these, so they stand below it, where only the copies see them.
  mkdirSync(join(project, 'copies'));
  writeFileSync(join(project, 'copies/package.json'), JSON.stringify({ name: 'copies', private: true }));
  install(join(project, 'copies'), pinned('@types/node'), pinned('@kubernetes-models/prometheus-operator'));
}, 3 * MINUTES);

afterAll(() => rmSync(project, { recursive: true, force: true }));

test(
  'the packed library, installed into an empty project, type-checks and synthesizes a ten-line fleet',
  () => {
    mkdirSync(join(project, 'apps'), { recursive: true });
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    writeFileSync(join(project, 'apps/staging.ts'), APP);

    run(project, process.execPath, TSC);
    const result = JSON.parse(
      run(project, 'npx', '--no-install', 'flux-fleet', 'synth', '--json', 'apps/staging.ts'),
    ) as {
      clusters: number;
      written: number;
    };

    expect(result).toMatchObject({ clusters: 1, written: 8 });
    expect(readFileSync(join(project, 'dist/clusters/staging/kustomization.yaml'), 'utf8')).toContain(
      '- dev-team.yaml',
    );
  },
  MINUTES,
);

const WHAT_IT_IS = `import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import * as library from 'cdk8s-flux-fleet';

const { Cluster, Fleet, GitRef, Layer, Namespace, Source } = library;
const source = Source.git({ url: 'ssh://git@github.com/acme/fleet', ref: GitRef.branch('main') });
const fleet = new Fleet({ environment: 'staging', source });
const cluster = new Cluster(fleet, 'staging');
const layer = new Layer(cluster, 'base');
new Namespace(layer, 'apps');
const isClass = (value: unknown) => typeof value === 'function' && String(value).startsWith('class');
const classes = Object.entries(library as Record<string, unknown>).filter(([, value]) => isClass(value));
const names = classes.map(([name, value]) => [name, (value as { name: unknown }).name]);
console.log(JSON.stringify({
  shared: [fleet instanceof App, cluster instanceof Construct, layer instanceof Chart],
  classes: names.length,
  renamed: names.filter(([name, own]) => name !== own && typeof own === 'string'),
}));
export default fleet;
`;

test(
  'the packed library has one copy of cdk8s with its user, and its classes are called what they are exported as',
  () => {
    writeFileSync(join(project, 'what-it-is.ts'), WHAT_IT_IS);

    const [said = ''] = run(
      project,
      'npx',
      '--no-install',
      'flux-fleet',
      'synth',
      '-o',
      'other',
      'what-it-is.ts',
    ).split('\n');

    const { shared, classes, renamed } = JSON.parse(said) as { shared: boolean[]; classes: number; renamed: unknown[] };
    expect({ shared, renamed }).toEqual({ shared: [true, true, true], renamed: [] });
    expect(classes).toBeGreaterThan(50);
  },
  MINUTES,
);

test(
  'a mistake in an app of the packed library is told with the line of the app',
  () => {
    writeFileSync(join(project, 'mistaken.ts'), APP.replace("'dev-team'", "'dev team'"));

    const result = spawnSync('npx', ['--no-install', 'flux-fleet', 'synth', 'mistaken.ts'], {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });

    expect(result.status).toBe(1);
    expect(result.stderr).toContain('mistaken.ts:6:1');
  },
  MINUTES,
);

test.each(EXAMPLES)(
  'a copy of examples/%s type-checks, and synthesizes what is committed',
  (example) => {
    const original = join(ROOT, 'examples', example);
    const copy = join(project, 'copies', example);
    cpSync(original, copy, { recursive: true, filter: (path) => !/\/(dist|node_modules|\.cdk8s)$/.test(path) });

    run(copy, process.execPath, TSC);
    run(copy, 'npm', 'run', '--silent', 'synth');

    expect(readFiles(join(copy, 'dist'))).toEqual(readFiles(join(original, 'dist')));
  },
  MINUTES,
);

test.each(EXAMPLES)('examples/%s asks for the versions that it is tested with', (example) => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'examples', example, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string> | undefined>;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    expect(name === 'cdk8s-flux-fleet' ? `^${OWN.version}` : pinned(name)).toBe(
      name === 'cdk8s-flux-fleet' ? version : `${name}@${version}`,
    );
  }
});
