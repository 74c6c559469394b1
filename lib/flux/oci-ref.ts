/** What of an OCI repository is pulled: a tag, the newest tag of a semver range, or a digest. */
export class OCIRef {
  /** A tag. */
  static tag(tag: string): OCIRef {
    return new OCIRef({ tag });
  }

  /**
   * The newest tag in a semver range.
   *
   * @param filter a regular expression that tags must match, `OCIRepository.spec.ref.semverFilter`
   */
  static semver(range: string, filter?: string): OCIRef {
    return new OCIRef(filter === undefined ? { semver: range } : { semver: range, semverFilter: filter });
  }

  /** A digest, `sha256:…`. */
  static digest(digest: string): OCIRef {
    return new OCIRef({ digest });
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
