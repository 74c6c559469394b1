import type { ClusterState, ObjectState } from '../../model/cluster-state.js';
import { kindsIn } from '../../model/crd-kinds.js';
import { isAtLeast } from '../../model/lifecycle.js';
import { isDnsLabel, isDnsSubdomain, isPathSegment, isServiceName } from '../../model/names.js';
import type { JsonObject } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule, RuleFinding } from '../rule.js';

/** What the API server lets all annotations of an object hold. */
const MAX_ANNOTATIONS = 256 * 1024;

/** Every object is called what the API server lets its kind be called. */
export const objectName: Rule = {
  id: 'object-name',
  title: 'Every name is one that the API server takes for its kind',
  *check(cluster) {
    for (const state of cluster.unjudged) {
      const said = wrongName(state, cluster) ?? wrongNamespace(state) ?? largeAnnotations(state);
      if (said) yield { on: state.on, ...said };
    }
  },
};

type Said = Omit<RuleFinding, 'on'>;

/** What a kind may be called. */
interface NameForm {
  readonly isRight: (name: string) => boolean;
  readonly text: string;
}

const PATH_SEGMENT: NameForm = { isRight: isPathSegment, text: 'a name without "/" and "%", and not "." or ".."' };
const SUBDOMAIN: NameForm = {
  isRight: isDnsSubdomain,
  text: 'at most 253 lower-case letters, digits, "-" and ".", with a letter or digit at both ends and beside each dot',
};
const LABEL: NameForm = {
  isRight: isDnsLabel,
  text: 'at most 63 lower-case letters, digits and "-", with a letter or digit at both ends',
};
const SERVICE: NameForm = {
  isRight: isServiceName,
  text: 'at most 63 lower-case letters, digits and "-", that begin with a letter and end with a letter or digit',
};

/** Built-in kinds that may be called something else than most; of those that are left out nothing is said. */
const RBAC = 'rbac.authorization.k8s.io';
const LABELS = new Set(['/Namespace', 'apps/StatefulSet']);
const LEFT_OUT = new Set(['certificates.k8s.io/ClusterTrustBundle', 'certificates.k8s.io/CertificateSigningRequest']);

/** Kinds from whose name others are made that may be no longer than 63 characters. */
const LENGTHS: Readonly<Record<string, { readonly max: number; readonly because: string }>> = {
  'batch/CronJob': { max: 52, because: 'the API server refuses it: 11 characters are for the names of its Jobs' },
  'batch/Job': { max: 63, because: 'the API server refuses it: the name is a label of its Pods' },
  'apps/StatefulSet': {
    max: 52,
    because: 'it never gets a Pod: a label of its Pods is the name and up to 11 characters more',
  },
};

function wrongName(state: ObjectState, cluster: ClusterState): Said | undefined {
  const { on, id } = state;
  if (id.name === '' || id.name.includes('${')) return undefined;
  const form = formOf(state, cluster);
  const field = ['metadata', 'name'];
  const given = `${JSON.stringify(id.name)} (${id.name.length} characters)`;
  if (form && !form.isRight(id.name)) {
    return { field, what: `the API server refuses the name of ${nameOf(on)}`, expected: form.text, given };
  }
  const limit = LENGTHS[`${id.group}/${id.kind}`];
  if (!limit || id.name.length <= limit.max) return undefined;
  return {
    field,
    what: `the name of ${nameOf(on)} is too long, and ${limit.because}`,
    expected: `at most ${limit.max} characters`,
    given,
    fix: 'shorten it',
  };
}

/** The form of the names of a kind; undefined where it is not known. */
function formOf({ id, target }: ObjectState, cluster: ClusterState): NameForm | undefined {
  const key = `${id.group}/${id.kind}`;
  if (LEFT_OUT.has(key)) return undefined;
  if (LABELS.has(key)) return LABEL;
  // Since 1.36 a Service may be called like most objects with labels for names.
  if (key === '/Service') {
    return isAtLeast(target === '' ? cluster.kubernetesVersion : undefined, '1.36') ? LABEL : SERVICE;
  }
  // What an aggregated API server takes is its own affair, but every name has to stand in a path.
  const isOwn = kindsIn(cluster, target).isChecked(id.apiVersion, id.kind);
  return id.group === RBAC || key === 'networking.k8s.io/IPAddress' || !isOwn ? PATH_SEGMENT : SUBDOMAIN;
}

function wrongNamespace({ on, id }: ObjectState): Said | undefined {
  const { namespace } = id;
  if (namespace === undefined || namespace === '' || namespace.includes('${') || isDnsLabel(namespace))
    return undefined;
  return {
    field: ['metadata', 'namespace'],
    what: `${nameOf(on)} is in a namespace that no cluster can have`,
    expected: LABEL.text,
    given: JSON.stringify(namespace),
  };
}

function largeAnnotations({ on, object }: ObjectState): Said | undefined {
  const annotations = (object.metadata as JsonObject | undefined)?.annotations ?? {};
  const size = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0),
    0,
  );
  if (size <= MAX_ANNOTATIONS) return undefined;
  return {
    field: ['metadata', 'annotations'],
    what: `the annotations of ${nameOf(on)} are larger than the API server takes`,
    expected: 'at most 256 KiB in all keys and values together',
    given: `${Math.ceil(size / 1024)} KiB`,
    fix: 'keep what is large in a ConfigMap',
  };
}
