import { readFileSync } from 'node:fs';
import { crdDirectories, yamlFiles } from './modules.js';

/** Text of the CRDs of a project in imports/: real ones, so that what refers to them is judged by them. */
export async function crdsOf(project: string): Promise<string> {
  const directories = await crdDirectories(project);
  const files = directories.flatMap(yamlFiles);
  return files.map((file) => `---\n${readFileSync(file, 'utf8').replace(/^---\n/, '')}`).join('\n');
}
