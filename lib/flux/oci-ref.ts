import { Args } from '../argument.js';
import { FleetError } from '../finding.js';
import { currentCode } from '../origin.js';
import { checkVersionRange } from './version-range.js';

const KINDS = ['tag', 'semver', 'digest'] as const;

/**
 * What of an OCI repository is pulled: a tag, the newest tag of a semver range, or a digest. A value that is missing is
 * refused: Flux would fall back to its default, the tag `latest`.
 */
export class OCIRef {
  /** A tag. */
  static tag(tag: string): OCIRef {
    return OCIRef.from({ tag });
  }

  /**
   * The newest tag in a semver range.
   *
   * @param filter a regular expression that tags must match, `OCIRepository.spec.ref.semverFilter`
   */
  static semver(range: string, filter?: string): OCIRef {
    return OCIRef.from({ semver: range, semverFilter: filter });
  }

  /** A digest, `sha256:…`. */
  static digest(digest: string): OCIRef {
    return OCIRef.from({ digest });
  }

  /**
   * Takes what the code gives as a reference, also a plain object from untyped code.
   *
   * @throws FleetError where it names none or more than one kind, or gives no value
   */
  static from(ref: unknown): OCIRef {
    if (ref instanceof OCIRef) return ref;
    const given = (ref ?? {}) as Record<string, string>;
    const said = Object.keys(given).filter((k) => given[k] !== undefined);
    const kinds = said.filter((k) => !(k === 'semverFilter' && said.includes('semver')));
    const known = kinds.every((k) => (KINDS as readonly string[]).includes(k));
    const filled = said.every((k) => typeof given[k] === 'string' && given[k] !== '');
    if (known && filled) checkVersionRange(new Args(undefined), 'ref.semver', given.semver);
    if (known && filled && kinds.length === 1) return new OCIRef(Object.fromEntries(said.map((k) => [k, given[k]!])));
    throw new FleetError({
      rule: 'oci-ref',
      what: known && filled && kinds.length > 1 ? 'an OCI reference has two kinds' : 'an OCI reference has no kind',
      expected: `exactly one of ${KINDS.join(', ')} (semver may have a semverFilter)`,
      given: said.length > 0 ? JSON.stringify(given) : 'nothing',
      fix: "say what to pull, for example OCIRef.tag('latest')",
      where: { code: currentCode() },
    });
  }

  private constructor(private readonly spec: Readonly<Record<string, string>>) {}

  /** The reference as `OCIRepository.spec.ref`. */
  toSpec(): Record<string, string> {
    return { ...this.spec };
  }

  /** The reference as FluxInstance wants it: a tag; undefined where it is a range or a digest. */
  toTag(): string | undefined {
    return this.spec.tag;
  }
}
