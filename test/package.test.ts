import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tempDir } from './support/temp-dir.js';

const ROOT = join(import.meta.dirname, '..');
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
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  return `${name}@${devDependencies[name]}`;
}

function run(cwd: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: 'pipe',
  });
}

test(
  'the packed library, installed into an empty project, type-checks and synthesizes a ten-line fleet',
  () => {
    const dir = tempDir();
    run(ROOT, 'npm', 'pack', '--silent', '--pack-destination', dir);
    const tarball = readdirSync(dir).find((f) => f.endsWith('.tgz'))!;
    const project = join(dir, 'project');
    mkdirSync(join(project, 'apps'), { recursive: true });
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'fleet', private: true, type: 'module' }));
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    writeFileSync(join(project, 'apps/staging.ts'), APP);
    const packages = [join(dir, tarball), pinned('cdk8s'), pinned('constructs')];
    run(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', ...packages);

    run(project, process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'));
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
  3 * MINUTES,
);
