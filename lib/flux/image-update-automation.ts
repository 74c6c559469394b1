import { isAbsolute, posix, relative, sep } from 'node:path';
import type { IImageUpdateAutomationSpec } from '@kubernetes-models/flux-cd/image.toolkit.fluxcd.io/v1';
import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { compact } from '../compact.js';
import type { DeepReadonly } from '../deep-readonly.js';
import { displayPath } from '../display-path.js';
import { Manifest, objectMeta } from '../manifest.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { localRef } from '../reference.js';
import type { SecretRef } from '../reference.js';
import { clusterOf, defaultNamespace, isOffboarding, layerOf } from '../scope.js';
import { noteVersionsUse } from '../versions-record.js';
import type { Versions } from '../versions.js';
import { GitRef } from './git-ref.js';
import type { GitSourceProps } from './git-repository.js';
import { intervalOf } from './intervals.js';
import { checkPath } from './kustomization.js';
import { referTo, Source } from './source.js';
import type { SourceLike } from './source.js';

/** `ImageUpdateAutomation.spec.git`: what is checked out, and how the changes are committed and pushed. */
export interface AutomationGit {
  /**
   * What the bot's branch starts from.
   *
   * @default - the `ref` of the source
   */
  readonly checkout?: { readonly ref: GitRef };
  readonly commit: {
    /** Who commits. */
    readonly author: { readonly name?: string; readonly email: string };
    /**
     * Key that signs the commits, in the automation's namespace: `git.asc` for gpg, `identity` for ssh (Flux 2.9).
     *
     * @default - commits are not signed
     * @see https://fluxcd.io/flux/components/image/imageupdateautomations/#signing-key
     */
    readonly signingKey?: { readonly secretRef: SecretRef; readonly type?: 'gpg' | 'ssh' };
    /**
     * Go template of the message. `.Changed.Objects` has no names for a file of versions; use `.Changed.Changes`.
     *
     * @default - a subject, and a line for each change
     * @see https://fluxcd.io/flux/components/image/imageupdateautomations/#message-template
     */
    readonly messageTemplate?: string;
    /** What the template reads as `.Values`. */
    readonly messageTemplateValues?: Readonly<Record<string, string>>;
  };
  readonly push?: {
    /**
     * The branch that is pushed to. A branch that clusters follow has to be said: what is pushed there is applied without
     * a review.
     *
     * @default 'flux-image-updates'
     */
    readonly branch?: string;
    /** Where else the commit of `branch` is pushed to, such as `refs/heads/flux-image-updates:refs/for/main`. */
    readonly refspec?: string;
    /** Push options that the Git server understands. */
    readonly options?: Readonly<Record<string, string>>;
  };
}

/** Props of {@link ImageUpdateAutomation}. */
export interface ImageUpdateAutomationProps extends NamespacedObjectMeta {
  /**
   * The Git repository, with credentials that may push.
   *
   * @default - what the cluster pulls from, where that is Git
   */
  readonly source?: SourceLike;
  /** Files of versions in that repository; `update.path` is the directory that they stand in. */
  readonly versions?: Versions | readonly Versions[];
  /**
   * Directory of the files to edit, relative to the root of the repository.
   *
   * @default - the directory of `versions`
   */
  readonly update?: { readonly path: string; readonly strategy?: 'Setters' };
  readonly git: AutomationGit;
  /**
   * How often the policies are looked at, a Go duration; a policy that changes is seen at once.
   *
   * @default - that of the cluster's or fleet's `intervals`, else '30m'
   */
  readonly interval?: string;
  /**
   * Labels of the ImagePolicies that are used.
   *
   * @default - all of the automation's namespace
   */
  readonly policySelector?: DeepReadonly<IImageUpdateAutomationSpec['policySelector']>;
  /**
   * Stops the automation; written only when true, so that a `flux suspend` on the cluster is not undone.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

const BRANCH = 'flux-image-updates';

const MESSAGE = `Update versions

{{ range .Changed.Changes -}}
- {{ .Setter }}: {{ .OldValue }} -> {{ .NewValue }}
{{ end -}}
`;

/**
 * An `ImageUpdateAutomation` (image.toolkit.fluxcd.io/v1): writes new versions into the files of a Git repository, by the
 * ImagePolicies of its namespace, and pushes them to a branch of its own.
 *
 * @see docs/versions.md
 * @see https://fluxcd.io/flux/components/image/imageupdateautomations/
 */
export class ImageUpdateAutomation extends Manifest {
  declare readonly kind: 'ImageUpdateAutomation';

