#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { formatFinding, isFleetError } from '../finding.js';
import { traceEverything } from '../origin.js';
import { removeCluster } from './remove.js';
import { synthCommand } from './synth.js';
import { colors } from './terminal.js';
import type { SynthCommand } from './synth.js';

/** Exit codes: 1 for what is wrong with the fleet, 2 for a command that could not run. */
const FAILED = 1;
const MISUSED = 2;

const program = new Command('flux-fleet')
  .description('Fleets of Kubernetes clusters in TypeScript, as plain YAML that Flux reconciles.')
  .version(version())
  .exitOverride((e) => process.exit(e.exitCode === 0 ? 0 : MISUSED));

program
  .command('synth')
  .description('check the fleets of all apps, then write all of them or nothing')
  .argument('<apps...>', 'modules that export or synthesize a fleet, such as apps/*.ts')
  .option('-o, --out <directory>', 'output directory (default: what the code says, or dist)')
  .option('--json', 'print what was done as JSON on stdout')
  .option(
    '--trace',
    'name the exact line of every object in errors, not only of clusters, layers, components and tenants',
  )
  .action(async (apps: string[], options: SynthCommand & { trace?: boolean }) => {
    if (options.trace === true) traceEverything();
    await synthCommand(apps, options);
  });

program
  .command('remove')
  .description('take something out of the output that no app declares any more')
  .command('cluster')
  .description('remove the whole directory of a cluster, Flux’s own files included')
  .argument('<name>', 'name of the cluster')
  .option('-o, --out <directory>', 'output directory', 'dist')
  .action((name: string, options: { out: string }) => removeCluster(name, options.out));

program.parseAsync().catch((e: unknown) => {
  process.stderr.write(`${describe(e)}\n`);
  process.exitCode = FAILED;
});

function describe(e: unknown): string {
  if (!isFleetError(e)) {
    const text = e instanceof Error ? (e.stack ?? e.message) : String(e);
    return `${text}\n\nan app failed; nothing was written`;
  }
  const blocks = e.findings.map((f) => `${colors.red('error')}: ${formatFinding(f, colors)}`);
  const count = `${e.findings.length} ${e.findings.length === 1 ? 'error' : 'errors'}; nothing was written`;
  return [...blocks, count].join('\n\n');
}

function version(): string {
  const file = ['../../package.json', '../../../package.json'].map((p) => new URL(p, import.meta.url)).find(isOurs);
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : 'unknown';
}

/** Sources lie two directories below package.json, the compiled files three. */
function isOurs(url: URL): boolean {
  try {
    return (JSON.parse(readFileSync(url, 'utf8')) as { name?: string }).name === 'cdk8s-flux-fleet';
  } catch {
    return false;
  }
}
