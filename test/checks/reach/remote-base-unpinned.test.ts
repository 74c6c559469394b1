import { expect, test } from '@jest/globals';
import { remoteBaseUnpinned } from '../../../lib/checks/reach/remote-base-unpinned.js';
import { judge, kustomization } from './support.js';

function findings(remote: readonly string[], lockdown = false) {
  const sync = kustomization('flux-system', 'apps', { serviceAccountName: 'kustomize-controller' });
  const layers = { apps: { facts: { path: 'apps', exists: true, remote } } };
  return judge(remoteBaseUnpinned, { root: [sync], layers, lockdown });
}

test('a base that follows a branch changes without a commit', () => {
  expect(findings(['https://github.com/acme/base//app?ref=main'])).toMatchObject([
    {
      rule: 'remote-base-unpinned',
      severity: 'warning',
      what: 'Kustomization "flux-system/apps" loads what is not in its source and may change without a commit: Flux applies whatever is there when it builds',
      given: 'https://github.com/acme/base//app?ref=main',
    },
  ]);
});

test.each([
  'github.com/acme/base//app?ref=v1.2.3',
  'https://github.com/acme/base//app?ref=0123456789abcdef0123456789abcdef01234567',
  'https://github.com/cert-manager/cert-manager/releases/download/v1.16.2/cert-manager.yaml',
  'https://raw.githubusercontent.com/acme/base/0123456789abcdef0123456789abcdef01234567/install.yaml',
  'https://raw.githubusercontent.com/acme/base/app-1.4.0/install.yaml',
])('%s stays what it is', (url) => {
  expect(findings([url])).toEqual([]);
});

test.each([
  'github.com/acme/base//app',
  'https://raw.githubusercontent.com/acme/base/main/install.yaml',
  'https://github.com/acme/base/releases/latest/download/install.yaml',
])('%s may change', (url) => {
  expect(findings([url])).toHaveLength(1);
});

test('under lockdown files by HTTP are loaded nevertheless', () => {
  expect(findings(['https://example.com/install.yaml', 'github.com/acme/base//app'], true)).toMatchObject([
    {
      what: expect.stringContaining('for --no-remote-bases does not hold back files by HTTP'),
      given: 'https://example.com/install.yaml',
    },
  ]);
});