  /**
   * @throws FleetError for a source that cannot be pushed to, for files of versions whose place in the repository is not
   * known, and for markers of another namespace
   */
  constructor(scope: Construct, id: string, props: ImageUpdateAutomationProps) {
    const args = new Args(scope, id);
    const meta = objectMeta(scope, id, 'ImageUpdateAutomation', props);
    const namespace = meta.namespace ?? defaultNamespace(scope);
    args.duration('interval', props.interval);
    checkAuthor(args, props);
    checkBranch(args, props);
    const source = props.source ?? clusterSource(args, scope, namespace);
    checkWritable(args, source);
    const versions = [props.versions ?? []].flat();
    checkVersions(args, versions);
    checkNamespaces(args, versions, namespace);
    if (props.update) checkPath(args, props.update.path);
    const path = props.update?.path ?? directoryOf(args, scope, versions);
    const { ref, uses, refs } = referTo(source, meta.name, namespace);
    const { commit, checkout, push } = props.git;
    super(
      scope,
      id,
      {
        apiVersion: 'image.toolkit.fluxcd.io/v1',
        kind: 'ImageUpdateAutomation',
        metadata: meta,
        spec: compact({
          interval: props.interval ?? intervalOf(scope, 'ImageUpdateAutomation'),
          sourceRef: ref,
          git: compact({
            checkout: checkout && { ref: GitRef.from(checkout.ref).toSpec() },
            commit: compact({
              author: commit.author,
              signingKey:
                commit.signingKey &&
                compact({ secretRef: localRef(commit.signingKey.secretRef), type: commit.signingKey.type }),
              messageTemplate: commit.messageTemplate ?? MESSAGE,
              messageTemplateValues: commit.messageTemplateValues,
            }),
            push: compact({ ...push, branch: push?.branch ?? BRANCH }),
          }),
          update: { path, strategy: props.update?.strategy ?? 'Setters' },
          policySelector: props.policySelector,
          suspend: props.suspend === true ? true : undefined,
        }),
      },
      // What the cluster pulls from is there before anything else is.
      { refs: [commit.signingKey?.secretRef, ...(props.source ? refs : [])], sources: uses },
    );
    if (versions.length > 0) this.noteUse(versions);
  }

