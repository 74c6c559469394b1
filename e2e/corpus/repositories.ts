import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const HOST = 'https://github.com/';

/** A repository of GitHub as kustomize would fetch it: with one tag, and these files. */
export interface Repository {
  readonly tag: string;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Repositories on this machine, from which Git fetches in place of GitHub's: kustomize runs git, and the controllers have
 * the variables of this process.
 */
export function serveRepositories(directory: string, repositories: Readonly<Record<string, Repository>>): void {
  for (const [name, { tag, files }] of Object.entries(repositories)) {
    const at = join(directory, name);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(at, path)), { recursive: true });
      writeFileSync(join(at, path), text);
    }
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    const git = (...args: string[]) => execFileSync('git', ['-C', at, ...identity, ...args], { stdio: 'ignore' });
    git('init', '--initial-branch', 'main');
    git('add', '--all');
    git('commit', '--message', 'test');
    git('tag', tag);
  }
  process.env.GIT_CONFIG_COUNT = '1';
  process.env.GIT_CONFIG_KEY_0 = `url.file://${directory}/.insteadOf`;
  process.env.GIT_CONFIG_VALUE_0 = HOST;
}
