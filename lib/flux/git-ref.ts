import { Args } from '../argument.js';
import { FleetError } from '../finding.js';
import { currentCode } from '../origin.js';
import { checkVersionRange } from './version-range.js';

const KINDS = ['branch', 'tag', 'semver', 'commit', 'name'] as const;

/**
 * What of a Git repository is checked out: exactly one of the five ways that Flux knows. A value that is missing is
 * refused: Flux would fall back to its default, the branch `master`.
 */
export class GitRef {
  /** The head of a branch. */
  static branch(branch: string): GitRef {
    return GitRef.from({ branch });
  }

  /** A tag. */
  static tag(tag: string): GitRef {
    return GitRef.from({ tag });
  }

  /** The newest tag in a semver range, such as `>=1.0.0 <2.0.0`. */
  static semver(range: string): GitRef {
    return GitRef.from({ semver: range });
  }

  /**
   * A commit, by its full SHA.
   *
   * @param branch the branch that holds it, so that Flux can clone shallowly
   */
  static commit(sha: string, branch?: string): GitRef {
    const commit = GitRef.from({ commit: sha });
    return branch === undefined ? commit : GitRef.from({ branch, commit: sha });
  }

  /** A full reference name, such as `refs/heads/main` or `refs/pull/420/head`. */
  static name(name: string): GitRef {
    return GitRef.from({ name });
  }

  /**
   * Takes what the code gives as a reference, also a plain object from untyped code.
   *
   * @throws FleetError where it names none or more than one kind, or gives no value
   */
  static from(ref: unknown): GitRef {
    if (ref instanceof GitRef) return ref;
    const given = (ref ?? {}) as Record<string, string>;
    const kinds = Object.keys(given).filter((k) => given[k] !== undefined);
    const known = kinds.every((k) => (KINDS as readonly string[]).includes(k) && isText(given[k]));
    const single = kinds.length === 1 || (kinds.length === 2 && kinds.includes('commit') && kinds.includes('branch'));
    if (known) checkVersionRange(new Args(undefined), 'ref.semver', given.semver);
    if (known && single) return new GitRef(Object.fromEntries(kinds.map((k) => [k, given[k]!])));
    throw new FleetError({
      rule: 'git-ref',
      what: known && kinds.length > 1 ? 'a Git reference has two kinds' : 'a Git reference has no kind',
      expected: `exactly one of ${KINDS.join(', ')} (a commit may name its branch too)`,
      given: kinds.length > 0 ? JSON.stringify(given) : 'nothing',
      fix: "say what to follow, for example GitRef.branch('main')",
      where: { code: currentCode() },
    });
  }

  private constructor(private readonly spec: Readonly<Record<string, string>>) {}

  /** The reference as `GitRepository.spec.ref`. */
  toSpec(): Record<string, string> {
    return { ...this.spec };
  }

  /** The reference as one full name (`refs/heads/main`), as FluxInstance wants it; undefined where there is none. */
  toRefName(): string | undefined {
    const { branch, tag, name, commit } = this.spec;
    if (name !== undefined) return name;
    if (branch !== undefined && commit === undefined) return `refs/heads/${branch}`;
    return tag === undefined ? undefined : `refs/tags/${tag}`;
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
