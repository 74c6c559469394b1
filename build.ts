// Makes build/, which is what is published: declarations as they lie in lib/, and the code in a few files.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

/**
 * The modules that are found by name: the library, the command, and its second thread. All code comes to lie in one directory, so that what
 * they share is there once, and as deep below build/ as a module of lib/model: what a module finds relative to itself
 * (schemas, package.json, another entry) is where it was.
 */
const ENTRIES = { index: 'lib/index.ts', 'flux-fleet': 'lib/cli/bin.ts', worker: 'lib/synth/thread/worker.ts' };
const CODE = 'build/lib/code';

/** The packages that every synth loads. */
const PACKAGES = /^(cdk8s|commander|constructs|picocolors)$/;

/**
 * Takes packages that are CommonJS with `require`, as they are meant: `import` would parse each once more to find out what it
 * exports, which takes as long as loading it. It is the same module either way.
 */
const requirePackages: Plugin = {
  name: 'require-packages',
  setup(bundle) {
    bundle.onResolve({ filter: PACKAGES }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'package' } : { path, external: true },
    );
    bundle.onLoad({ filter: /./, namespace: 'package' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};
const REQUIRE = `import { createRequire as createRequireHere } from 'node:module';
const require = createRequireHere(import.meta.url);`;

rmSync(`${ROOT}build`, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
cpSync(`${ROOT}imports/schemas`, `${ROOT}build/imports/schemas`, { recursive: true });

const { outputFiles } = await build({
  absWorkingDir: ROOT,
  entryPoints: ENTRIES,
  outdir: CODE,
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  tsconfigRaw: {},
  plugins: [requirePackages],
  banner: { js: REQUIRE },
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
});
for (const { path, text } of outputFiles) writeFile(path, withClassNames(text));

/** Classes that name themselves inside get another name there, which people would read in errors. */
function withClassNames(code: string): string {
  const renamed = [...code.matchAll(/^var (\w+) = class (_\1)\b/gm)];
  return renamed.reduce((text, [, name, inner]) => text.replace(new RegExp(`\\b${inner}\\b`, 'g'), name!), code);
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
