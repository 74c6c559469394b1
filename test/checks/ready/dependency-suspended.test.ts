import { expect, test } from '@jest/globals';
import { dependencySuspended } from '../../../lib/checks/ready/dependency-suspended.js';
import { helmRelease, kustomization, yamlFindings } from '../../support/yaml-cluster.js';

test('a dependency on a suspended Kustomization is told', () => {
  const findings = yamlFindings(dependencySuspended, {
    'flux-system':
      kustomization('infra', { suspend: true }) + kustomization('apps', { dependsOn: [{ name: 'infra' }] }),
    infra: '',
    apps: '',
  });
  expect(findings).toMatchObject([
    {
      rule: 'dependency-suspended',
      severity: 'warning',
      what: 'the Kustomization "apps" depends on "infra", which is suspended: with the next commit Flux finds the revision of "infra" not up to date, and applies nothing of "apps" any more',
      where: { construct: 'test/apps' },
    },
  ]);
});

test('of another source only what was ready before stays so', () => {
  const sourceRef = { kind: 'OCIRepository', name: 'infra' };
  const findings = yamlFindings(dependencySuspended, {
    'flux-system':
      kustomization('infra', { suspend: true, sourceRef }) + kustomization('apps', { dependsOn: [{ name: 'infra' }] }),
    apps: '',
  });
  expect(findings).toMatchObject([
    {
      what: 'the Kustomization "apps" depends on "infra", which is suspended: where that one was not ready before, as on a new cluster, Flux waits for it for ever',
    },
  ]);
});

test('a dependency on a suspended HelmRelease is told', () => {
  const findings = yamlFindings(dependencySuspended, {
    'flux-system': helmRelease('db', { suspend: true }) + helmRelease('app', { dependsOn: [{ name: 'db' }] }),
  });
  expect(findings.map((f) => f.given)).toEqual(['suspend: true in HelmRelease "apps/db"']);
});

test('what nobody depends on may be suspended', () => {
  const yaml = { 'flux-system': kustomization('infra') + kustomization('apps', { suspend: true }) };
  expect(yamlFindings(dependencySuspended, yaml)).toEqual([]);
});

test('what is suspended itself waits for nothing', () => {
  const yaml = {
    'flux-system':
      kustomization('infra', { suspend: true }) +
      kustomization('apps', { suspend: true, dependsOn: [{ name: 'infra' }] }),
  };
  expect(yamlFindings(dependencySuspended, yaml)).toEqual([]);
});

test('an expression of one’s own may accept a suspended one', () => {
  const dependsOn = [{ name: 'infra', readyExpr: 'dep.spec.suspend || dep.status.observedGeneration > 0' }];
  const yaml = { 'flux-system': kustomization('infra', { suspend: true }) + kustomization('apps', { dependsOn }) };
  expect(yamlFindings(dependencySuspended, yaml)).toEqual([]);
});
