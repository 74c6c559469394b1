import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The files of a repository, for a test to change. */
export class Checkout {
  constructor(readonly directory: string) {}

  /** Text of a file. */
  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.directory, path));
  }

  write(path: string, text: string): void {
    const at = join(this.directory, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, text);
  }

  /** Changes the text of a file; a change that changes nothing is an error. */
  edit(path: string, from: string | RegExp, to: string): void {
    const text = this.read(path);
    const edited = text.replace(from, to);
    if (edited === text) throw new Error(`${path} has no ${from}`);
    this.write(path, edited);
  }

  /** Removes a file or a directory. */
  remove(path: string): void {
    rmSync(join(this.directory, path), { recursive: true });
  }

  /** Copies a directory of the machine over one of the repository. */
  copy(from: string, to: string): void {
    cpSync(from, join(this.directory, to), { recursive: true });
  }
}
