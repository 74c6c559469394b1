import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { git, readFiles, tempDir, writeFiles } from '../support/temp-dir.js';
import type { Files } from '../support/temp-dir.js';
import { fluxFleet, MAIN, project, synthApp } from './support.js';

/** A cluster as somebody writes it by hand: one file with what the test wants. */
function cluster(name: string, objects: string, declared = ''): Files {
  const directory = `clusters/${name}`;
  return {
    [`${directory}/flux-fleet.yaml`]: `fluxFleet: v1\ncluster: ${name}\npath: ./${directory}\n${declared}`,
    [`${directory}/kustomization.yaml`]: `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [objects.yaml]\n`,
    [`${directory}/objects.yaml`]: objects,
  };
}

/** A ConfigMap without fault, or with a number where text has to be. */
function settings(port: string, name = 'settings'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: default\ndata:\n  port: ${port}\n`;
}
const GOOD = settings('"80"');
const BAD = settings('80');

const SECRET = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\n  namespace: default\nstringData:\n  password: guest\n`;

/** A Git repository with one commit. */
function repository(files: Files): string {
  const directory = project();
  commit(directory, files);
  return directory;
}

function commit(directory: string, files: Files): void {
  if (!existsSync(join(directory, '.git'))) git(directory, 'init', '--quiet', '--initial-branch', 'main');
  writeFiles(directory, { '.gitignore': 'node_modules\n', ...files });
  git(directory, 'add', '--all');
  git(directory, 'commit', '--quiet', '--message', 'A change');
}

/** Without the place of the pages, which is the library's own. */
function withoutPages(stderr: string): string {
  return stderr.replace(/^what a rule means: .*\/docs\/rules\/<rule>\.md\n/m, '');
}

test('what a synth writes is clean', () => {
  const directory = project();
  synthApp(directory, 'staging');
  expect(fluxFleet(directory, ['check'])).toEqual({
    code: 0,
    stdout: '',
    stderr: '1 cluster, 2 objects: 0 errors, 0 warnings\n',
  });
});

test('a finding goes to stdout, the summary to stderr, and the exit code is 1', () => {
  const directory = project(cluster('prod', BAD));
  const { code, stdout, stderr } = fluxFleet(directory, ['check']);
  expect(stdout).toMatch(
    /^prod\n────\n\nerror: data\.port of ConfigMap "default\/settings" is not what its kind takes: the API server refuses it \[invalid-field\]\n/,
  );
  expect(stdout).toMatch(/\n {2}file {6}clusters\/prod\/objects\.yaml:\d+\n {2}fix {7}write "80", in quotes\n\n$/);
  expect(stderr).toMatch(/^what a rule means: .*docs\/rules\/<rule>\.md\n1 cluster, 1 object: 1 error, 0 warnings\n$/);
  expect(code).toBe(1);
});

test('the page shows what is printed', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/check.md'), 'utf8');
  const shown = /^```text\n([^]*?)^```/m.exec(page)![1]!;
  const directory = project({ ...cluster('production', BAD), ...cluster('staging', BAD) });
  const { stdout, stderr } = fluxFleet(directory, ['check']);
  const pages = ': node_modules/cdk8s-flux-fleet/docs/rules/';
  expect(stdout + stderr.replace(/: .*\/docs\/rules\//, pages)).toBe(shown);
});

test('dist is what is checked where there is one, another directory where it is named', () => {
  const directory = project(cluster('prod', BAD));
  synthApp(directory, 'staging');
  expect(fluxFleet(directory, ['check'])).toMatchObject({ code: 0 });
  expect(fluxFleet(directory, ['check', 'clusters/prod'])).toMatchObject({ code: 1 });
});

test('files are named from the working directory, wherever the fleet is', () => {
  const files = Object.entries(cluster('prod', BAD)).map(([path, text]) => [`flux/repo/${path}`, text]);
  const directory = project(Object.fromEntries(files) as Files);
  expect(fluxFleet(directory, ['check', 'flux/repo']).stdout).toContain('flux/repo/clusters/prod/objects.yaml:');
});

test('broken YAML in one file does not keep the others from being judged', () => {
  const directory = project({ ...cluster('a', 'kind: ['), ...cluster('b', BAD) });
  const { code, stdout } = fluxFleet(directory, ['check', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: { rule: string; file: string }[] };
  expect(findings.map((f) => [f.rule, f.file])).toEqual([
    ['file-unreadable', 'clusters/a/objects.yaml'],
    ['invalid-field', 'clusters/b/objects.yaml'],
  ]);
  expect(code).toBe(1);
});

test('a wrong field of one flux-fleet.yaml is told, and the other clusters are judged', () => {
  const directory = project({ ...cluster('a', GOOD, 'lokdown: true\n'), ...cluster('b', BAD) });
  const { code, stdout, stderr } = fluxFleet(directory, ['check']);
  expect(stdout).toContain('[declarations-invalid]');
  expect(stdout).toContain('lokdown');
  expect(stdout).toContain('[invalid-field]');
  expect([code, withoutPages(stderr)]).toEqual([1, '1 cluster, 1 object: 2 errors, 0 warnings\n']);
});

test('a hundred clusters with the same finding have it once, and all of them are in the JSON', () => {
  const names = Array.from({ length: 100 }, (_, n) => `edge-${n + 100}`);
  const directory = project(Object.assign({}, ...names.map((n) => cluster(n, BAD))) as Files);
  const { stdout } = fluxFleet(directory, ['check']);
  expect(stdout.match(/^error:/gm)).toHaveLength(1);
  expect(stdout).toContain('all 100 clusters: edge-100, edge-101 and 98 others\n');
  const json = JSON.parse(fluxFleet(directory, ['check', '--json']).stdout) as { findings: { clusters: string[] }[] };
  expect(json.findings.map((f) => f.clusters)).toEqual([names]);
});

test('only what is named is judged, or what a label selector selects', () => {
  const declared = 'environment: staging\nlabels: { region: eu }\n';
  const directory = project({ ...cluster('good', GOOD, declared), ...cluster('bad', BAD) });
  expect(fluxFleet(directory, ['check', '--only', 'good'])).toMatchObject({ code: 0 });
  expect(fluxFleet(directory, ['check', '--only', 'good', '--only', 'bad'])).toMatchObject({ code: 1 });
  expect(fluxFleet(directory, ['check', '--only', 'environment=staging,region in (eu)'])).toMatchObject({ code: 0 });
  expect(fluxFleet(directory, ['check', '--only', 'region!=eu'])).toMatchObject({ code: 1 });
});

test('a cluster that no file declares is checked where its directory is named', () => {
  const { 'clusters/prod/flux-fleet.yaml': _, ...files } = cluster('prod', BAD);
  const directory = project(files);
  expect(fluxFleet(directory, ['check'])).toMatchObject({ code: 2 });
  expect(fluxFleet(directory, ['check', '--cluster', 'clusters/prod'])).toMatchObject({ code: 1 });
});

/** A CRD of a kind Thing with one field. */
const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Thing, plural: things }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: { type: integer } } } } }
`;

test.each(['crds/things.yaml', 'crds'])('the CRDs of %s say what kinds of others have', (path) => {
  const thing = `apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a, namespace: default}\nspec: {size: big}\n`;
  const exists = 'exists:\n  - {kind: CustomResourceDefinition, name: things.example.com}\n';
  const directory = project({ ...cluster('prod', thing, exists), 'crds/things.yaml': CRD });
  expect(fluxFleet(directory, ['check', 'clusters'])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('no schema is known: example.com/v1 Thing (1)'),
  });
  const { stdout, stderr } = fluxFleet(directory, ['check', 'clusters', '--crds', path]);
  expect(stdout).toContain(
    'error: spec.size of Thing "default/a" is not what its kind takes: the API server refuses it [invalid-field]',
  );
  expect(stderr).not.toContain('no schema is known');
});

// ---- forms --------------------------------------------------------------------------------------------------------

test('--json is one object on stdout', () => {
  const objects = `${BAD}---\n${SECRET}---\napiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a, namespace: default}\n`;
  const allowed = `exists:\n  - {kind: CustomResourceDefinition, name: things.example.com}\nallowed:\n  - {rule: plaintext-secret, object: Secret/default/login, reason: a demo, until: "2999-12-31"}\n`;
  const directory = project(cluster('prod', objects, allowed));
  const { code, stdout } = fluxFleet(directory, ['check', '--json']);
  expect(stdout.trim()).not.toContain('\n');
  expect(JSON.parse(stdout)).toEqual({
    clusters: [{ name: 'prod', objects: 3 }],
    findings: [
      {
        rule: 'invalid-field',
        severity: 'error',
        what: 'data.port of ConfigMap "default/settings" is not what its kind takes: the API server refuses it',
        expected: 'a string',
        given: '80 (a number)',
        fix: 'write "80", in quotes',
        clusters: ['prod'],
        places: [{ cluster: 'prod', file: 'clusters/prod/objects.yaml', line: expect.any(Number) }],
        file: 'clusters/prod/objects.yaml',
        line: expect.any(Number),
      },
    ],
    allowed: [
      {
        rule: 'plaintext-secret',
        reason: 'a demo',
        until: '2999-12-31',
        what: 'Secret "default/login" stands in the repository in clear: everyone who reads it has the values',
        object: 'Secret/default/login',
        clusters: ['prod'],
        places: [{ cluster: 'prod', file: 'clusters/prod/objects.yaml', line: expect.any(Number) }],
        file: 'clusters/prod/objects.yaml',
        line: expect.any(Number),
      },
    ],
    unchecked: { 'example.com/v1 Thing': 1 },
    notes: [],
    summary: { clusters: 1, objects: 3, errors: 1, warnings: 0, allowed: 1 },
  });
  expect(code).toBe(1);
});

test('--sarif is SARIF on stdout, with paths from the top of the repository', () => {
  const below = Object.entries(cluster('prod', BAD)).map(([path, text]) => [`fleet/${path}`, text]);
  const directory = repository(Object.fromEntries(below) as Files);
  const { code, stdout } = fluxFleet(join(directory, 'fleet'), ['check', '--sarif']);
  const log = JSON.parse(stdout) as { version: string; runs: { results: object[] }[] };
  expect(log).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        results: [
          {
            ruleId: 'invalid-field',
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'fleet/clusters/prod/objects.yaml', uriBaseId: '%SRCROOT%' },
                },
              },
            ],
          },
        ],
      },
    ],
  });
  expect(code).toBe(1);
});

test('--sarif with a file leaves stdout to people', () => {
  const directory = project(cluster('prod', BAD));
  const { stdout } = fluxFleet(directory, ['check', '--sarif=findings.sarif']);
  expect(stdout).toMatch(/^prod\n────\n/);
  expect(JSON.parse(readFileSync(join(directory, 'findings.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
});

test('a person who waits sees progress, which is gone at the end', () => {
  const { stderr } = fluxFleet(project(cluster('prod', GOOD)), ['check'], { tty: true });
  expect(stderr).toMatch(/^\S*reading/);
  expect(stderr).toMatch(/checking ░+ 0\/1/);
  expect(stderr.split('\u001b[1G\u001b[2K').at(-1)).toBe('1 cluster, 1 object: 0 errors, 0 warnings\n');
});

test('with --severity error a warning is neither told nor counted', () => {
  const rules = `export default { id: 'always', severity: 'warning', *check(c) { for (const { on } of c.objects) yield { on, what: 'it is there' }; } };\n`;
  const directory = project({ ...cluster('prod', GOOD), 'rules.mjs': rules });
  const args = ['check', '--rules', 'rules.mjs'];
  const all = fluxFleet(directory, args);
  expect(all.stdout).toContain('warning: it is there [always]\n');
  expect([all.code, withoutPages(all.stderr)]).toEqual([1, '1 cluster, 1 object: 0 errors, 1 warning\n']);
  expect(fluxFleet(directory, [...args, '--severity', 'error'])).toEqual({
    code: 0,
    stdout: '',
    stderr: '1 cluster, 1 object: 0 errors, 0 warnings\n',
  });
});

// ---- what is allowed ----------------------------------------------------------------------------------------------

test.each([
  ['an object', 'object: Secret/default/login, '],
  ['the cluster', ''],
])('what flux-fleet.yaml allows for %s is not told, and counted', (_, target) => {
  const allowed = `allowed:\n  - {rule: plaintext-secret, ${target}reason: a demo}\n`;
  expect(fluxFleet(project(cluster('prod', SECRET, allowed)), ['check'])).toEqual({
    code: 0,
    stdout: '',
    stderr: '1 cluster, 1 object: 0 errors, 0 warnings, 1 allowed with a reason\n',
  });
});

test('what flux-fleet.yaml allowed until a day that has passed is told again, with that day and the reason', () => {
  const allowed = `allowed:\n  - {rule: plaintext-secret, object: Secret/default/login, reason: a demo, until: "2020-02-29"}\n`;
  const { code, stdout } = fluxFleet(project(cluster('prod', SECRET, allowed)), ['check']);
  expect(stdout).toContain('allowed until 2020-02-29: a demo');
  expect(code).toBe(1);
});

// ---- revisions ----------------------------------------------------------------------------------------------------

test('--revision checks what was committed, without a change to the working tree, and leaves nothing behind', () => {
  const directory = repository(cluster('prod', BAD));
  writeFiles(directory, { 'clusters/prod/objects.yaml': GOOD });
  const [temporary, before] = [tempDir(), git(directory, 'status', '--porcelain')];
  const env = { TMPDIR: temporary };
  expect(fluxFleet(directory, ['check'], { env })).toMatchObject({ code: 0 });
  const { code, stdout } = fluxFleet(directory, ['check', '--revision', 'HEAD'], { env });
  expect(stdout).toContain('  file      clusters/prod/objects.yaml:');
  expect(code).toBe(1);
  expect(git(directory, 'status', '--porcelain')).toBe(before);
  expect(leftIn(temporary)).toEqual([]);
});

test('--revision of a directory reads what its Kustomizations name elsewhere in the repository', () => {
  const sync = (spec: string): string =>
    `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\nspec: {${spec}}\n`;
  const spec = 'interval: 10m, prune: true, path: ./apps, sourceRef: {kind: GitRepository, name: flux-system}';
  const directory = repository({ ...cluster('prod', sync(spec)), 'apps/settings.yaml': BAD });
  const { stdout } = fluxFleet(directory, ['check', 'clusters/prod', '--revision', 'main']);
  expect(stdout).toContain('  file      apps/settings.yaml:');
});

test('--revision has what .gitattributes keeps out of archives: Flux has it as well', () => {
  const directory = repository({ ...cluster('prod', BAD), '.gitattributes': 'objects.yaml export-ignore\n' });
  expect(fluxFleet(directory, ['check', '--revision', 'HEAD']).stdout).toContain('[invalid-field]');
});

test('an interrupt removes the copy of the revision', () => {
  const directory = repository(cluster('prod', BAD));
  const temporary = tempDir();
  // A git that interrupts its caller when it is to write the copy, and then waits to be stopped.
  const bin = tempDir();
  const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
  const script = `#!/bin/sh\ncase "$*" in *checkout-index*) ${real} "$@"; kill -INT "$PPID"; exec sleep 60;; esac\nexec ${real} "$@"\n`;
  writeFiles(bin, { git: script });
  chmodSync(join(bin, 'git'), 0o755);
  const env = { TMPDIR: temporary, PATH: `${bin}:${process.env.PATH}` };
  const { code, stdout } = fluxFleet(directory, ['check', '--revision', 'HEAD'], { env });
  expect([code, stdout]).toEqual([130, '']);
  expect(leftIn(temporary)).toEqual([]);
});

