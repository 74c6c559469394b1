import type { ArtifactGeneratorSpec } from '../../imports/artifact-generator.js';
import type { Construct } from 'constructs';
import { SpecObject } from '../spec-object.js';
import type { SpecObjectProps } from '../spec-object.js';

/** Props of {@link ArtifactGenerator}: metadata, and the fields of its spec. */
export type ArtifactGeneratorProps = SpecObjectProps<ArtifactGeneratorSpec>;

/**
 * An `ArtifactGenerator`: makes ExternalArtifacts of parts of other sources. Needs the component source-watcher.
 *
 * @see https://fluxcd.io/flux/components/source/artifactgenerators/
 */
export class ArtifactGenerator extends SpecObject<ArtifactGeneratorSpec> {
  constructor(scope: Construct, id: string, props: ArtifactGeneratorProps) {
    super(scope, id, 'source.extensions.fluxcd.io/v1beta1', 'ArtifactGenerator', props);
  }
}
