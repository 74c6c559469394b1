#!/usr/bin/env node
import * as module from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { engineFlags } from './engine.js';

for (const flag of engineFlags(process.versions.v8)) setFlagsFromString(flag);

// Node.js 22.8 and later keep what they have compiled, in a directory of the user's below that for temporary files; where
// they cannot, nothing is kept. It helps only what is loaded after it.
(module as { readonly enableCompileCache?: () => unknown }).enableCompileCache?.();
await import('./main.js');
