/**
 * `npm run e2e`: a cluster of plain processes, and the tests on it. `--built` only tells, by its exit code, whether that
 * would begin at once.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { binariesAreBuilt } from './environment/binaries.js';
import { LOGS, startEnvironment } from './environment/environment.js';
import type { Started } from './environment/environment.js';

const started = performance.now();
const say = (what: string) => {
  process.stderr.write(`e2e: ${what} (${Math.round((performance.now() - started) / 1000)} s)\n`);
};

let running: Started | undefined;
let tests: ChildProcess | undefined;
let ending: Promise<void> | undefined;

/** Ends what runs, once, however often it is asked for. */
function end(): Promise<void> {
  tests?.kill('SIGKILL');
  ending ??= running?.stop() ?? Promise.resolve();
  return ending;
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => {
    void end().finally(() => process.exit(code));
  });
}

if (process.argv[2] === '--built') process.exit(binariesAreBuilt() ? 0 : 1);

try {
  running = await startEnvironment(say);
  say('the cluster is ready');
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const args = [jest, '--config', join(import.meta.dirname, 'jest.config.js'), '--runInBand', ...process.argv.slice(2)];
  tests = spawn(process.execPath, ['--experimental-vm-modules', ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...running.variables },
  });
  const [code] = (await once(tests, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} catch (error) {
  process.stderr.write(`e2e: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await end();
  if (process.exitCode !== 0) process.stderr.write(`e2e: the logs of all programs are in ${LOGS}\n`);
}
