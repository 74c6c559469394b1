import { identityOf } from '../model/identity.js';
import type { JsonObject } from '../yaml/normalize.js';

/** What takes a path away from an artifact, for people: the pattern, and where it is said. */
export type Ignored = (path: string, isDirectory: boolean) => string | undefined;

/** Lines of a .sourceignore or of spec.ignore. */
export interface IgnoreLines {
  /** The directory that they are about, relative to the root of the source; '' for the root. */
  readonly directory: string;
  readonly text: string;
  /** Where they are said, for people. */
  readonly from: string;
}

interface Pattern {
  readonly directory: readonly string[];
  readonly steps: readonly string[];
  readonly includes: boolean;
  readonly directoryOnly: boolean;
  readonly said: string;
}

const VERSION_CONTROL = ['.git/', '.gitignore', '.gitmodules', '.gitattributes'];
const DEFAULTS = [
  ['*.jpg', '*.jpeg', '*.gif', '*.png', '*.wmv', '*.flv', '*.tar.gz', '*.zip'],
  ['.github/', '.circleci/', '.travis.yml', '.gitlab-ci.yml', 'appveyor.yml', '.drone.yml'],
  ['cloudbuild.yaml', 'codeship-services.yml', 'codeship-steps.yml'],
  ['**/.goreleaser.yml', '**/.sops.yaml', '**/.flux.yaml'],
].flat();

/**
 * What source-controller leaves out of an artifact. Its patterns are those of .gitignore with one difference: each file
 * is asked for by itself, so that a file can come back from a directory that is left out. The last pattern decides. The
 * patterns that Flux has by itself hold only where nobody says any.
 *
 * @see https://fluxcd.io/flux/components/source/gitrepositories/#ignore
 */
export function ignoredBy(lines: readonly IgnoreLines[]): Ignored {
  const said = lines.flatMap(patternsOf);
  const own = said.length > 0 ? VERSION_CONTROL : [...VERSION_CONTROL, ...DEFAULTS];
  const patterns = [...own.map((p) => patternOf(p, '', `${p} (Flux leaves it out by itself)`)), ...said].reverse();
  return (path, isDirectory) => {
    const steps = path.split('/');
    const decides = patterns.find((p) => matches(p, steps, isDirectory));
    return decides && !decides.includes ? decides.said : undefined;
  };
}

function patternsOf({ directory, text, from }: IgnoreLines): Pattern[] {
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#') && line.trim() !== '')
    .map((line) => patternOf(line, directory, `${line.trim()} in ${from}`));
}

function patternOf(line: string, directory: string, said: string): Pattern {
  const includes = line.startsWith('!');
  const trimmed = (includes ? line.slice(1) : line).replace(/(?<!\\) +$/, '');
  const directoryOnly = trimmed.endsWith('/');
  const steps = (directoryOnly ? trimmed.slice(0, -1) : trimmed).split('/');
  return { directory: directory === '' ? [] : directory.split('/'), steps, includes, directoryOnly, said };
}

function matches(pattern: Pattern, path: readonly string[], isDirectory: boolean): boolean {
  const { directory, steps, directoryOnly } = pattern;
  if (path.length <= directory.length || directory.some((step, i) => path[i] !== step)) return false;
  const below = path.slice(directory.length);
  if (steps.length === 1) {
    const at = below.findIndex((name) => glob(steps[0]!).test(name));
    return at !== -1 && !(directoryOnly && !isDirectory && at === below.length - 1);
  }
  const left = stepsLeft(steps, below);
  return left !== undefined && !(directoryOnly && !isDirectory && left === 0);
}

/** How many steps of a path lie below what the pattern matches; undefined where it does not. */
function stepsLeft(steps: readonly string[], path: readonly string[]): number | undefined {
  let at = 0;
  let anywhere = false;
  let matched = false;
  for (const [i, step] of steps.entries()) {
    if (step === '') {
      anywhere = false;
    } else if (step === '**') {
      if (i === steps.length - 1) break;
      anywhere = true;
    } else {
      if (step.includes('**') || at >= path.length) return undefined;
      const expression = glob(step);
      const found = anywhere ? path.findIndex((name, j) => j >= at && expression.test(name)) : at;
      if (found === -1 || !expression.test(path[found]!)) return undefined;
      at = found + 1;
      anywhere = false;
      matched = true;
    }
  }
  return matched ? path.length - at : undefined;
}

const globs = new Map<string, RegExp>();

/** A step as Go's filepath.Match reads it; one that is wrong matches nothing. */
function glob(step: string): RegExp {
  let expression = globs.get(step);
  if (!expression) {
    const source = step.replace(
      /\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|[*?]|[.+^${}()|[\]\\]/g,
      (all, escaped, not, set) => {
        if (escaped !== undefined) return `\\${String(escaped)}`;
        if (set !== undefined) return `[${String(not)}${String(set)}]`;
        if (all === '*') return '[^/]*';
        return all === '?' ? '[^/]' : `\\${all}`;
      },
    );
    try {
      expression = new RegExp(`^${source}$`, 's');
    } catch {
      expression = /(?!)/;
    }
    globs.set(step, expression);
  }
  return expression;
}

/** What a source leaves out of its artifact: by files `.sourceignore`, by its own `ignore` and `sparseCheckout`. */
export function takenAway(source: JsonObject | undefined, sourceignores: readonly IgnoreLines[]): Ignored {
  const { ignore, sparseCheckout } = (source?.spec ?? {}) as { ignore?: unknown; sparseCheckout?: unknown };
  const name = source && `${identityOf(source).kind} "${identityOf(source).name}"`;
  const own = typeof ignore === 'string' ? [{ directory: '', text: ignore, from: `spec.ignore of ${name}` }] : [];
  const ignored = ignoredBy([...sourceignores, ...own]);
  const sparse = notCheckedOut(sparseCheckout, name);
  return (path, isDirectory) => ignored(path, isDirectory) ?? sparse(path, isDirectory);
}

/** Only what begins like one of these is checked out of Git: text for text, as go-git compares. */
function notCheckedOut(value: unknown, name: string | undefined): Ignored {
  if (!Array.isArray(value) || value.length === 0) return () => undefined;
  const beginnings = value.map((d) => String(d).replace(/^\.\//, ''));
  const said = `spec.sparseCheckout of ${name}, which has only ${beginnings.join(', ')}`;
  return (path, isDirectory) => {
    const there = beginnings.some((b) => path.startsWith(b) || (isDirectory && b.startsWith(`${path}/`)));
    return there || (isDirectory && beginnings.includes(`${path}/`)) ? undefined : said;
  };
}
