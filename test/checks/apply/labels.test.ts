import { expect, test } from '@jest/globals';
import { ConfigMap } from 'cdk8s-flux-fleet';
import type { ConfigMapProps, Finding } from 'cdk8s-flux-fleet';
import { applyFindings } from './support.js';

function findings(meta: Pick<ConfigMapProps, 'labels' | 'annotations'>): readonly Finding[] {
  return applyFindings((layer) => new ConfigMap(layer, 'x', meta));
}

test.each(['web', '1.2.3', 'a_b-C', '', 'x'.repeat(63), '${TEAM}', 'team-${TEAM}'])(
  '%j is the value of a label',
  (v) => {
    expect(findings({ labels: { team: v } })).toEqual([]);
  },
);

test.each(['b c', '-web', 'web-', 'x'.repeat(64), 'über', 'a/b', 'web\n'])('%j is no value of a label', (value) => {
  expect(findings({ labels: { team: value } })).toMatchObject([
    {
      rule: 'invalid-label',
      what: 'the label team of ConfigMap "base/x" has a value that the API server refuses',
      given: JSON.stringify(value),
    },
  ]);
});

test.each(['team', 'example.com/team', 'a.b-c.example.com/x_Y.z', `${'x'.repeat(63)}`, 'toolkit.fluxcd.io/${KEY}'])(
  '%j is a key',
  (key) => {
    expect(findings({ labels: { [key]: 'a' }, annotations: { [key]: 'any text: 1 / 2' } })).toEqual([]);
  },
);

test.each(['', 'a b', '/team', 'Example.com/team', 'a/b/c', 'example.com/', 'x'.repeat(64), '-a', 'a-'])(
  '%j is no key, of a label or an annotation',
  (key) => {
    expect(findings({ labels: { [key]: 'a' } }).map((f) => f.rule)).toEqual(['invalid-label']);
    expect(findings({ annotations: { [key]: 'a' } })).toMatchObject([
      {
        what: 'ConfigMap "base/x" has a key among its annotations that the API server refuses',
        given: JSON.stringify(key),
      },
    ]);
  },
);
