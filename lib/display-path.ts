import { isAbsolute, relative, sep } from 'node:path';

/** A path as the user would type it: from the working directory where it lies below that, else absolute. */
export function displayPath(path: string): string {
  const near = relative('', path);
  const below = near !== '' && near !== '..' && !near.startsWith(`..${sep}`) && !isAbsolute(near);
  return (below ? near : path).replaceAll(sep, '/');
}
