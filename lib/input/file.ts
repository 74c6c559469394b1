import { readFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FleetError } from '../finding.js';
import type { Finding } from '../finding.js';
import { currentCode } from '../origin.js';

/** A file: a `URL` (relative to the module, with `import.meta.url`) or a path relative to the working directory. */
export type FileRef = string | URL;

/**
 * The absolute path of a file.
 *
 * @throws FleetError for a URL that names no file of this machine
 */
export function resolveFile(ref: FileRef, what = 'file'): string {
  if (typeof ref === 'string') return resolve(ref);
  if (ref.protocol === 'file:') return fileURLToPath(ref);
  throw error({
    rule: 'file-unreadable',
    what: `the ${what} is no file of this machine`,
    expected: 'a path, or new URL("./name", import.meta.url)',
    given: ref.href,
    fix: 'download it and keep it beside the code: a synth reads nothing from the network',
  });
}

/** A path as messages show it: relative to the working directory where it lies inside, with forward slashes. */
export function displayPath(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside.startsWith('..') || inside === '' ? path : inside.split(sep).join('/');
}

/**
 * A text file. A byte order mark is left out.
 *
 * @param what what the file is, for messages: `values file`
 * @throws FleetError for a file that cannot be read or is no UTF-8
 */
export function readTextFile(ref: FileRef, what: string): { path: string; text: string } {
  const { path, bytes } = readBinaryFile(ref, what);
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw error({
      rule: 'file-not-utf8',
      what: `the ${what} is no UTF-8 text`,
      expected: 'UTF-8',
      where: { file: displayPath(path) },
      fix: 'save it as UTF-8',
    });
  }
}

/**
 * A file as bytes.
 *
 * @throws FleetError for a file that cannot be read
 */
export function readBinaryFile(ref: FileRef, what: string): { path: string; bytes: Uint8Array } {
  const path = resolveFile(ref, what);
  try {
    return { path, bytes: readFileSync(path) };
  } catch (e) {
    throw error({
      rule: 'file-unreadable',
      what: `the ${what} cannot be read`,
      expected: 'a file',
      given: `${String(ref)}: ${reason(e as NodeJS.ErrnoException)}`,
      where: { file: displayPath(path) },
      fix:
        typeof ref === 'string'
          ? 'a path is relative to the working directory; new URL("./name", import.meta.url) is relative to the module'
          : undefined,
    });
  }
}

function reason(e: NodeJS.ErrnoException): string {
  if (e.code === 'ENOENT') return 'it is not there';
  if (e.code === 'EISDIR') return 'it is a directory';
  return e.message;
}

function error(finding: Finding): FleetError {
  return new FleetError({ ...finding, where: { code: currentCode(), ...finding.where } });
}
