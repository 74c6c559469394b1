import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../yaml/normalize.js';
import { readDocuments } from './documents.js';

export const API_VERSION = 'kustomize.config.k8s.io/v1beta1';

/** What runs kustomize. */
export interface Kustomize {
  /** Writes a kustomization.yaml into a new directory, builds it and removes it. */
  overlay(fill: (directory: string) => JsonObject): { readonly objects: JsonObject[] } | { readonly error: string };
}

const COMMANDS: readonly (readonly string[])[] = [
  ['kubectl', 'kustomize'],
  ['kustomize', 'build'],
];

let found: { readonly kustomize: Kustomize | undefined } | undefined;

/** The kustomize of this machine; undefined where there is none. */
export function findKustomize(): Kustomize | undefined {
  if (!found) {
    const command = COMMANDS.find(
      ([name, sub]) => spawnSync(name!, [sub!, '--help'], { stdio: 'ignore' }).status === 0,
    );
    found = { kustomize: command && { overlay: (fill) => overlay(command, fill) } };
  }
  return found.kustomize;
}

function overlay(
  [name, ...args]: readonly string[],
  fill: (directory: string) => JsonObject,
): { readonly objects: JsonObject[] } | { readonly error: string } {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'flux-fleet-build-'));
  try {
    writeKustomization(directory, { apiVersion: API_VERSION, kind: 'Kustomization', ...fill(directory) });
    const result = spawnSync(name!, [...args, '--load-restrictor=LoadRestrictionsNone', directory], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    if (result.error) return { error: result.error.message };
    if (result.status !== 0) return { error: errorOf(result.stderr) };
    const { documents } = readDocuments(result.stdout);
    return { objects: documents.map((d) => d.value as JsonObject) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** As JSON, which every reader of YAML takes alike. */
export function writeKustomization(directory: string, kustomization: JsonObject): void {
  writeFileSync(join(directory, 'kustomization.yaml'), JSON.stringify(kustomization));
}

/** What is wrong, without what kubectl says around it. */
function errorOf(stderr: string): string {
  const text = stderr.trim();
  const [, quoted, block] = / err=(?:("(?:[^"\\]|\\.)*")|<\n([^]*?)\n\s*>)$/.exec(text) ?? [];
  const said = quoted === undefined ? (block ?? text) : (JSON.parse(quoted) as string);
  return said.replace(/^error: /i, '').trim();
}

/** Of what kustomize says, the last file that it came to and what is wrong there. */
export function shortened(text: string): string {
  const [, below, rest] = RECURSED.exec(text) ?? [];
  if (below !== undefined) {
    const inner = shortened(rest!);
    return inner === rest ? `${below}: ${inner}` : inner;
  }
  const [, file, what] = IN_FILE.exec(text) ?? [];
  return file === undefined ? text : `${file}: ${what}`;
}

const RECURSED =
  /^accumulating \w+: accumulation err='[^]*?': recursed (?:accumulation of|merging from) path '([^']*)': ([^]*)$/;
const IN_FILE =
  /^accumulating resources: accumulation err='\w+ resources from '([^']*)': ([^]*)': must build at directory: [^]*$/;
