import { join, relative, sep } from 'node:path';
import { readFileSync } from 'node:fs';
import type { JsonObject } from '../yaml/normalize.js';
import type { Tree } from './discover.js';
import type { Files } from '../kustomize/files.js';
import { takenAway } from '../kustomize/ignore.js';
import type { IgnoreLines } from '../kustomize/ignore.js';

/** The kinds of source-controller that a Kustomization can point to. */
export const SOURCE_GROUP = 'source.toolkit.fluxcd.io';

/** A reference to a source, with its namespace. */
export interface SourceId {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Where the content of a source lies, and what of it is in its artifact. */
export interface SourceContent {
  /** The directory, absolute. */
  readonly root: string;
  /** What it depends on what of the directory is in the artifact: contents of one key are the same. */
  readonly key: string;
  /** What takes a path (absolute) away from the artifact. */
  readonly ignored: (path: string, isDirectory: boolean) => string | undefined;
}

/** `Kind/namespace/name`. */
export function sourceKey({ kind, namespace, name }: SourceId): string {
  return `${kind}/${namespace}/${name}`;
}

/** The content of a source that lies in a directory; `object` is the source where it is known. */
export function contentOf(root: string, tree: Tree, object: JsonObject | undefined, files: Files): SourceContent {
  const spec = (object?.spec ?? {}) as { ignore?: unknown; sparseCheckout?: unknown };
  const lines = tree.sourceignores
    .filter((directory) => directory === root || directory.startsWith(`${root}${sep}`))
    .map((directory): IgnoreLines => {
      const file = join(directory, '.sourceignore');
      return {
        directory: posix(relative(root, directory)),
        text: readFileSync(file, 'utf8'),
        from: files.display(file),
      };
    });
  const ignored = takenAway(object, lines);
  return {
    root,
    key: JSON.stringify([root, spec.ignore, spec.sparseCheckout]),
    ignored: (path, isDirectory) => {
      const below = posix(relative(root, path));
      return below === '' || below.startsWith('../') ? undefined : ignored(below, isDirectory);
    },
  };
}

/** A url so that two ways of writing the same repository are the same text. */
export function normalizedUrl(url: string): string {
  return url
    .replace(/^(?:ssh:\/\/)?git@([^:/]+)(?::\d+)?[:/]/, 'https://$1/')
    .replace(/\.git$/, '')
    .replace(/\/+$/, '');
}

function posix(path: string): string {
  return path.split(sep).join('/');
}
