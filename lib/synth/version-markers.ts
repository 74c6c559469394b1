import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { displayPath } from '../display-path.js';
import type { Finding } from '../finding.js';
import type { ExistingObject } from '../model/cluster-model.js';
import { didYouMean } from '../model/did-you-mean.js';
import { identityOf, isKind } from '../model/identity.js';
import { versionsUsesOf } from '../versions-record.js';
import type { VersionMarker, VersionsFile } from '../versions-record.js';
import type { SynthApp, UnitModel } from './app.js';
import { listOtherClusters } from './disk/output.js';
import { parseAllDocuments } from '../yaml/parser.js';

/** An ImagePolicy that a marker can name. */
interface Policy {
  /** `namespace:name`; `*:name` where a declaration names no namespace. */
  readonly id: string;
  /** Whether it finds digests; true where that is not known. */
  readonly digests: boolean;
  /** The cluster that it is for, where a hub applies it elsewhere; undefined where that is not known. */
  readonly target?: string;
}

/** What is known where markers are judged. */
interface MarkerScope {
  /**
   * Where other clusters are looked for.
   *
   * @default - nowhere
   */
  readonly outdir?: string;
  /**
   * Whether some units were left out.
   *
   * @default false
   */
  readonly isPart?: boolean;
}

const GROUP = 'image.toolkit.fluxcd.io';
const KIND = 'ImagePolicy';

/**
 * Whether the markers in files of versions name ImagePolicies that there are. A marker without its policy is passed over
 * by the controller in silence, and the version grows old.
 */
export class VersionMarkers {
  private readonly units = new Map<string, Policy[]>();
  /** Whether some objects could not be made, which was told already. */
  private incomplete = false;
  private disk: Policy[] | undefined;

  /** Takes the policies of a unit; nothing of one that could not be built. */
  addUnit(root: string, model: UnitModel | undefined): void {
    const layers = model === undefined ? [] : 'layers' in model ? model.layers : model.cluster.layers;
    this.incomplete ||= model === undefined || layers.some((layer) => layer.incomplete);
    if (model === undefined) return;
    const emitted = layers
      .flatMap(({ objects, target }) =>
        objects.filter(({ object }) => isKind(object, GROUP, KIND)).map((o) => ({ ...o, target })),
      )
      .map(({ object, namespace, target }) => ({ ...policyOf(object, namespace), target }));
    const exists = 'layers' in model ? [] : model.cluster.exists;
    this.units.set(root, [...emitted, ...declared(exists)]);
  }

  /**
   * Judges the markers. Those of an automation's files must name policies of the automation's cluster: the controller
   * sees no others. Those of files that were only read may name policies of any cluster, also of one that the output
   * already holds and this run does not declare. A repository without any policy has them elsewhere, and is not judged.
   *
   * A run of a part judges what its own clusters' automations edit. What else was read may name a policy of a cluster that
   * is left out, whose code may say something else than the output has.
   *
   * @param read the files that the run has read
   */
  check(
    apps: readonly SynthApp[],
    read: readonly VersionsFile[],
    { outdir, isPart = false }: MarkerScope = {},
  ): Finding[] {
    const isElsewhere = [...this.units].every(([root, policies]) => root === '' && policies.length === 0);
    if (this.incomplete || isElsewhere) return [];
    const uses = apps
      .flatMap((app) => versionsUsesOf(app))
      .filter(({ cluster }) => !isPart || (cluster !== undefined && this.units.has(rootOf(cluster))));
    // A bot that goes writes nothing more, and its policies may go with it.
    const used = uses
      .filter((use) => !use.isLeaving)
      .flatMap(({ files, cluster, target }) =>
        files.map((file) => ({
          file,
          of: cluster === undefined ? undefined : { root: rootOf(cluster), target },
        })),
      );
    const paths = new Set(uses.flatMap(({ files }) => files.map(({ file }) => file)));
    const unused = [...new Map(read.map((file) => [file.file, file])).values()].filter(({ file }) => !paths.has(file));
    const others = isPart ? [] : unused;
    const findings = [...used, ...others.map((file) => ({ file, of: undefined }))].flatMap(({ file, of }) =>
      file.markers.flatMap((marker) => this.judge(file, marker, of, outdir) ?? []),
    );
    return [...new Map(findings.map((f) => [JSON.stringify(f), f])).values()];
  }

