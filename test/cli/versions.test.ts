import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readFiles, stateBelow, writeFiles } from '../support/temp-dir.js';
import { fluxFleet, project } from './support.js';

const APP = `
import { Cluster, ConfigMap, Fleet, Flux, GitRef, ImagePolicy, Layer, Source, Versions } from 'cdk8s-flux-fleet';

const versions = Versions.fromFile('versions/production.yaml');
const source = Source.git({ url: 'https://github.com/acme/fleet', ref: GitRef.branch('main') });
const fleet = new Fleet({ environment: 'production', source });
const exists = [ImagePolicy.fromName('kyverno', 'flux-system')];
const layer = new Layer(new Cluster(fleet, 'production', { exists }), 'apps', { namespace: 'default' });
new ConfigMap(layer, 'versions', { data: { kyverno: versions.get('kyverno') } });
export default fleet;
`;
const MARKER = '# {"$imagepolicy": "flux-system:kyverno:tag"}';
const WRITTEN = 'clusters/production/layers/apps/apps.yaml';

test('a synth after the bot’s commit keeps the bot’s version', () => {
  const directory = project({ 'app.ts': APP, 'versions/production.yaml': `kyverno: 3.9.0 ${MARKER}\n` });
  expect(fluxFleet(directory, ['synth', 'app.ts']).code).toBe(0);
  expect(readFiles(join(directory, 'dist'))[WRITTEN]).toContain('kyverno: "3.9.0"\n');
  writeFiles(directory, { 'versions/production.yaml': `kyverno: "3.10" ${MARKER}\n` });
  expect(fluxFleet(directory, ['synth', 'app.ts']).code).toBe(0);
  expect(readFiles(join(directory, 'dist'))[WRITTEN]).toContain('kyverno: "3.10"\n');
});

test('a marker that names no policy fails, and no byte of the output changes', () => {
  const directory = project({ 'app.ts': APP, 'versions/production.yaml': `kyverno: 3.9.0 ${MARKER}\n` });
  expect(fluxFleet(directory, ['synth', 'app.ts']).code).toBe(0);
  const before = stateBelow(join(directory, 'dist'));
  writeFiles(directory, { 'versions/production.yaml': `kyverno: 3.9.1 ${MARKER.replace('kyverno', 'kyvreno')}\n` });
  const { code, stderr } = fluxFleet(directory, ['synth', 'app.ts']);
  expect(stderr).toMatchInlineSnapshot(`
   "error: the marker of the version "kyverno" names an ImagePolicy that is not there [version-marker]
     expected  flux-system:kyverno
     given     flux-system:kyvreno
     file      versions/production.yaml:1
     fix       did you mean "flux-system:kyverno"?

   1 error; nothing was written
   "
  `);
  expect(code).toBe(1);
  expect(stateBelow(join(directory, 'dist'))).toEqual(before);
});
