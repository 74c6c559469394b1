import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { REPORT_FD } from './contenders/report.js';
import type { Report } from './contenders/report.js';

/** A command that is measured. */
export interface Command {
  /** An executable; Node.js, if it is left out. */
  readonly program?: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** What a run took. */
export interface Measured {
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** The most memory that it held, in KiB; undefined where nothing tells. */
  readonly peakKiB: number | undefined;
  /** Time of its threads and ended children on processors; undefined where nothing tells. */
  readonly cpuSeconds: number | undefined;
  /** Of them the seconds of the part that counts, where the process tells of one. */
  readonly partSeconds: number | undefined;
}

/** The TypeScript loader of all contenders, wherever they run. */
const TSX = import.meta.resolve('tsx');

/** A script of ours as a command, with the same loader as every other. */
export function script(file: string, args: readonly string[], cwd: string): Command {
  return { args: ['--import', TSX, file, ...args], cwd };
}

/**
 * Tells what a process used when it ends. Linux keeps the peak of memory for the program itself; `maxRSS` begins there
 * with the peak of the process that started it. It also knows what ended children used, in hundredths of a second.
 */
const USAGE = preload(`
  import { readFileSync, writeSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  const tell = () => {
    const usage = process.resourceUsage();
    let [peakKiB, ticks] = [usage.maxRSS, 0];
    if (process.platform === 'linux') {
      peakKiB = Number(/^VmHWM:\\s*(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
      const fields = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\\) /, '').split(' ');
      ticks = Number(fields[13]) + Number(fields[14]);
    }
    const cpuSeconds = (usage.userCPUTime + usage.systemCPUTime) / 1e6 + ticks / 100;
    writeSync(${REPORT_FD}, JSON.stringify({ peakKiB, cpuSeconds }) + '\\n');
  };
  if (isMainThread) process.on('exit', tell);
`);

interface Usage extends Report {
  readonly cpuSeconds?: number;
}

let running: ChildProcess | undefined;

/** Runs a command in a process of its own, to its end. */
export async function measure({ program, args, cwd }: Command): Promise<Measured> {
  const started = performance.now();
  running = spawn(program ?? process.execPath, program === undefined ? ['--import', USAGE, ...args] : args, {
    cwd,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [said, reports] = [running.stderr, running.stdio[REPORT_FD]].map((stream) => text(stream as Readable));
  const [code, signal] = (await once(running, 'exit')) as [number | null, string | null];
  const seconds = (performance.now() - started) / 1000;
  running = undefined;
  if (code !== 0)
    throw new Error(`${[program ?? 'node', ...args].join(' ')} ended with ${signal ?? code}\n${await said}`);
  return { seconds, ...reported((await reports) ?? '') };
}

/** Ends what is measured now. */
export function stop(): void {
  running?.kill();
}

function reported(lines: string): Omit<Measured, 'seconds'> {
  const reports = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Usage);
  const all = (field: keyof Usage): number[] => reports.flatMap((r) => r[field] ?? []);
  const peaks = all('peakKiB');
  return {
    peakKiB: peaks.length > 0 ? Math.max(...peaks) : undefined,
    cpuSeconds: all('cpuSeconds')[0],
    partSeconds: all('partSeconds')[0],
  };
}

/** A module for `--import` that is no file: it needs no loader. */
export function preload(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** What `npm run` and this process were given is not for the contenders, and none of them asks for a newer version. */
export function environment(): NodeJS.ProcessEnv {
  const foreign = /^(npm_|NODE_OPTIONS$|NODE_V8_COVERAGE$|NODE_COMPILE_CACHE$|CDK8S_|JEST_|TSX_|INIT_CWD$)/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(own), CDK8S_CHECK_UPGRADE: 'false', npm_config_update_notifier: 'false' };
}
