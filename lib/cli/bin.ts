#!/usr/bin/env node
import * as module from 'node:module';
import { setFlagsFromString } from 'node:v8';

// A synth is short, and does much in it once: V8 would spend as much on compiling for the long run as the run takes, on
// processors that the second thread needs. It compiles what is really hot, and in smaller pieces.
for (const flag of ['--interrupt-budget=200000', '--max-inlined-bytecode-size-cumulative=300'])
  setFlagsFromString(flag);

// Node.js 22.8 and later keep what they have compiled, in a directory of the user's below that for temporary files; where
// they cannot, nothing is kept. It helps only what is loaded after it.
(module as { readonly enableCompileCache?: () => unknown }).enableCompileCache?.();
await import('./main.js');
