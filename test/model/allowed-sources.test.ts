import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ALLOWED_SOURCES_LABEL,
  allowedSourcesData,
  allowedSourcesOf,
  isAllowedSource,
  sourceUrl,
} from '../../lib/model/allowed-sources.js';

const PREFIXES = ['https://github.com/acme/', 'ssh://git@github.com/acme/', 'oci://ghcr.io/acme/'];

test.each([
  'https://github.com/acme/app',
  'https://github.com/acme/app.git',
  'https://github.com/acme/group/app',
  'ssh://git@github.com/acme/app',
  'oci://ghcr.io/acme/charts',
])('%s is allowed', (url) => {
  expect(isAllowedSource(url, PREFIXES)).toBe(true);
});

test.each([
  'https://github.com/acme-evil/app',
  'https://github.com/acmeevil',
  'https://github.com.evil.com/acme/app',
  'https://github.com@evil.com/acme/app',
  'https://evil.com/https://github.com/acme/app',
  'http://github.com/acme/app',
  'https://github.com/acme/../evil/app',
  'https://github.com/acme/%2e%2E/evil/app',
  'https://github.com/acme/.%2e/evil/app',
  'oci://docker.io/acme/app',
  '',
])('%s is not', (url) => {
  expect(isAllowedSource(url, PREFIXES)).toBe(false);
});

test('a prefix may be one repository', () => {
  const prefixes = ['https://github.com/acme/app/'];
  expect(isAllowedSource('https://github.com/acme/app', prefixes)).toBe(true);
  expect(isAllowedSource('https://github.com/acme/app2', prefixes)).toBe(false);
});

test('nothing is allowed by no prefix', () => {
  fc.assert(fc.property(fc.webUrl(), (url) => !isAllowedSource(url, [])));
});

test('what is allowed begins with a prefix, up to a slash', () => {
  const name = fc.stringMatching(/^[a-z0-9./%-]{0,12}$/);
  fc.assert(
    fc.property(name, (rest) => {
      const url = `https://github.com/acme${rest}`;
      const expected = (rest === '' || rest.startsWith('/')) && !/\.\.|%2e\.|\.%2e|%2e%2e/.test(rest);
      expect(isAllowedSource(url, PREFIXES)).toBe(expected);
    }),
  );
});

test('the prefixes of the ConfigMap are those that were written', () => {
  const prefix = fc.webUrl();
  fc.assert(
    fc.property(fc.array(prefix), (prefixes) => {
      const metadata = { labels: { [ALLOWED_SOURCES_LABEL]: 'tenants' } };
      expect(allowedSourcesOf({ kind: 'ConfigMap', metadata, data: allowedSourcesData(prefixes) })).toEqual(prefixes);
    }),
  );
});

test('a ConfigMap without the label allows and forbids nothing; one without prefixes allows nothing', () => {
  expect(allowedSourcesOf({ kind: 'ConfigMap', data: allowedSourcesData(PREFIXES) })).toBeUndefined();
  expect(allowedSourcesOf({ kind: 'ConfigMap', metadata: { labels: { [ALLOWED_SOURCES_LABEL]: 'x' } } })).toEqual([]);
});

test('where a source comes from', () => {
  expect(sourceUrl({ kind: 'GitRepository', spec: { url: 'https://a' } })).toBe('https://a');
  expect(sourceUrl({ kind: 'OCIRepository', spec: { url: 'oci://a/b' } })).toBe('oci://a/b');
  expect(sourceUrl({ kind: 'HelmRepository', spec: { url: 'https://a' } })).toBe('https://a');
  expect(sourceUrl({ kind: 'ImageRepository', spec: { image: 'ghcr.io/a/b' } })).toBe('oci://ghcr.io/a/b');
  expect(sourceUrl({ kind: 'Bucket', spec: { endpoint: 'a' } })).toBeUndefined();
  expect(sourceUrl({ kind: 'GitRepository' })).toBeUndefined();
});
