import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The files below a directory by posix path, sorted. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** How much lies below a directory. */
export interface TreeSize {
  readonly files: number;
  readonly bytes: number;
}

export function treeSize(directory: string): TreeSize {
  const files = filesBelow(directory);
  return { files: files.length, bytes: files.reduce((sum, file) => sum + statSync(join(directory, file)).size, 0) };
}

/** What changes for a file when anything writes it: its inode and the time of its last change. */
export type TreeState = ReadonlyMap<string, string>;

export function treeState(directory: string): TreeState {
  return new Map(
    filesBelow(directory).map((file) => {
      const { ino, mtimeNs } = statSync(join(directory, file), { bigint: true });
      return [file, `${ino} ${mtimeNs}`];
    }),
  );
}

/** The files that were written, made or removed between two states. */
export function touched(before: TreeState, after: TreeState): string[] {
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all].filter((file) => before.get(file) !== after.get(file)).sort();
}
