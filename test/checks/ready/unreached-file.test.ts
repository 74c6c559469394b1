import { expect, test } from '@jest/globals';
import { unreachedFile } from '../../../lib/checks/ready/unreached-file.js';
import { manifest, yamlFindings } from '../../support/yaml-cluster.js';

const ROOT = { 'flux-system': manifest('v1', 'ConfigMap', 'a') };

test('each file that nothing applies is told, at its own place', () => {
  const findings = yamlFindings(unreachedFile, ROOT, { unreached: ['clusters/prod/a.yaml', 'clusters/prod/b.yaml'] });
  expect(findings).toMatchObject([
    {
      severity: 'warning',
      what: 'nothing applies clusters/prod/a.yaml: no kustomization.yaml lists it, and no Kustomization points to its directory',
      where: { file: 'clusters/prod/a.yaml:1' },
    },
    { where: { file: 'clusters/prod/b.yaml:1' } },
  ]);
});

test.each([[undefined], [[]]])('where the files are %j there is nothing to tell', (unreached) => {
  expect(yamlFindings(unreachedFile, ROOT, unreached && { unreached })).toEqual([]);
});
