// kustomize.ts <directory> <overlays>
// The fleet with `kubectl kustomize`: builds the overlay of each cluster into one file, one after the other.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { report } from './report.js';

const [directory, overlays] = process.argv.slice(2);
mkdirSync(directory!, { recursive: true });

let peakKiB = 0;
for (const cluster of readdirSync(overlays!)) await build(cluster);
if (peakKiB > 0) report({ peakKiB });

async function build(cluster: string): Promise<void> {
  const out = openSync(join(directory!, `${cluster}.yaml`), 'w');
  const child = spawn('kubectl', ['kustomize', join(overlays!, cluster)], { stdio: ['ignore', out, 'inherit'] });
  // The peak of a process that is not ours can only be looked at while it lives.
  const watch = setInterval(() => (peakKiB = Math.max(peakKiB, peakOf(child.pid))), 20);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(watch);
  closeSync(out);
  if (code !== 0) throw new Error(`kubectl kustomize ended with ${code} for ${cluster}`);
}

/** In KiB; 0 where the system does not tell. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
