import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { FleetError } from '../finding.js';

/** The output directory where nobody says another. */
export const DEFAULT_OUTDIR = 'dist';

/**
 * Name that cdk8s.yaml gives as `output`. The cdk8s command deletes its output directory before it runs the app, so it
 * gets a link to delete: the app leaves `.cdk8s`, which points to the real directory.
 */
const LINK = '.cdk8s';

/** Where a synth writes. */
export interface OutputPlace {
  readonly outdir: string;
  /** The project's normal output directory, where this one is another. */
  readonly copyFrom: string | undefined;
  /** The link that cdk8s wants to find. */
  readonly link: string | undefined;
  /** Something that the user should know. */
  readonly warning: string | undefined;
}

/**
 * Decides where to write.
 *
 * @param asked what the command line says
 * @param said what the code says
 */
export function outputPlace(asked: string | undefined, said: string | undefined, env: NodeJS.ProcessEnv): OutputPlace {
  const normal = said ?? DEFAULT_OUTDIR;
  const cdk8s = env.CDK8S_OUTDIR;
  if (asked !== undefined) return place(asked, normal);
  if (cdk8s === undefined || cdk8s === '') return place(normal, normal);
  if (basename(cdk8s) === LINK) return { ...place(normal, normal), link: cdk8s };
  const there = place(cdk8s, normal);
  const warning =
    there.copyFrom === undefined
      ? `cdk8s has deleted ${cdk8s} before this ran, with every file in it that is not generated; set "output: ${LINK}" in cdk8s.yaml, and do not pass -o ${cdk8s}`
      : undefined;
  return { ...there, warning };
}

function place(outdir: string, normal: string): OutputPlace {
  const other = resolve(outdir) !== resolve(normal);
  return { outdir, copyFrom: other ? normal : undefined, link: undefined, warning: undefined };
}

/** Leaves the link that cdk8s deletes the next time, in place of the directory. */
export function leaveLink(link: string, outdir: string): void {
  const target = relative(dirname(resolve(link)), resolve(outdir));
  const there = lstatSync(link, { throwIfNoEntry: false });
  if (there?.isSymbolicLink()) {
    if (readlinkSync(link) === target) return;
    rmSync(link);
  } else if (there) {
    throw new FleetError({
      rule: 'output-link',
      what: `${link} is in the way`,
      expected: `nothing there, or a link to ${outdir}`,
      given: there.isDirectory() ? 'a directory' : 'a file',
      fix: `move ${link} away`,
    });
  }
  mkdirSync(dirname(resolve(link)), { recursive: true });
  symlinkSync(target, link, 'dir');
}
