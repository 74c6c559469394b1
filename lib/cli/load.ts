import { existsSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';
import { FleetError } from '../finding.js';
import type { Finding } from '../finding.js';
import { endRun, isApp, startRun } from '../synth/app.js';
import type { SynthApp } from '../synth/app.js';

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts']);

/**
 * Loads the modules of apps, and gives what they export or synthesize. Nothing is written while they load.
 *
 * @throws FleetError for a file that is not there; and whatever the apps throw
 */
export async function loadApps(files: readonly string[]): Promise<SynthApp[]> {
  const missing = files.filter((f) => !existsSync(f) || !statSync(f).isFile());
  if (missing.length > 0) throw new FleetError(missing.map(notThere));
  const run = startRun();
  try {
    for (const file of new Set(files.map((f) => resolve(f)))) {
      for (const value of Object.values(await importModule(file))) {
        for (const app of [value].flat()) if (isApp(app)) run.add(app);
      }
    }
  } finally {
    endRun();
  }
  return [...run];
}

/** What a module exports, TypeScript as it is. */
export async function importModule(file: string): Promise<Record<string, unknown>> {
  if (TYPESCRIPT.has(extname(file))) await registerOnce();
  return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
}

let registered = false;

/** The library is loaded first, and cdk8s with it: the loader need not look at what is no TypeScript. */
async function registerOnce(): Promise<void> {
  if (registered) return;
  registered = true;
  await import('../index.js');
  register();
}

function notThere(file: string): Finding {
  return {
    rule: 'app-unreadable',
    what: file.includes('*') ? `no file matches ${file}` : 'an app is not there',
    expected: 'a TypeScript or JavaScript module',
    given: file,
    fix: 'name the files of the apps, such as apps/*.ts; the paths are relative to the working directory',
  };
}
