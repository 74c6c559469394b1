import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSystemOf } from './machine.js';

/** Where Linux has a file system in memory: what a disk does at the time is not what is measured. */
const MEMORY = '/dev/shm';

/** The directory below which a bench of a fleet works that needs so many bytes. */
export function defaultPlace(bytes: number): string {
  return existsSync(MEMORY) && fileSystemOf(MEMORY) === 'tmpfs' && freeBytes(MEMORY) > bytes ? MEMORY : tmpdir();
}

export function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** A directory of its own for one bench; removed afterwards. */
export class Workspace {
  readonly directory: string;
  readonly fileSystem: string;

  constructor(place: string) {
    mkdirSync(place, { recursive: true });
    this.directory = realpathSync(mkdtempSync(join(place, 'flux-fleet-bench-')));
    this.fileSystem = fileSystemOf(this.directory);
  }

  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  /** Brings the disk to rest, so that nobody pays for what another wrote. */
  settle(): void {
    if (this.fileSystem !== 'tmpfs') spawnSync('sync');
  }

  remove(): void {
    remove(this.directory);
  }
}

/** Removes a directory, if it is there. */
export function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