  private noteUse(files: readonly Versions[]): void {
    const [cluster, target] = [clusterOf(this)?.name, layerOf(this)?.target ?? ''];
    noteVersionsUse(this, { cluster, target, isLeaving: isOffboarding(this), files });
  }
}

/** The fleet and the cluster around an automation, as far as it needs them. */
interface ClusterAround {
  readonly source: Source;
  readonly node: { readonly scope?: unknown };
}
interface FleetAround {
  readonly path: string;
  readonly saidOutdir: string | undefined;
}

function clusterAround(scope: Construct): ClusterAround | undefined {
  return clusterOf(scope) as unknown as ClusterAround | undefined;
}

function checkAuthor(args: Args, { git }: ImageUpdateAutomationProps): void {
  const author = git?.commit?.author as { email?: unknown } | undefined;
  if (typeof author?.email === 'string' && author.email !== '') return;
  args.fail({
    rule: 'automation-author',
    what: 'the automation does not say who commits',
    expected: "git: { commit: { author: { name: '…', email: '…' } } }",
    given: show(author),
  });
}

/** Where the branch is empty, Flux pushes to the one that it checked out: without a review. */
function checkBranch(args: Args, { git }: ImageUpdateAutomationProps): void {
  const branch: unknown = git.push?.branch ?? BRANCH;
  if (typeof branch === 'string' && /^[^\s~^:?*[\\]+$/.test(branch)) return;
  args.fail({
    rule: 'automation-branch',
    what: 'the automation does not say which branch it pushes to',
    expected: 'the name of a branch, such as flux-image-updates',
    given: show(branch),
    fix: 'leave it out, or name the branch; one that clusters follow is applied without a review',
  });
}

function checkVersions(args: Args, versions: readonly unknown[]): void {
  for (const given of versions) {
    if (typeof given === 'object' && given !== null && 'markers' in given) continue;
    args.fail({
      rule: 'invalid-value',
      what: "'versions' is no file of versions",
      expected: "Versions.fromFile('…')",
      given: show(given),
    });
  }
}

/** What the cluster pulls from; Flux and its operator both call it flux-system. */
function clusterSource(args: Args, scope: Construct, namespace: string | undefined): Source {
  const kind = clusterAround(scope)?.source.kind;
  const target = layerOf(scope)?.target ?? '';
  const isThere = kind === 'GitRepository' && target === '';
  if (isThere && namespace === 'flux-system') return Source.fromName(kind, 'flux-system', namespace);
  const other = target === '' ? kind : `a layer for the cluster behind ${target}`;
  const given = other === undefined ? 'no cluster' : isThere ? `the namespace ${namespace}` : other;
  return args.fail({
    rule: 'automation-source',
    what: 'the automation does not say which Git repository it writes to',
    expected: 'a source, where the cluster does not pull from Git or the automation stands outside of flux-system',
    given,
    fix: "give it one that may be pushed to: source: Source.git({ url: '…', ref: GitRef.branch('main'), secretRef: … })",
  });
}

/** Only Git can be pushed to, and only with credentials. */
function checkWritable(args: Args, source: SourceLike): void {
  if (source.kind !== 'GitRepository') {
    args.fail({
      rule: 'automation-source',
      what: 'the automation cannot write to this source',
      expected: 'Source.git or a GitRepository',
      given: source.kind,
    });
  }
  if ('isEmitted' in source && !source.isEmitted) return;
  const { url, secretRef, provider } = (source as { readonly spec: object }).spec as Partial<GitSourceProps>;
  // A server inside the cluster may take pushes from everybody.
  if (secretRef || provider === 'aws' || provider === 'azure' || url!.startsWith('http://')) return;
  args.fail({
    rule: 'automation-source',
    what: 'the automation has no credentials to push with',
    expected: 'a source with a secretRef that may push',
    given: url,
    fix: "secretRef: Secret.fromName('…'), with a key or token of its own: the cluster itself needs to read only",
  });
}

/** The controller uses the ImagePolicies of the automation's namespace and no others. */
function checkNamespaces(args: Args, versions: readonly Versions[], namespace: string | undefined): void {
  if (namespace === undefined) return;
  for (const { file, markers } of versions) {
    for (const marker of markers) {
      if (marker.namespace === namespace) continue;
      args.fail(
        {
          rule: 'version-marker-namespace',
          what: `the marker of the version "${marker.version}" names an ImagePolicy of another namespace`,
          expected: `${namespace}, as the automation: it uses the policies of its own namespace and no others`,
          given: `${marker.namespace}:${marker.policy}`,
          fix: `write "${namespace}:${marker.policy}", or give the file to an automation in ${marker.namespace}`,
        },
        `${displayPath(file)}:${marker.line}`,
      );
    }
  }
}

/** The directory in the repository that holds all the files. */
function directoryOf(args: Args, scope: Construct, versions: readonly Versions[]): string {
  if (versions.length === 0) {
    args.fail({
      rule: 'automation-path',
      what: 'the automation does not say what it may edit',
      expected: 'versions, or update: { path }',
      given: 'neither',
      fix: "write versions: Versions.fromFile('versions.yaml')",
    });
  }
  const root = projectRoot(clusterAround(scope)?.node.scope as FleetAround | undefined);
  const fix = "say where the files are, from the root of the repository: update: { path: './…' }";
  if (root === undefined) {
    args.fail({
      rule: 'automation-path',
      what: 'where the files of versions stand in the repository is not known',
      expected: "a fleet whose `path` is the output directory's place in the repository, such as './dist'",
      given: clusterAround(scope) ? 'a path without a directory above it' : 'no fleet',
      fix,
    });
  }
  const directories = versions.map(({ file }) => {
    const near = relative('', file);
    if (!isAbsolute(near) && near.split(sep)[0] !== '..') return near.split(sep).slice(0, -1);
    return args.fail({
      rule: 'automation-path',
      what: 'a file of versions lies outside of the project',
      expected: 'a file in the working directory or below it',
      given: displayPath(file),
      fix,
    });
  });
  const [first, ...others] = directories as [string[], ...string[][]];
  const end = first.findIndex((step, i) => others.some((other) => other[i] !== step));
  const path = posix.join(root, ...first.slice(0, end === -1 ? undefined : end));
  return path === '.' ? './' : `./${path}`;
}

/** Place of the working directory in the repository: the output lies in it, at the place that the fleet's `path` tells. */
function projectRoot(fleet: FleetAround | undefined): string | undefined {
  if (!fleet) return undefined;
  const path = trim(fleet.path);
  if (path === '.') return undefined;
  const outdir = trim(fleet.saidOutdir ?? 'dist');
  if (path === outdir) return '.';
  return path.endsWith(`/${outdir}`) ? path.slice(0, -outdir.length - 1) : posix.dirname(path);
}

function trim(path: string): string {
  return posix.normalize(path).replace(/\/$/, '') || '.';
}
