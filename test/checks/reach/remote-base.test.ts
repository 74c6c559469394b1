import { expect, test } from '@jest/globals';
import { remoteBase } from '../../../lib/checks/reach/remote-base.js';
import { judge, kustomization } from './support.js';

const GIT = 'github.com/acme/base//app?ref=v1.2.3';

function whats(remote: readonly string[], lockdown = true): string[] {
  const sync = kustomization('flux-system', 'apps', { serviceAccountName: 'kustomize-controller' });
  const layers = { apps: { facts: { path: 'apps', exists: true, remote } } };
  return judge(remoteBase, { root: [sync], layers, lockdown }).map((f) => f.what);
}

test('under lockdown a base of another repository is not built', () => {
  expect(whats([GIT])).toEqual([
    'Kustomization "flux-system/apps" builds a base of another repository, which the lockdown forbids (--no-remote-bases): the build fails, and nothing of it is applied',
  ]);
});

test('without lockdown it is', () => {
  expect(whats([GIT], false)).toEqual([]);
});

test('a file by HTTP is loaded all the same', () => {
  expect(whats(['https://example.com/install.yaml'])).toEqual([]);
});
