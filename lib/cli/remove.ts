import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Args } from '../argument.js';
import { FleetError } from '../finding.js';
import { attempt } from '../synth/disk/errors.js';
import { SYSTEM_FILES } from '../synth/disk/operations.js';
import { listOtherClusters } from '../synth/disk/output.js';
import { StageDirectory } from '../synth/disk/stage.js';

/**
 * Removes the directory of a cluster whole: half of it, Flux's own two files alone, would make Flux delete every layer
 * and drop the lockdown.
 *
 * @throws FleetError where there is no such directory, or none that this library made
 */
export function removeCluster(name: string, outdir: string): void {
  new Args(undefined).dnsLabel('the name of the cluster', name);
  const root = `clusters/${name}`;
  const directory = join(outdir, root);
  const ours = listOtherClusters(outdir, new Set()).some((c) => c.root === root);
  if (!existsSync(directory) || !ours) {
    throw new FleetError({
      rule: 'no-such-cluster',
      what: `there is no generated cluster "${name}" in ${outdir}`,
      expected: `the directory ${directory} with files of this library`,
      given: existsSync(directory) ? 'a directory that this library did not make' : 'nothing',
      fix: 'check the name, and name another output directory with --out',
    });
  }
  // Out of the way in one step, so that an interrupted removal leaves no half of a cluster behind.
  const stage = new StageDirectory(outdir, SYSTEM_FILES);
  const aside = stage.reserve();
  attempt('the directory of the cluster cannot be removed', directory, () => renameSync(directory, aside));
  rmSync(aside, { recursive: true });
  stage.discard(false);
  process.stderr.write(`removed ${directory}\n`);
}
