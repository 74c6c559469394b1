import { expect, test } from '@jest/globals';
import { ConfigMap, Layer } from 'cdk8s-flux-fleet';
import { findingsIn, findingsInLayer, object } from '../support.js';

/** What is wrong with a source whose Secret has these keys. */
function gitFindings(url: string, keys?: readonly string[]) {
  const exists = [{ kind: 'Secret', name: 'login', namespace: 'base', ...(keys && { keys }) }];
  const found = findingsIn(
    (cluster) => {
      object(new Layer(cluster, 'base', { namespace: 'base' }), 'web', {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'GitRepository',
        spec: { interval: '5m', url, secretRef: { name: 'login' } },
      });
    },
    { exists },
  );
  return found.filter((f) => f.rule === 'key-missing');
}

test('a Git source by ssh needs a key and known hosts', () => {
  expect(gitFindings('ssh://git@github.com/acme/web', ['username', 'password'])).toMatchObject([
    { expected: 'identity, known_hosts', given: 'password, username', where: { construct: 'test/base/web' } },
  ]);
  expect(gitFindings('ssh://git@github.com/acme/web', ['identity', 'known_hosts'])).toEqual([]);
});

test('a password needs a user name', () => {
  expect(gitFindings('https://github.com/acme/web', ['password'])).toMatchObject([{ expected: 'username' }]);
  expect(gitFindings('https://github.com/acme/web', ['password', 'username'])).toEqual([]);
  expect(gitFindings('https://github.com/acme/web', ['bearerToken'])).toEqual([]);
});

test('where the keys are not known, nothing is told', () => {
  expect(gitFindings('ssh://git@github.com/acme/web')).toEqual([]);
});

test.each([
  ['LOG', {}, ['key-missing']],
  ['LOG', { optional: true }, []],
  ['LEVEL', {}, []],
])('a variable of the environment from the key %s, %j', (key, more, rules) => {
  const found = findingsInLayer((layer) => {
    new ConfigMap(layer, 'settings', { data: { LEVEL: 'info' } });
    const env = [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'settings', key, ...more } } }];
    object(layer, 'web', { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'web', image: 'web', env }] } });
  });
  expect(found.map((f) => f.rule).filter((r) => r === 'key-missing')).toEqual(rules);
});