/** What a run left in a directory for temporary files, but for the loader's own. */
function leftIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => !/^(tsx-|node-compile-cache)/.test(name));
}

// ---- rules of the user's own --------------------------------------------------------------------------------------

test('--rules judges by rules of a TypeScript module, in lists or one by one', () => {
  const rules = `
    import { nameOf } from 'cdk8s-flux-fleet';
    import type { Rule } from 'cdk8s-flux-fleet';
    const rule = (id: string): Rule => ({
      id,
      *check(cluster) {
        for (const { on } of cluster.ofKind('', 'ConfigMap')) yield { on, field: ['data', 'port'], what: \`\${id} of \${nameOf(on)}\` };
      },
    });
    export const one = rule('first');
    export default [rule('second'), one];
  `;
  const directory = project({ ...cluster('prod', GOOD), 'rules.ts': rules });
  const { stdout } = fluxFleet(directory, ['check', '--rules', 'rules.ts']);
  expect(stdout).toMatchInlineSnapshot(`
   "prod
   ────

   error: second of ConfigMap "default/settings" [second]
     file      clusters/prod/objects.yaml:7

   error: first of ConfigMap "default/settings" [first]
     file      clusters/prod/objects.yaml:7

   "
  `);
});

test.each([
  [
    'is not there',
    {},
    [
      'error: the module of rules is not there [own-rules]',
      '  expected  a TypeScript or JavaScript module',
      '  given     rules.mjs',
    ],
  ],
  [
    'is no JavaScript',
    { 'rules.mjs': 'export const rule = {;' },
    [
      'error: the module of rules cannot be loaded [own-rules]',
      '  expected  a module that runs',
      "  given     rules.mjs: SyntaxError: Unexpected token ';'",
    ],
  ],
  [
    'throws',
    { 'rules.mjs': "throw new TypeError('no such team');" },
    [
      'error: the module of rules cannot be loaded [own-rules]',
      '  expected  a module that runs',
      '  given     rules.mjs: TypeError: no such team',
    ],
  ],
  [
    'exports no rule',
    { 'rules.mjs': "export const rule = { id: 'x' };" },
    [
      'error: the module exports no rule [own-rules]',
      '  expected  an object with `id` and `*check(cluster)`',
      '  given     rules.mjs',
    ],
  ],
  [
    'has an identifier that nobody could write',
    { 'rules.mjs': "export const rule = { id: 'Team Label', *check() {} };" },
    [
      'error: a rule has no identifier that can be allowed [own-rules]',
      '  expected  words in kebab-case, such as "team-label"',
      '  given     Team Label',
    ],
  ],
  [
    'has the identifier of another rule',
    { 'rules.mjs': "export const rule = { id: 'invalid-field', *check() {} };" },
    [
      'error: a rule has the identifier of another [own-rules]',
      '  expected  an identifier of its own',
      '  given     invalid-field',
    ],
  ],
  [
    'has a rule that throws',
    { 'rules.mjs': "export const rule = { id: 'x', *check(cluster) { cluster.nothing.there; } };" },
    [
      'error: the rule x failed on the cluster "prod" [own-rules]',
      '  expected  a rule that tells what is wrong, or nothing',
      "  given     TypeError: Cannot read properties of undefined (reading 'there')",
      '            at Object.check (file://<dir>/rules.mjs:1:66)',
    ],
  ],
])('a module of rules that %s is told, and nothing is checked', (_, files: Files, lines) => {
  const directory = project({ ...cluster('prod', GOOD), ...files });
  const { code, stdout, stderr } = fluxFleet(directory, ['check', '--rules', 'rules.mjs']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.replaceAll(directory, '<dir>')).toBe(`${lines.join('\n')}\n\nnothing was checked\n`);
});

