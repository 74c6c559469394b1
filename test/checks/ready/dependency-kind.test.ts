import { expect, test } from '@jest/globals';
import { dependencyKind } from '../../../lib/checks/ready/dependency-kind.js';
import { dependencyMissing } from '../../../lib/checks/ready/dependency-missing.js';
import { helmRelease, kustomization, yamlFindings } from '../../support/yaml-cluster.js';

test('a Kustomization that depends on a HelmRelease is told, with what applies it', () => {
  const findings = yamlFindings(dependencyKind, {
    'flux-system':
      kustomization('infra') + kustomization('apps', { dependsOn: [{ name: 'cilium', namespace: 'apps' }] }),
    infra: helmRelease('cilium'),
    apps: '',
  });
  expect(findings).toMatchObject([
    {
      rule: 'dependency-kind',
      what: 'the Kustomization "apps" depends on "apps/cilium", which is a HelmRelease: Flux looks only for a Kustomization of that name, and waits for ever',
      given: 'HelmRelease "apps/cilium"',
      fix: 'depend on the Kustomization "infra", which applies it, and give that one wait: true',
    },
  ]);
});

test('the HelmRelease is found in another namespace too', () => {
  const findings = yamlFindings(dependencyKind, {
    'flux-system': kustomization('apps', { dependsOn: [{ name: 'cilium' }] }) + helmRelease('cilium'),
    apps: '',
  });
  expect(findings).toMatchObject([
    { fix: 'put HelmRelease "apps/cilium" into a Kustomization of its own that has wait: true, and depend on that' },
  ]);
});

test('a HelmRelease that depends on a Kustomization is told', () => {
  const findings = yamlFindings(dependencyKind, {
    'flux-system':
      kustomization('crds') + helmRelease('app', { dependsOn: [{ name: 'crds', namespace: 'flux-system' }] }),
    crds: '',
  });
  expect(findings).toMatchObject([
    {
      what: 'HelmRelease "apps/app" depends on "flux-system/crds", which is a Kustomization: Flux looks only for a HelmRelease of that name, and waits for ever',
      fix: 'put HelmRelease "apps/app" into a Kustomization of its own that depends on "crds", and take this dependency away',
    },
  ]);
});

test('a Kustomization and a HelmRelease of one name are two', () => {
  const yaml = {
    'flux-system':
      kustomization('cilium') + kustomization('apps', { dependsOn: [{ name: 'cilium' }] }) + helmRelease('cilium'),
    cilium: '',
    apps: '',
  };
  expect(yamlFindings(dependencyKind, yaml)).toEqual([]);
});

test('what somebody declares is of the right kind', () => {
  const yaml = { 'flux-system': kustomization('apps', { dependsOn: [{ name: 'cilium' }] }) + helmRelease('cilium') };
  const exists = [{ kind: 'Kustomization', namespace: 'flux-system', name: 'cilium' }];
  expect(yamlFindings(dependencyKind, yaml, { exists })).toEqual([]);
});

test('it is not missing besides', () => {
  const yaml = {
    'flux-system': kustomization('apps', { dependsOn: [{ name: 'cilium' }] }) + helmRelease('cilium'),
    apps: '',
  };
  expect(yamlFindings(dependencyMissing, yaml)).toEqual([]);
});
