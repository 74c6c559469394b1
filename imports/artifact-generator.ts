/**
 * The spec of an ArtifactGenerator (`source.extensions.fluxcd.io/v1beta1`), which builds ExternalArtifacts out of parts of
 * other sources. Written by hand, like `schemas/source-watcher.json`; see `README.md`.
 */
export interface ArtifactGeneratorSpec {
  /** What is read; 1 to 1000 sources. */
  sources: ArtifactGeneratorSource[];
  /** What is built; 1 to 1000 artifacts, one ExternalArtifact each. */
  artifacts: ArtifactGeneratorArtifact[];
  /**
   * One artifact for each directory that matches, for example `@fleet/apps/{app}`. The captures may be used as `{app}` in
   * the fields of the artifacts.
   */
  pathPattern?: string;
  /** Labels and annotations for all ExternalArtifacts; they win over others of the same key. */
  commonMetadata?: ArtifactGeneratorCommonMetadata;
}

/** A source and the name by which the copy operations call it. */
export interface ArtifactGeneratorSource {
  /** Lower-case letters, digits, `_` and `-`; unique within the generator. */
  alias: string;
  kind: 'Bucket' | 'GitRepository' | 'OCIRepository' | 'HelmChart' | 'ExternalArtifact';
  name: string;
  /** @default - the namespace of the ArtifactGenerator */
  namespace?: string;
}

/** One ExternalArtifact that is built. */
export interface ArtifactGeneratorArtifact {
  /** Name of the ExternalArtifact; with `pathPattern` it may hold captures. */
  name: string;
  /** Applied from first to last; a later one overwrites the files of an earlier one. */
  copy: ArtifactGeneratorCopy[];
  /**
   * `@<alias>` of the source whose revision the artifact takes.
   *
   * @default - a digest of the content
   */
  revision?: string;
  /** `@<alias>` of the source whose original revision (a Git commit) is noted in the artifact's metadata. */
  originRevision?: string;
}

/** Files that are taken from a source into an artifact. */
export interface ArtifactGeneratorCopy {
  /** `@<alias>/<glob>`, for example `@fleet/apps/**`. */
  from: string;
  /** `@artifact/<path>`, for example `@artifact/`. */
  to: string;
  /** Globs that take files out of `from` again; one without a slash is held against the file name in any directory. */
  exclude?: string[];
  /**
   * `Merge` merges YAML files the way Helm merges values; `Extract` unpacks tarballs.
   *
   * @default 'Overwrite'
   */
  strategy?: 'Overwrite' | 'Merge' | 'Extract';
}

/** Labels and annotations of what is built. */
export interface ArtifactGeneratorCommonMetadata {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}
