import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import {
  Cluster,
  Flux,
  GitRef,
  GitRepository,
  ImagePolicy,
  ImageRepository,
  ImageUpdateAutomation,
  Layer,
  OCIRef,
  Repository,
  Secret,
  Source,
  Versions,
} from 'cdk8s-flux-fleet';
import type { FleetProps, ImageUpdateAutomationProps, SecretRef } from 'cdk8s-flux-fleet';
import { findingsOf, filesOf, testFleet, yamlOf, testCluster } from '../support/fleet.js';
import { tempDir } from '../support/temp-dir.js';
import { errorOf, objectIn } from './objects.js';

const author = { email: 'bot@example.com' };
const git = { commit: { author } };
const flux = Flux.bootstrap({
  components: [
    'source-controller',
    'kustomize-controller',
    'helm-controller',
    'notification-controller',
    'image-reflector-controller',
    'image-automation-controller',
  ],
});
const writable = Source.git({
  url: 'https://github.com/acme/fleet',
  ref: GitRef.branch('main'),
  secretRef: Secret.fromName('bot'),
});
const oci = Source.oci({ url: 'oci://ghcr.io/acme/fleet', ref: OCIRef.tag('latest') });

const home = process.cwd();
afterEach(() => process.chdir(home));

/** A project as the working directory, with files of versions that have no markers. */
function project(...files: string[]): void {
  process.chdir(tempDir());
  for (const file of files) {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, 'kyverno: 3.4.0\n');
  }
}

/** The files of a cluster with one automation. */
function filesWith(props: Partial<ImageUpdateAutomationProps>, fleet: Partial<FleetProps> = {}, namespace?: string) {
  const operator = fleet.source && fleet.source.kind !== 'GitRepository';
  const cluster = new Cluster(testFleet(fleet), 'test', {
    flux: operator ? Flux.operator({ components: flux.components }) : flux,
  });
  const layer = new Layer(cluster, 'images', { namespace: namespace ?? 'flux-system' });
  new ImageUpdateAutomation(layer, 'x', { git, ...props });
  return filesOf(cluster);
}

function specWith(...args: Parameters<typeof filesWith>): Record<string, unknown> {
  return objectIn(filesWith(...args)['layers/images/images.yaml'], 'ImageUpdateAutomation').spec;
}

test('defaults', () => {
  project('versions.yaml');
  expect(filesWith({ versions: Versions.fromFile('versions.yaml') })['layers/images/images.yaml'])
    .toMatchInlineSnapshot(`
   "apiVersion: image.toolkit.fluxcd.io/v1
   kind: ImageUpdateAutomation
   metadata:
     name: x
     namespace: flux-system
   spec:
     git:
       commit:
         author:
           email: bot@example.com
         messageTemplate: |
           Update versions

           {{ range .Changed.Changes -}}
           - {{ .Setter }}: {{ .OldValue }} -> {{ .NewValue }}
           {{ end -}}
       push:
         branch: flux-image-updates
     interval: 30m
     sourceRef:
       kind: GitRepository
       name: flux-system
     update:
       path: ./
       strategy: Setters
   "
  `);
});

test('says what the code says', () => {
  const spec = specWith({
    source: Source.fromName('GitRepository', 'flux-apps'),
    interval: '10m',
    git: {
      checkout: { ref: GitRef.branch('main') },
      commit: {
        author: { name: 'bot', email: 'bot@example.com' },
        messageTemplate: '{{ .Values.ticket }}',
        messageTemplateValues: { ticket: 'OPS-1' },
        signingKey: { secretRef: Secret.fromName('key'), type: 'ssh' },
      },
      push: { branch: 'main', refspec: 'refs/heads/main:refs/heads/next', options: { 'merge_request.create': '' } },
    },
    update: { path: './components', strategy: 'Setters' },
    policySelector: { matchLabels: { team: 'apps' } },
    suspend: true,
  });
  expect(spec).toEqual({
    interval: '10m',
    sourceRef: { kind: 'GitRepository', name: 'flux-apps' },
    git: {
      checkout: { ref: { branch: 'main' } },
      commit: {
        author: { name: 'bot', email: 'bot@example.com' },
        messageTemplate: '{{ .Values.ticket }}',
        messageTemplateValues: { ticket: 'OPS-1' },
        signingKey: { secretRef: { name: 'key' }, type: 'ssh' },
      },
      push: { branch: 'main', refspec: 'refs/heads/main:refs/heads/next', options: { 'merge_request.create': '' } },
    },
    update: { path: './components', strategy: 'Setters' },
    policySelector: { matchLabels: { team: 'apps' } },
    suspend: true,
  });
});

test('the message of the commit is a Go template, and comes out as it went in', () => {
  const messageTemplate = '{{ range $i, $c := .Changed.Changes }}{{ $i }}: {{ print $c.NewValue }}{{ end }}\n';
  const spec = specWith({ update: { path: './' }, git: { commit: { author, messageTemplate } } });
  expect(spec.git).toMatchObject({ commit: { messageTemplate } });
});

