import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until.js';

/** A program that runs beside the tests. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Variables that it has besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

interface Running extends Program {
  readonly pid: number;
}

const GRACE_SECONDS = 20;
const LAST_LINES = 25;

/**
 * The programs of a run. A directory holds what runs, so that the process that cleans up need not be the one that started
 * it: `<name>.json` says how a program was started, `<name>.log` what it printed.
 */
export class Processes {
  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
  }

  /** Starts a program; one that runs by that name is an error. */
  start(program: Program): void {
    if (this.runs(program.name)) throw new Error(`${program.name} runs already`);
    const log = openSync(this.log(program.name), 'a');
    const child = spawn(program.command, program.args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...program.env },
    });
    closeSync(log);
    if (child.pid === undefined) throw new Error(`cannot start ${program.command}`);
    child.unref();
    writeFileSync(this.record(program.name), JSON.stringify({ ...program, pid: child.pid } satisfies Running));
  }

  /** Starts what was stopped as it was started before. */
  startAgain(name: string): void {
    const { pid: _, ...program } = this.recorded(name);
    this.start(program);
  }

  /** Whether a program of that name was started and still runs. */
  runs(name: string): boolean {
    return existsSync(this.record(name)) && isAlive(this.recorded(name).pid);
  }

  /** Id of a running program. */
  pid(name: string): number {
    return this.recorded(name).pid;
  }

  /** Ends a program and waits for its end; one that does not heed the signal is killed. */
  async stop(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.runs(name)) return;
    const { pid } = this.recorded(name);
    process.kill(pid, signal);
    const ended = () => !isAlive(pid);
    await until(`the end of ${name}`, ended, { seconds: GRACE_SECONDS, everyMs: 20 }).catch(() => {
      process.kill(pid, 'SIGKILL');
    });
    await until(`the end of ${name}`, ended, { seconds: GRACE_SECONDS, everyMs: 20 });
  }

  /** Kills all programs: nothing of them is kept. */
  async stopAll(): Promise<void> {
    await Promise.all(this.names().map((name) => this.stop(name, 'SIGKILL')));
    for (const name of this.names()) rmSync(this.record(name));
  }

  /** Throws when a program that was started has ended by itself, with the last lines that it printed. */
  check(name: string): void {
    if (!this.runs(name)) throw new Error(`${name} has ended:\n${this.lastLines(name)}`);
  }

  /** What a program printed at last. */
  lastLines(name: string): string {
    return readFileSync(this.log(name), 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  }

  /** File that holds what a program prints. */
  log(name: string): string {
    return join(this.directory, `${name}.log`);
  }

  /** Names of what was started and not yet forgotten. */
  names(): string[] {
    return readdirSync(this.directory)
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length))
      .sort();
  }

  private recorded(name: string): Running {
    return JSON.parse(readFileSync(this.record(name), 'utf8')) as Running;
  }

  private record(name: string): string {
    return join(this.directory, `${name}.json`);
  }
}

/** A process that has ended and that its parent has not looked at yet is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/^\d+ \(.*\) [ZX] /.test(readFileSync(stat, 'utf8'));
}
