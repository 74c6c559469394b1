import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * A library that is loaded when it is first used, and then kept. A synth of constructs alone needs few of them, and loading
 * one may take longer than building a small fleet.
 *
 * @example lazily((require) => require('yaml') as typeof Yaml)
 */
export function lazily<T>(load: (require: NodeJS.Require) => T): () => T {
  let loaded: { readonly library: T } | undefined;
  return () => {
    loaded ??= { library: load(require) };
    return loaded.library;
  };
}