  private judge(
    { file }: VersionsFile,
    marker: VersionMarker,
    of: { readonly root: string; readonly target: string } | undefined,
    outdir: string | undefined,
  ): Finding | undefined {
    const given = `${marker.namespace}:${marker.policy}`;
    const where = { file: `${displayPath(file)}:${marker.line}` };
    const here = of
      ? (this.units.get(of.root) ?? []).filter(({ target = of.target }) => target === of.target)
      : [...this.units.values()].flat();
    const elsewhere = () => (of === undefined && outdir !== undefined ? this.onDiskIn(outdir) : []);
    const named = ({ id }: Policy) => id === given || id === `*:${marker.policy}`;
    const found = here.find(named) ?? elsewhere().find(named);
    if (!found) {
      const ids = new Set([...here, ...elsewhere()].map(({ id }) => id));
      const near = nearest(marker, ids);
      return {
        rule: 'version-marker',
        what: `the marker of the version "${marker.version}" names an ImagePolicy that is not there`,
        expected: ids.size > 0 ? [...ids].sort().slice(0, 10).join(', ') : 'an ImagePolicy in the fleet; there is none',
        given,
        fix:
          near !== undefined
            ? `did you mean "${near}"?`
            : 'add the ImagePolicy, or declare one that others make: exists of the cluster',
        where,
      };
    }
    if (marker.field !== 'digest' || found.digests) return undefined;
    return {
      rule: 'version-marker',
      what: `the marker of the version "${marker.version}" asks for a digest, and its ImagePolicy finds none`,
      expected: 'digestReflectionPolicy: IfNotPresent or Always',
      given: `${given}, which would write an empty version`,
      fix: "write digestReflectionPolicy: 'IfNotPresent' in the ImagePolicy",
      where,
    };
  }

  /** The policies of clusters that the output holds and this run does not declare, emitted or declared there. */
  private onDiskIn(outdir: string): Policy[] {
    this.disk ??= listOtherClusters(outdir, new Set(this.units.keys())).flatMap(({ root }) =>
      readdirSync(join(outdir, root), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
        .filter((text) => text.includes(`kind: ${KIND}\n`))
        .flatMap(policiesIn),
    );
    return this.disk;
  }
}

function rootOf(cluster: string): string {
  return `clusters/${cluster}`;
}

/** The policies in a file of the output; none in one that somebody has broken. */
function policiesIn(text: string): Policy[] {
  try {
    return parseAllDocuments(text, { uniqueKeys: false })
      .map((document) => document.toJS() as Document | null)
      .flatMap((document) => {
        if (document?.apiVersion === undefined) return declared(document?.exists ?? []);
        return isKind(document, GROUP, KIND) ? [policyOf(document, undefined)] : [];
      });
  } catch {
    return [];
  }
}

/** A document of the output: an object, or the declarations of a cluster. */
type Document = Readonly<Record<string, unknown>> & { readonly exists?: readonly ExistingObject[] };

/** A policy of nearly this name in the namespace, or of this name in another one. */
function nearest({ namespace, policy }: VersionMarker, ids: ReadonlySet<string>): string | undefined {
  const names = [...ids].filter((id) => id.startsWith(`${namespace}:`)).map((id) => id.slice(namespace.length + 1));
  const near = didYouMean(policy, names);
  return near === undefined ? [...ids].find((id) => id.endsWith(`:${policy}`)) : `${namespace}:${near}`;
}

function declared(exists: readonly ExistingObject[]): Policy[] {
  return exists
    .filter(({ kind }) => kind === KIND)
    .map(({ namespace, name, target }) => ({ id: `${namespace ?? '*'}:${name}`, digests: true, target }));
}

function policyOf(object: Readonly<Record<string, unknown>>, namespace: string | undefined): Policy {
  const identity = identityOf(object);
  const { digestReflectionPolicy: digests } = (object.spec ?? {}) as { digestReflectionPolicy?: string };
  return {
    id: `${identity.namespace ?? namespace ?? '*'}:${identity.name}`,
    digests: digests !== undefined && digests !== 'Never',
  };
}