// ---- bad input ----------------------------------------------------------------------------------------------------

test.each([
  [
    'a directory that is not there',
    ['nowhere'],
    [
      'error: the directory to check is none [check-misused]',
      '  expected  a directory with the YAML of a fleet',
      '  given     nowhere, which is not there',
      '  fix       name it behind the command, such as `flux-fleet check dist`',
    ],
  ],
  [
    'a file in place of a directory',
    ['package.json'],
    [
      'error: the directory to check is none [check-misused]',
      '  expected  a directory with the YAML of a fleet',
      '  given     package.json, which is a file',
      '  fix       name it behind the command, such as `flux-fleet check dist`',
    ],
  ],
  [
    'a directory without a cluster',
    ['empty'],
    [
      'error: no cluster is found in these files [no-cluster]',
      '  expected  a flux-fleet.yaml, a Kustomization "flux-system" in flux-system (gotk-sync.yaml), or a FluxInstance with spec.sync',
      '  given     none of them',
      '  fix       say which directories Flux applies: --cluster clusters/production, the directory that `flux bootstrap --path` names',
    ],
  ],
  [
    '--json and --sarif both on stdout',
    ['--json', '--sarif'],
    [
      'error: both --json and --sarif want stdout [check-misused]',
      '  expected  one of them there',
      '  given     --json --sarif',
      '  fix       name a file: --sarif=findings.sarif',
    ],
  ],
  [
    'a directory behind --sarif',
    ['--sarif', 'clusters'],
    [
      'error: the file for --sarif is a directory [check-misused]',
      '  expected  a file, or nothing behind --sarif',
      '  given     clusters',
      '  fix       to check it: flux-fleet check clusters --sarif',
    ],
  ],
  [
    'a file for --sarif in a directory that is not there',
    ['--sarif=nowhere/findings.sarif'],
    [
      'error: the file for --sarif cannot be written [check-misused]',
      '  expected  a file in a directory that is there',
      '  given     nowhere/findings.sarif',
    ],
  ],
  [
    'a source without a directory',
    ['--source', 'https://github.com/acme/infra'],
    [
      'error: --source is not understood [check-misused]',
      '  expected  <url or Kind/namespace/name>=<directory>',
      '  given     https://github.com/acme/infra',
    ],
  ],
  [
    'a source whose directory is not there',
    ['--source', 'https://github.com/acme/infra=nowhere'],
    [
      'error: the directory of a source is none [check-misused]',
      '  expected  a directory with what the source holds',
      '  given     nowhere, which is not there',
    ],
  ],
  [
    'a cluster’s directory that is not there',
    ['--cluster', 'clusters/nowhere'],
    [
      'error: --cluster names no directory [check-misused]',
      '  expected  a directory, relative to the one that is checked',
      '  given     clusters/nowhere, which is not there',
    ],
  ],
  [
    'a cluster’s name that is misspelt',
    ['--only', 'prdo'],
    [
      'error: --only names neither a cluster nor a label [check-misused]',
      '  expected  names: prod; labels: cluster',
      '  given     prdo',
      '  fix       write --only prod',
    ],
  ],
  [
    'a label selector that selects nothing',
    ['--only', 'cluster=prdo'],
    [
      'error: --only selects no cluster [check-misused]',
      '  expected  cluster: prod',
      '  given     cluster=prdo',
      '  fix       did you mean cluster=prod?',
    ],
  ],
  [
    'a revision where there is no repository',
    ['--revision', 'HEAD'],
    [
      'error: --revision HEAD needs a Git repository [no-repository]',
      '  expected  a directory of a working copy, and git in the PATH',
      '  given     .',
    ],
  ],
  [
    'a directory without CRDs',
    ['--crds', 'empty'],
    [
      'error: --crds names a directory without YAML [check-misused]',
      '  expected  files with CRDs',
      '  given     empty',
    ],
  ],
  [
    'a file with CRDs that is not there',
    ['--crds', 'nowhere.yaml'],
    [
      'error: --crds names nothing [check-misused]',
      '  expected  a file or directory with CRDs',
      '  given     nowhere.yaml, which is not there',
    ],
  ],
  [
    'an unknown tool',
    ['--with', 'kubeval'],
    [
      'error: --with names a tool that this command cannot call [unknown-tool]',
      '  expected  kubeconform, flux-schema',
      '  given     kubeval',
    ],
  ],
  [
    'a tool that is not installed',
    ['--with', 'kubeconform'],
    [
      'error: --with kubeconform needs kubeconform, which is not in the PATH [tool-missing]',
      '  expected  kubeconform to be installed',
      '  given     nothing',
      '  fix       see https://github.com/yannh/kubeconform#installation',
    ],
  ],
  [
    'a plugin of flux without flux',
    ['--with', 'flux-schema'],
    [
      'error: --with flux-schema needs flux, which is not in the PATH [tool-missing]',
      '  expected  flux to be installed',
      '  given     nothing',
      '  fix       see https://fluxcd.io/flux/cli-plugins/flux-schema/',
    ],
  ],
  [
    'a severity that there is not',
    ['--severity', 'fatal'],
    ["error: option '--severity <severity>' argument 'fatal' is invalid. Allowed choices are error, warning."],
  ],
  ['an unknown option', ['--jsn'], ["error: unknown option '--jsn'", '(Did you mean --json?)']],
  ['two directories', ['clusters', 'empty'], ["error: too many arguments for 'check'. Expected 1 argument but got 2."]],
])('%s is told, and the exit code is 2', (_, args, lines) => {
  const directory = project(cluster('prod', GOOD));
  mkdirSync(join(directory, 'empty'));
  const env = { PATH: pathWith('git'), GIT_CEILING_DIRECTORIES: join(directory, '..') };
  const { code, stdout, stderr } = fluxFleet(directory, ['check', ...args], { env });
  expect([code, stdout]).toEqual([2, '']);
  // What the command line itself refuses is told by its library.
  const end = lines.length > 2 ? '\n\nnothing was checked\n' : '\n';
  expect(stderr).toBe(`${lines.join('\n')}${end}`);
});

