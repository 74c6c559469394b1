import { expect, test } from '@jest/globals';
import { ConfigMap } from 'cdk8s-flux-fleet';
import { findingsOf, yamlOf } from '../support/fleet.js';

function rulesFor(data: Record<string, string>): string[] {
  const build = () => yamlOf((layer) => new ConfigMap(layer, 'text', { namespace: 'default', data }));
  return findingsOf(build).map((f) => `${f.rule}: ${f.given}`);
}

test.each([
  ['a\u0085b', 'unsafe-text: U+0085 in "a\u0085b"'],
  ['line\nend\u2028', 'unsafe-text: U+2028 in "line\\nend\u2028"'],
  ['\u007f', 'unsafe-text: U+007F in "\u007f"'],
  ['\uffff', 'unsafe-text: U+FFFF in "\uffff"'],
])('text that kustomize changes is refused: %j', (text, told) => {
  expect(rulesFor({ key: text })).toEqual([told]);
});

test('a merge key is refused, because kustomize drops it', () => {
  expect(rulesFor({ '<<': 'x' })).toEqual(['unsafe-text: the key "<<"']);
});

test('a key that is too long for kustomize is refused', () => {
  expect(rulesFor({ ['k'.repeat(1023)]: 'x' })).toEqual(['unsafe-text: a key of 1023 characters']);
  expect(rulesFor({ ['k'.repeat(1022)]: 'x' })).toEqual([]);
});

test('tabs, line breaks, umlauts and emoji are no problem', () => {
  expect(rulesFor({ key: '\tü\r\n😀\u00a0' })).toEqual([]);
});
