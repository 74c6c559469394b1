import { expect, test } from '@jest/globals';
import { ConfigMap } from 'cdk8s-flux-fleet';
import { object, rulesOf } from '../support.js';
import { applyFindings } from './support.js';

test('a character that kustomize changes is told by its number', () => {
  const findings = applyFindings((layer) => new ConfigMap(layer, 'settings', { data: { a: 'one\u0085two' } }));
  expect(findings).toMatchObject([
    {
      rule: 'unsafe-text',
      what: 'ConfigMap "base/settings" holds text that kustomize would change or refuse',
      given: 'U+0085 in "one\u0085two"',
      where: { construct: 'test/base/settings' },
    },
  ]);
});

test.each(['\u007f', '\u0085', '\u009f', '\ufffe', '\uffff'])('the character %j is told', (char) => {
  const findings = applyFindings((layer) => new ConfigMap(layer, 'settings', { data: { a: `x${char}` } }));
  expect(rulesOf(findings)).toEqual(['unsafe-text']);
});

test.each(['\u2028', '\u2029'])('the character %j at the end of several lines is told, and no other', (char) => {
  const rules = (text: string) => rulesOf(applyFindings((layer) => new ConfigMap(layer, 'a', { data: { text } })));
  expect(rules(`one\ntwo${char}`)).toEqual(['unsafe-text']);
  expect(rules(`one${char}`)).toEqual([]);
  expect(rules(`one${char}two\nthree`)).toEqual([]);
});

test.each(['\t', '\n', '\u0007', '\u001b', '\u00a0', '\u200b', '\ufeff', 'ä', '😀'])(
  'the character %j survives kustomize, and is fine',
  (char) => {
    const findings = applyFindings((layer) => new ConfigMap(layer, 'settings', { data: { a: `x${char}y` } }));
    expect(findings).toEqual([]);
  },
);

test('a key that kustomize drops, and one that it cannot read, are told', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'merge', { apiVersion: 'example.com/v1', kind: 'ClusterThing', spec: { '<<': { a: 1 } } });
    object(layer, 'long', { apiVersion: 'example.com/v1', kind: 'ClusterThing', spec: { ['x'.repeat(1023)]: 1 } });
    object(layer, 'fine', { apiVersion: 'example.com/v1', kind: 'ClusterThing', spec: { ['x'.repeat(1022)]: '<<' } });
  });
  expect(findings.map((f) => f.given)).toEqual(['the key "<<"', 'a key of 1023 characters']);
});

test('text deep inside of an object is read, in lists too', () => {
  const findings = applyFindings((layer) => {
    object(layer, 'deep', {
      apiVersion: 'example.com/v1',
      kind: 'ClusterThing',
      spec: { list: [{ a: ['x\n\u2028'] }] },
    });
  });
  expect(rulesOf(findings)).toEqual(['unsafe-text']);
});

test('an object is told once, whatever it holds', () => {
  const findings = applyFindings((layer) => {
    new ConfigMap(layer, 'settings', { data: { a: '\u0085', b: '\u009f' } });
  });
  expect(rulesOf(findings)).toEqual(['unsafe-text']);
});