test('a revision that there is not is told', () => {
  const { code, stderr } = fluxFleet(repository(cluster('prod', GOOD)), ['check', '--revision', 'v9']);
  expect(code).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
   "error: there is no such revision [no-revision]
     expected  a branch, tag or commit that this working copy has
     given     v9
     fix       fetch it first; in CI, check out with the full history (\`fetch-depth: 0\`)

   nothing was checked
   "
  `);
});

test('a directory that the revision does not have is told', () => {
  const directory = repository(cluster('prod', GOOD));
  mkdirSync(join(directory, 'new'));
  const { code, stderr } = fluxFleet(directory, ['check', 'new', '--revision', 'HEAD']);
  expect(code).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
   "error: the directory is not in the revision HEAD [no-directory]
     expected  a directory that was committed
     given     new

   nothing was checked
   "
  `);
});

test('nothing but wrong flux-fleet.yaml files means that nothing was checked', () => {
  const { code, stdout, stderr } = fluxFleet(project(cluster('prod', GOOD, 'lokdown: true\n')), ['check']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('[declarations-invalid]');
});

/** A PATH with one program of this machine, so that no other is found. */
function pathWith(program: string): string {
  const bin = tempDir();
  const real = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
  writeFiles(bin, { [program]: `#!/bin/sh\nexec ${real} "$@"\n` });
  chmodSync(join(bin, program), 0o755);
  return bin;
}

// ---- other tools --------------------------------------------------------------------------------------------------

/** A program of that name that prints a text, and what it was called with into a file. */
function fake(directory: string, program: string, output: unknown): NodeJS.ProcessEnv {
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  writeFiles(directory, {
    'output.txt': text,
    [`bin/${program}`]: `#!/bin/sh\necho "$@" > ${directory}/called.txt\ncat ${directory}/output.txt\nexit 1\n`,
  });
  chmodSync(join(directory, 'bin', program), 0o755);
  return { PATH: `${join(directory, 'bin')}:${process.env.PATH}` };
}

/** What kubeconform says of the ConfigMap of a cluster. */
function kubeconform(directory: string, errors: readonly { path: string; msg: string }[]): object {
  const filename = join(directory, 'clusters/prod/objects.yaml');
  const one = { filename, kind: 'ConfigMap', name: 'settings', version: 'v1', status: 'statusInvalid', msg: 'invalid' };
  const broken = { filename: 'x.yaml', kind: '', name: '', version: '', status: 'statusError', msg: 'no kind' };
  const foreign = { ...one, filename: join(directory, 'elsewhere.yaml'), validationErrors: errors };
  return { resources: [broken, foreign, { ...one, validationErrors: errors }] };
}

test('what kubeconform says of an object that Flux applies is told at the field', () => {
  const directory = project(cluster('prod', GOOD));
  const output = kubeconform(directory, [{ path: '/metadata/name', msg: "does not match pattern '^team-'" }]);
  const env = fake(directory, 'kubeconform', output);
  const { code, stdout } = fluxFleet(directory, ['check', '--with', 'kubeconform -strict'], { env });
  expect(stdout).toMatchInlineSnapshot(`
   "prod
   ────

   error: metadata.name of ConfigMap "default/settings": does not match pattern '^team-' [kubeconform]
     file      clusters/prod/objects.yaml:4

   "
  `);
  expect(code).toBe(1);
  expect(readFiles(directory)['called.txt']).toBe(
    `-output json -ignore-missing-schemas -ignore-filename-pattern flux-fleet\\.yaml$ -strict ${directory}\n`,
  );
});

test('what kubeconform says is not told where the library says the same', () => {
  const directory = project(cluster('prod', `${BAD}foo: 1\n`));
  const output = kubeconform(directory, [
    { path: '/data/port', msg: 'got number, want string' },
    { path: '', msg: "additional properties 'foo' not allowed" },
  ]);
  const env = fake(directory, 'kubeconform', output);
  const { stdout } = fluxFleet(directory, ['check', '--with', 'kubeconform', '--json'], { env });
  const { findings } = JSON.parse(stdout) as { findings: { rule: string }[] };
  expect(findings.map((f) => f.rule)).toEqual(['invalid-field', 'invalid-field']);
});

test('what a tool says can be allowed', () => {
  const allowed = `allowed:\n  - {rule: kubeconform, object: ConfigMap/default/settings, reason: our own rule}\n`;
  const directory = project(cluster('prod', GOOD, allowed));
  const env = fake(directory, 'kubeconform', kubeconform(directory, [{ path: '/metadata', msg: 'no team' }]));
  expect(fluxFleet(directory, ['check', '--with', 'kubeconform'], { env })).toMatchObject({
    code: 0,
    stderr: '1 cluster, 1 object: 0 errors, 0 warnings, 1 allowed with a reason\n',
  });
});

test('a tool that could not judge means that nothing was checked', () => {
  const directory = project(cluster('prod', GOOD));
  const one = { filename: 'a.yaml', kind: 'ConfigMap', name: 'a', version: 'v1', status: 'statusError' };
  const env = fake(directory, 'kubeconform', { resources: [{ ...one, msg: 'failed downloading schema' }] });
  const { code, stderr } = fluxFleet(directory, ['check', '--with', 'kubeconform'], { env });
  expect(code).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
   "error: kubeconform could not check the directory [tool-failed]
     expected  its report as JSON
     given     a.yaml: failed downloading schema

   nothing was checked
   "
  `);
});

test('a tool that prints no JSON means that nothing was checked', () => {
  const directory = project(cluster('prod', GOOD));
  const env = fake(directory, 'kubeconform', 'flag provided but not defined: -strct\nUsage: …\n');
  const { code, stderr } = fluxFleet(directory, ['check', '--with', 'kubeconform -strct'], { env });
  expect(code).toBe(2);
  expect(stderr).toContain('given     flag provided but not defined: -strct');
});

test('what the schema plugin of flux says is told in the same way', () => {
  const directory = project(cluster('prod', GOOD));
  const report = {
    results: [
      {
        resource: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'settings' },
        source: join(directory, 'clusters/prod/objects.yaml'),
        idx: 0,
        status: 'invalid',
        reason: 'schema-violation',
        violations: [{ path: '/data', message: 'too many keys' }],
      },
      { resource: null, source: 'x.yaml', idx: 0, status: 'invalid', reason: 'yaml-parse-error' },
    ],
  };
  const env = fake(directory, 'flux', { report });
  const { stdout } = fluxFleet(directory, ['check', '--with', 'flux-schema'], { env });
  expect(stdout).toContain('error: data of ConfigMap "default/settings": too many keys [flux-schema]\n');
  expect(readFiles(directory)['called.txt']).toMatch(/^schema validate -o json /);
});

test('whoever reads may stop before the end', () => {
  // More than a pipe holds.
  const many = Array.from({ length: 400 }, (_, i) => settings('80', `settings-${i}`)).join('---\n');
  const directory = project(cluster('prod', many));
  const command = `"${process.execPath}" --import tsx "${MAIN}" check --json | head -c 10`;
  const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: directory, encoding: 'utf8' });
  expect(stdout).toHaveLength(10);
  expect(stderr).not.toContain('EPIPE');
});
