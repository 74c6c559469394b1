import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The releases that the types in imports/ are made from: the cluster has the same CRDs. */
const INPUTS = JSON.parse(readFileSync(join(import.meta.dirname, '../../imports/inputs.json'), 'utf8')) as Record<
  string,
  { readonly release: string; readonly modules: Readonly<Record<string, string>>; readonly crds?: readonly string[] }
>;

/** Release of a project in imports/. */
export function releaseOf(project: string): string {
  return INPUTS[project]!.release;
}

/** Directory of a Go module, downloaded where needed and checked against Go's checksums. */
export async function moduleDirectory(module: string, version: string): Promise<string> {
  const args = ['mod', 'download', '-json', `${module}@${version}`];
  const { stdout } = await promisify(execFile)('go', args, { cwd: tmpdir() });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

/** Directories that hold the CRDs of a project in imports/. */
export async function crdDirectories(project: string): Promise<string[]> {
  const input = INPUTS[project];
  if (input?.crds === undefined) throw new Error(`imports/inputs.json has no CRDs of ${project}`);
  const directories = Object.entries(input.modules).map(([module, version]) => moduleDirectory(module, version));
  return (await Promise.all(directories)).flatMap((directory) => input.crds!.map((place) => join(directory, place)));
}

/** Directories of the modules of a project in imports/, by module. */
export async function moduleDirectories(project: string): Promise<Record<string, string>> {
  const modules = Object.entries(INPUTS[project]?.modules ?? {});
  return Object.fromEntries(
    await Promise.all(
      modules.map(async ([module, version]) => [module, await moduleDirectory(module, version)] as const),
    ),
  );
}

/** Files of manifests in a directory. */
export function yamlFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .sort()
    .map((name) => join(directory, name));
}