test('never pushes to a branch that nobody said', () => {
  const push = { refspec: 'refs/heads/flux-image-updates:refs/for/main' };
  const spec = specWith({ update: { path: './' }, git: { ...git, push } });
  expect(spec.git).toMatchObject({ push: { branch: 'flux-image-updates', ...push } });
});

test('suspends only when asked, so that a suspension on the cluster is not undone', () => {
  expect(specWith({ update: { path: './' }, suspend: false })).not.toHaveProperty('suspend');
});

test('declares the key that signs', () => {
  const signingKey = { secretRef: Secret.fromName('key') };
  const files = filesWith({ update: { path: './' }, git: { commit: { author, signingKey } } });
  expect(files['flux-fleet.yaml']).toContain('name: key');
});

test('a fleet that is delivered as OCI gets a GitRepository for it, beside it', () => {
  project('versions.yaml');
  const versions = Versions.fromFile('versions.yaml');
  const files = filesWith({ source: writable, versions }, { source: oci });
  const text = files['layers/images/images.yaml'];
  const all = Object.values(files).join('---\n');
  expect(objectIn(text, 'ImageUpdateAutomation').spec).toMatchObject({
    sourceRef: { kind: 'GitRepository', name: 'x' },
    update: { path: './', strategy: 'Setters' },
  });
  expect(all).toContain('url: https://github.com/acme/fleet');
  expect(files['flux-fleet.yaml']).toContain('name: bot');
});

test.each([
  ['the cluster pulls from OCI', { source: oci }, 'flux-system', 'OCIRepository'],
  ['it stands outside of flux-system', {}, 'apps', 'the namespace apps'],
])('asks for a source where %s', (_, fleet, namespace, given) => {
  const findings = findingsOf(() => filesWith({ update: { path: './' } }, fleet, namespace));
  expect(findings).toMatchObject([{ rule: 'automation-source', given }]);
});

test('asks for a source in a repository, which knows no cluster', () => {
  const layer = new Layer(new Repository({ name: 'apps' }), 'images', { namespace: 'flux-system' });
  expect(errorOf(() => new ImageUpdateAutomation(layer, 'x', { git, update: { path: './' } }))).toMatchInlineSnapshot(`
   "the automation does not say which Git repository it writes to [automation-source]
     expected  a source, where the cluster does not pull from Git or the automation stands outside of flux-system
     given     no cluster
     construct images/x
     at        test/flux/image-update-automation.test.ts:<line>, called from test/flux/image-update-automation.test.ts:<line>
     fix       give it one that may be pushed to: source: Source.git({ url: '…', ref: GitRef.branch('main'), secretRef: … })"
  `);
});

test('asks for a source in a layer of another cluster, where the source of Flux is not that of the hub', () => {
  const kubeConfig = { secretRef: Secret.fromName('edge') };
  const layer = new Layer(testCluster(), 'edge', { namespace: 'flux-system', kubeConfig });
  expect(findingsOf(() => new ImageUpdateAutomation(layer, 'x', { git, update: { path: './' } }))).toMatchObject([
    { rule: 'automation-source', given: 'a layer for the cluster behind Secret/edge' },
  ]);
});

test('refuses a source that cannot be written to', () => {
  const write = (source: Source) => findingsOf(() => filesWith({ source, update: { path: './' } }));
  const url = 'https://github.com/acme/fleet';
  const ref = GitRef.branch('main');
  expect(write(oci)).toMatchObject([{ rule: 'automation-source', given: 'OCIRepository' }]);
  expect(write(Source.git({ url, ref }))).toMatchObject([{ rule: 'automation-source', given: url }]);
  expect(write(Source.git({ url, ref, provider: 'azure' }))).toEqual([]);
  expect(write(Source.git({ url: 'http://gitea.git.svc/fleet', ref }))).toEqual([]);
  expect(write(writable)).toEqual([]);
});

test('asks who commits', () => {
  const ask = (commit: unknown) =>
    findingsOf(() => filesWith({ update: { path: './' }, git: { commit } as ImageUpdateAutomationProps['git'] }));
  expect(ask(undefined)).toMatchObject([{ rule: 'automation-author', given: 'nothing' }]);
  expect(ask({ author: { name: 'bot' } })).toMatchObject([{ rule: 'automation-author', given: '{"name":"bot"}' }]);
});

test('refuses an interval that is no Go duration', () => {
  const findings = findingsOf(() => filesWith({ update: { path: './' }, interval: '5 minutes' }));
  expect(findings).toMatchObject([{ rule: 'invalid-duration', given: '"5 minutes"', fix: 'write "5m"' }]);
});

