import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Misuse } from './misuse.js';

/**
 * Where the content of other sources lies, as `--source <url or Kind/namespace/name>=<directory>` says it.
 *
 * @throws FleetError for what is not of that form, a directory that is none, and a source with two directories
 */
export function sourcesOf(all: readonly string[], misuse: Misuse): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const text of all) {
    const at = text.lastIndexOf('=');
    const [source, directory] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
    if (source === '' || directory === '') {
      throw misuse('--source is not understood', '<url or Kind/namespace/name>=<directory>', text);
    }
    const stats = statSync(directory, { throwIfNoEntry: false });
    if (stats?.isDirectory() !== true) {
      const given = stats === undefined ? `${directory}, which is not there` : `${directory}, which is a file`;
      throw misuse('the directory of a source is none', 'a directory with what the source holds', given);
    }
    const before = found.get(source);
    if (before !== undefined && before !== resolve(directory)) {
      throw misuse('--source names two directories for one source', 'one directory', `${source}: ${before}, ${text}`);
    }
    found.set(source, resolve(directory));
  }
  return Object.fromEntries(found);
}
