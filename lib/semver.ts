import type * as Semver from 'semver';
import { lazily } from './lazy.js';

/** The library that compares versions. */
export const semver = lazily((require) => require('semver') as typeof Semver);
