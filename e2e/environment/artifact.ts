import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

/** Texts of files by their path. */
export type Files = Readonly<Record<string, string>>;

const SKIPPED = new Set(['.git', 'node_modules']);

/** Files as a gzipped tar; the same files give the same bytes. */
export async function archive(files: Files): Promise<Buffer> {
  const tar = pack();
  for (const path of Object.keys(files).sort()) tar.entry({ name: path, mtime: new Date(0) }, files[path]!);
  tar.finalize();
  return buffer(tar.pipe(createGzip()));
}

/** All files below a directory, but those of Git. */
export function filesBelow(directory: string): Files {
  const found = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.split('/').some((step) => SKIPPED.has(step)));
  return Object.fromEntries(files.map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]));
}

/** A digest in hex. */
export function digest(algorithm: 'sha1' | 'sha256', content: string | Buffer): string {
  return createHash(algorithm).update(content).digest('hex');
}
