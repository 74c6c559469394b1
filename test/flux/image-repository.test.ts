import { expect, test } from '@jest/globals';
import { ImageRepository } from 'cdk8s-flux-fleet';
import { findingsOf, yamlOf } from '../support/fleet.js';

const PROPS = { namespace: 'flux-system', ...({ image: 'ghcr.io/acme/app', interval: '5m' } as const) };

test('defaults', () => {
  expect(yamlOf((layer) => new ImageRepository(layer, 'x', PROPS))).toMatchInlineSnapshot(`
   "apiVersion: image.toolkit.fluxcd.io/v1
   kind: ImageRepository
   metadata:
     name: x
     namespace: flux-system
   spec:
     image: ghcr.io/acme/app
     interval: 5m
   "
  `);
});

test('refuses an interval that is no Go duration', () => {
  const findings = findingsOf(() =>
    yamlOf((layer) => new ImageRepository(layer, 'x', { ...PROPS, interval: '5 minutes' })),
  );
  expect(findings).toMatchObject([{ rule: 'invalid-duration', given: '"5 minutes"', fix: 'write "5m"' }]);
});
