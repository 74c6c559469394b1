import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { show } from './argument.js';
import { displayPath } from './display-path.js';
import { FleetError } from './finding.js';
import type { Finding } from './finding.js';
import { currentCode } from './origin.js';

/** A file: a `URL` (relative to the module, with `import.meta.url`) or a path relative to the working directory. */
export type FileRef = string | URL;

/**
 * The absolute path of a file.
 *
 * @param what what the file is, for messages: `values file`
 * @throws FleetError for a URL that names no file of this machine
 */
export function resolveFile(ref: FileRef, what = 'file'): string {
  if (typeof ref === 'string') return resolve(ref);
  if (typeof ref !== 'object' || ref === null || !('protocol' in ref)) {
    throw error({
      rule: 'file-unreadable',
      what: `the ${what} is not said`,
      expected: "a path, or new URL('./name', import.meta.url)",
      given: show(ref),
    });
  }
  try {
    return fileURLToPath(ref);
  } catch (e) {
    throw error({
      rule: 'file-unreadable',
      what: `the ${what} is no file of this machine`,
      expected: "a path, or new URL('./name', import.meta.url)",
      given: ref.protocol === 'file:' ? `${ref.href}: ${(e as Error).message}` : ref.href,
      fix: 'keep it beside the code: a synth reads nothing from the network',
    });
  }
}

/**
 * A text file in UTF-8. A byte order mark is left out.
 *
 * @param what what the file is, for messages: `values file`
 * @returns the text, and the absolute path
 * @throws FleetError for a file that cannot be read or is no UTF-8
 */
export function readTextFile(ref: FileRef, what: string): { path: string; text: string } {
  const { path, bytes } = readBinaryFile(ref, what);
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw error({
      rule: 'file-not-utf8',
      what: `the ${what} is no UTF-8 text`,
      expected: 'UTF-8',
      given: utf16 ? 'UTF-16' : 'bytes that are no character',
      where: { file: utf16 ? displayPath(path) : `${displayPath(path)}:${firstBadLine(bytes)}` },
      fix: 'save it as UTF-8',
    });
  }
}

/**
 * A file as bytes.
 *
 * @param what what the file is, for messages: `values file`
 * @returns the bytes, and the absolute path
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
      given: `${typeof ref === 'string' ? JSON.stringify(ref) : ref.href} (${path}): ${reason(e as NodeJS.ErrnoException)}`,
      where: { file: displayPath(path) },
      fix: typeof ref === 'string' ? suggestRef(ref) : undefined,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  ENOTDIR: 'it is not there: a part of the path is no directory',
  EISDIR: 'it is a directory',
  EACCES: 'its permissions do not allow it',
};

function reason(e: NodeJS.ErrnoException): string {
  return REASONS[e.code ?? ''] ?? e.message;
}

function suggestRef(ref: string): string {
  return ref.startsWith('file:')
    ? 'give the URL itself, not its text'
    : "a string is relative to the working directory; new URL('./name', import.meta.url) is relative to the module";
}

/** Number of the first line that is no UTF-8; a newline never is part of another character. */
function firstBadLine(bytes: Uint8Array): number {
  for (let line = 1, start = 0; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}

function error(finding: Finding): FleetError {
  return new FleetError({ ...finding, where: { code: currentCode(), ...finding.where } });
}