test.each([
  ['./dist', undefined, ['versions.yaml'], './'],
  ['./dist', undefined, ['versions/production.yaml'], './versions'],
  ['dist/', 'dist', ['./versions/a/x.yaml', 'versions/b/x.yaml'], './versions'],
  ['./dist', undefined, ['versions/a.yaml', 'versions/b/x.yaml'], './versions'],
  ['./dist', undefined, ['a/x.yaml', 'b/x.yaml'], './'],
  ['./platform/dist', undefined, ['versions/x.yaml'], './platform/versions'],
  ['./platform/out/dist', './out/dist', ['versions/x.yaml'], './platform/versions'],
  ['./deploy', undefined, ['versions/x.yaml'], './versions'],
  ['./platform/deploy', '/tmp/elsewhere', ['versions/x.yaml'], './platform/versions'],
])('with the output at %s of the source (outdir %s), %j lie in %s… of it', (path, outdir, files, expected) => {
  project(...files);
  const versions = files.map((file) => Versions.fromFile(file));
  expect(specWith({ versions }, { path, outdir }).update).toEqual({ path: expected, strategy: 'Setters' });
});

test('asks for a path where it cannot know one', () => {
  project('versions.yaml', 'project/x');
  process.chdir('project');
  const versions = Versions.fromFile('../versions.yaml');
  expect(findingsOf(() => filesWith({ versions }))).toMatchObject([
    { rule: 'automation-path', what: 'a file of versions lies outside of the project' },
  ]);
  expect(findingsOf(() => filesWith({}))).toMatchObject([{ rule: 'automation-path', given: 'neither' }]);
  process.chdir('..');
  const layer = new Layer(new Repository({ name: 'apps' }), 'images', { namespace: 'flux-system' });
  const inRepository = () => new ImageUpdateAutomation(layer, 'x', { source: writable, git, versions });
  expect(findingsOf(inRepository)).toMatchObject([{ rule: 'automation-path', given: 'no fleet' }]);
  expect(findingsOf(() => filesWith({ versions }, { path: './' }))).toMatchObject([
    { rule: 'automation-path', given: 'a path without a directory above it' },
  ]);
  expect(specWith({ versions, update: { path: './x' } }, { path: './' }).update).toMatchObject({ path: './x' });
});

test('refuses a marker of another namespace at once', () => {
  project();
  writeFileSync('versions.yaml', 'app: 1.0.0 # {"$imagepolicy": "apps:app:tag"}\n');
  const versions = Versions.fromFile('versions.yaml');
  expect(errorOf(() => filesWith({ versions })).replace(/ at .*\n/, '')).toMatchInlineSnapshot(`
   "the marker of the version "app" names an ImagePolicy of another namespace [version-marker-namespace]
     expected  flux-system, as the automation: it uses the policies of its own namespace and no others
     given     apps:app
     construct test/images/x
      file      versions.yaml:1
     fix       write "flux-system:app", or give the file to an automation in apps"
  `);
});

test('takes a marker of its own namespace', () => {
  project();
  writeFileSync('versions.yaml', 'app: 1.0.0 # {"$imagepolicy": "apps:app:tag"}\n');
  const versions = Versions.fromFile('versions.yaml');
  const cluster = new Cluster(testFleet(), 'test', { flux });
  const layer = new Layer(cluster, 'images', { namespace: 'apps' });
  const imageRepository = new ImageRepository(layer, 'app', { image: 'ghcr.io/acme/app' });
  new ImagePolicy(layer, 'policy', { name: 'app', imageRepository, policy: { semver: { range: '1.x' } } });
  new ImageUpdateAutomation(layer, 'x', { source: writable, git, versions });
  expect(filesOf(cluster)['layers/images/images.yaml']).toContain('kind: ImageUpdateAutomation');
});

test.each(['', ' ', 'a b', 'main^', 5])('an automation that pushes to the branch %j is refused', (branch) => {
  const push = { branch } as never;
  const error = errorOf(() => specWith({ update: { path: './' }, git: { ...git, push } }));
  expect(error).toContain('the automation does not say which branch it pushes to [automation-branch]');
});

test('what is no file of versions is refused', () => {
  const versions = 'versions.yaml' as never;
  expect(errorOf(() => specWith({ versions }))).toContain("'versions' is no file of versions [invalid-value]");
});

test('a GitRepository without credentials is refused, as a source without them is', () => {
  const layer = new Layer(new Cluster(testFleet(), 'test', { flux }), 'images', { namespace: 'flux-system' });
  const repository = (id: string, secretRef?: SecretRef) =>
    new GitRepository(layer, id, { url: 'https://github.com/acme/fleet', ref: GitRef.branch('main'), secretRef });
  const automation = (source: GitRepository) =>
    new ImageUpdateAutomation(layer, `${source.name}-bot`, { source, git, update: { path: './' } });

  expect(errorOf(() => automation(repository('public')))).toContain('no credentials to push with [automation-source]');
  expect(() => automation(repository('private', Secret.fromName('bot')))).not.toThrow();
});

test.each(['../elsewhere', '/apps', ''])('the path %j is no directory of the repository, and is refused', (path) => {
  const update = { path };
  const make = () =>
    yamlOf((layer) => new ImageUpdateAutomation(layer, 'x', { namespace: 'apps', source: writable, git, update }));
  expect(findingsOf(make)).toMatchObject([{ rule: 'source-path', given: JSON.stringify(path) }]);
});
