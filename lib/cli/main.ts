import { Command, Option } from 'commander';
import { formatFinding, isFleetError } from '../finding.js';
import { traceEverything } from '../origin.js';
import type { AccessCommand } from './access.js';
import type { CheckCommand } from './check.js';
import { ourPackage } from './package.js';
import { removeCluster } from './remove.js';
import { SYNTH_MISUSED, synthCommand } from './synth.js';
import { colors, widthOf } from './terminal.js';
import type { SynthCommand } from './synth.js';

/** Exit codes: 1 for what is wrong with the fleet, 2 for a command that could not run. */
const FAILED = 1;
const MISUSED = 2;

const program = new Command('flux-fleet')
  .description('Fleets of Kubernetes clusters in TypeScript, as plain YAML that Flux reconciles.')
  .version(ourPackage().version)
  .exitOverride((e) => process.exit(e.exitCode === 0 ? 0 : MISUSED));

program
  .command('synth')
  .description('check the fleets of all apps, then write all of them or nothing')
  .argument('<apps...>', 'modules that export or synthesize a fleet, such as apps/*.ts')
  .option('-o, --out <directory>', 'output directory (default: what the code says, or dist)')
  .option(
    '--only <cluster>',
    'name of a cluster, or a label selector; the others stay as they are (repeatable)',
    several,
  )
  .option(
    '--shard <shard/shards>',
    'one of several parts of about the same size, such as 2/8, for jobs that share a fleet',
  )
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
  .command('check')
  .description('judge the YAML of a fleet: what Flux would refuse, never make ready, or delete by accident')
  .argument('[directory]', 'directory with the YAML (default: dist if there is one, else .)')
  .option('--json', 'print the findings as JSON on stdout')
  .option('--sarif [file]', 'write SARIF 2.1.0 for code scanning, to stdout or into a file')
  .option('--revision <revision>', 'check the directory as it was in a Git revision')
  .option('--cluster <path>', 'directory of a cluster, where no file says that it is one (repeatable)', several)
  .option('--only <cluster>', 'name of a cluster, or a label selector; the others are left out (repeatable)', several)
  .option(
    '--source <source=directory>',
    'where the content of another source is: its URL or Kind/namespace/name (repeatable)',
    several,
  )
  .option('--rules <module>', 'TypeScript or JavaScript module that exports rules of your own')
  .option('--crds <path>', 'file or directory with CRDs of kinds that objects may have (repeatable)', several)
  .option(
    '--with <tool>',
    'merge what kubeconform or flux-schema says; arguments for it may follow in the same word (repeatable)',
    several,
  )
  .addOption(
    new Option('--severity <severity>', 'the least that is told and counts')
      .choices(['error', 'warning'])
      .default('warning'),
  )
  .addHelpText('after', '\nExit codes: 0 nothing is wrong, 1 findings, 2 nothing could be checked')
  .action(async (directory: string | undefined, options: CheckCommand) => {
    // Loaded only here: a synth needs no reader of YAML.
    const { checkCommand } = await import('./check.js');
    process.exitCode = await checkCommand(directory, options);
  });

program
  .command('access')
  .description('tell who may do what on the clusters, by the roles and bindings in the YAML of a fleet')
  .argument('[directory]', 'directory with the YAML (default: dist if there is one, else .)')
  .option('--who-can <verb-and-resource...>', 'tell only who may do this, such as --who-can get secrets')
  .option('-n, --namespace <namespace>', 'with --who-can: in this namespace')
  .option('--json', 'print who may do what as JSON on stdout')
  .option('--cluster <path>', 'directory of a cluster, where no file says that it is one (repeatable)', several)
  .option('--only <cluster>', 'name of a cluster, or a label selector; the others are left out (repeatable)', several)
  .option(
    '--source <source=directory>',
    'where the content of another source is: its URL or Kind/namespace/name (repeatable)',
    several,
  )
  .addHelpText('after', '\nExit codes: 0 told, 2 nothing could be read')
  .action(async (directory: string | undefined, options: AccessCommand) => {
    const { accessCommand } = await import('./access.js');
    process.exitCode = await accessCommand(directory, options);
  });

program
  .command('remove')
  .description('take something out of the output that no app declares any more')
  .command('cluster')
  .description('remove the whole directory of a cluster, Flux’s own files included')
  .argument('<name>', 'name of the cluster')
  .option('-o, --out <directory>', 'output directory', 'dist')
  .action((name: string, options: { out: string }) => removeCluster(name, options.out));

// Whoever reads may stop before the end: `flux-fleet check | head`.
process.stdout.on('error', (e: NodeJS.ErrnoException) => {
  if (e.code !== 'EPIPE') throw e;
  process.exit();
});

program.parseAsync().catch((e: unknown) => {
  process.stderr.write(`${describe(e)}\n`);
  process.exitCode = isMisuse(e) ? MISUSED : FAILED;
});

/** Collects an option that may be given several times. */
function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function isMisuse(e: unknown): boolean {
  return isFleetError(e) && e.findings.some((f) => f.rule === SYNTH_MISUSED);
}

function describe(e: unknown): string {
  if (!isFleetError(e)) {
    const text = e instanceof Error ? (e.stack ?? e.message) : String(e);
    return `${text}\n\nan app failed; nothing was written`;
  }
  const blocks = e.findings.map((f) => `${colors.red('error')}: ${formatFinding(f, colors, widthOf(process.stderr))}`);
  const count = `${e.findings.length} ${e.findings.length === 1 ? 'error' : 'errors'}; nothing was written`;
  return [...blocks, count].join('\n\n');
}
