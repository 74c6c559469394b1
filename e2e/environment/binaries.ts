import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { progressOf } from '../../lib/cli/progress.js';

/** What the tests run: the `tool`s of go.mod, by the name of their binary. */
export const BINARIES = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'kustomize-controller',
  'helm-controller',
  'notification-controller',
] as const;
export type Binary = (typeof BINARIES)[number];

const MODULE = join(import.meta.dirname, '..');

/** Binaries whose package is called otherwise than they are. */
const RENAMED: Readonly<Record<string, Binary>> = { server: 'etcd' };

/** Directory of the binaries; those of this go.mod, built by this Go, are built once and kept outside the repository. */
export async function binaries(): Promise<string> {
  const { flags, directory } = plan();
  if (existsSync(directory)) return directory;
  mkdirSync(cacheDirectory(), { recursive: true });
  const building = mkdtempSync(join(cacheDirectory(), '.building-'));
  try {
    await build(['build', ...flags, '-o', `${building}/`, ...tools()]);
    for (const [from, to] of Object.entries(RENAMED)) renameSync(join(building, from), join(building, to));
    const missing = BINARIES.filter((name) => !existsSync(join(building, name)));
    if (missing.length > 0) throw new Error(`go build gave no ${missing.join(', ')}`);
    renameSync(building, directory);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return directory;
}

/** Whether nothing needs to be built. */
export function binariesAreBuilt(): boolean {
  return existsSync(plan().directory);
}

/** Where this machine keeps what can be made again. */
export function cacheDirectory(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return process.env.E2E_CACHE ?? join(cache, 'cdk8s-flux-fleet', 'e2e');
}

function plan(): { readonly flags: readonly string[]; readonly directory: string } {
  const flags = ['-ldflags', `-s -w ${versionFlags()}`];
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(MODULE, file)));
  hash.update(JSON.stringify([flags, go('env', 'GOVERSION', 'GOOS', 'GOARCH')]));
  return { flags, directory: join(cacheDirectory(), hash.digest('hex').slice(0, 16)) };
}

/** Kubernetes learns its version when it is linked; without it, it takes itself for 0.0.0 and turns what is new off. */
function versionFlags(): string {
  const version = versionOf('k8s.io/kubernetes');
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version) ?? [];
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return Object.entries(values)
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
}

/** Version of a module that go.mod asks for. */
export function versionOf(module: string): string {
  const text = readFileSync(join(MODULE, 'go.mod'), 'utf8');
  const line = text.split('\n').find((l) => l.trim().startsWith(`${module} v`));
  if (line === undefined) throw new Error(`go.mod does not ask for ${module}`);
  return line.trim().split(' ')[1]!;
}

function tools(): string[] {
  return go('list', 'tool').trim().split('\n');
}

function go(...args: string[]): string {
  return execFileSync('go', args, { cwd: MODULE, encoding: 'utf8', maxBuffer: 1 << 26 });
}

/** Runs `go build -v`, which prints the name of each package that it compiles. */
async function build(args: readonly string[]): Promise<void> {
  const total = new Set(go('list', '-deps', ...tools()).split('\n')).size;
  const progress = await progressOf();
  process.stderr.write(`e2e: building Kubernetes and Flux, ${total} packages: some 20 minutes on two cores, once\n`);
  progress.begin('building', total);
  const child = spawn('go', [args[0]!, '-v', ...args.slice(1)], { cwd: MODULE, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  let compiled = 0;
  for await (const line of createInterface(child.stderr)) {
    said.push(line);
    progress.step(++compiled, line);
  }
  const [code] = child.exitCode === null ? ((await once(child, 'exit')) as [number | null]) : [child.exitCode];
  progress.clear();
  if (code !== 0) throw new Error(`go ${args[0]} ended with ${code}\n${said.slice(-25).join('\n')}`);
}
