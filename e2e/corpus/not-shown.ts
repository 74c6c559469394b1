const ONLY_PLAYED = 'source-controller would say it, whose part these tests only play';
const LATER = 'Flux says nothing, and is ready: it happens only with a later commit';
const KUBELET = 'the kubelet would say it, whose part these tests only play';
const READY = 'Flux says nothing, and is ready: that is the accident';

/** Rules of which this cluster says nothing, with the reason. */
export const NOT_SHOWN: Readonly<Record<string, string>> = {
  'layer-too-large': 'seven thousand objects are too many for a test; the size of a status is that of any object',
  'layer-content': 'cannot be written in YAML',
  'path-ignored': `${ONLY_PLAYED}: it makes the artifact`,
  'unreached-file': READY,
  'dependency-not-waiting': 'Flux says nothing, and is ready: what depends on it was only too early',
  'timeout-too-short': 'it takes longer than a test may, and Flux says what it says of anything slow',
  'policy-order': 'Flux says nothing, and is ready: the policy was only too late',
  'issuer-missing': 'cert-manager would say it, which does not run here',
  'event-source-missing': 'nobody says anything: no event comes',
  'admission-policy-missing': 'nobody says anything: everything is let through',
  'source-not-allowed': 'an admission policy would say it, of which the cases have only the settings',
  'remote-base-unpinned': 'Flux says nothing, and is ready, until somebody changes what is elsewhere',
  'remote-kubeconfig': 'there is one cluster only',
  'layer-directories': 'cannot be written in YAML; of two layers with the same objects duplicate-object speaks',
  'namespace-renamed': 'Flux says nothing, and is ready: the namespace has only another name',
  'secret-two-owners': 'the controllers that write Secrets would say it, which do not run here',
  'release-two-owners': 'Flux says nothing, and is ready: each overwrites what the other has installed',
  'flux-placeholder': LATER,
  'flux-prunable': LATER,
  'prune-unguarded': LATER,
  'plaintext-secret': 'Flux says nothing, and is ready: it leaks in the repository',
  'plaintext-value': 'Flux says nothing, and is ready: it leaks in the repository',
  'allow-unknown-rule': 'it is said of a file that no cluster reads',
};

/** Cases of rules that are shown otherwise, of which this cluster says nothing, with the reason. */
export const NOT_SHOWN_CASES: Readonly<Record<string, string>> = {
  'config-map-missing/workload': KUBELET,
  'key-missing/environment': KUBELET,
  'secret-missing/flux-system': ONLY_PLAYED,
  'secret-missing/workload': KUBELET,
  'key-missing/ssh': ONLY_PLAYED,
  'object-name/service-digit': 'needs Kubernetes 1.34: 1.36 takes such names',
  'provider-missing/other-namespace': 'nothing happens in the namespace, of which there would be a message',
  'source-missing/image-automation': 'image-automation-controller does not run here',
  'source-missing/other-namespace': ONLY_PLAYED,
  'service-account-missing/bound': LATER,
  'tenant-unbound/release-beside': 'the chart of the release does no harm here',
  'tenant-unbound/source-of-the-tenant': READY,
  'duplicate-object/copied-kustomization': READY,
  'duplicate-object/helm-repository-per-app': READY,
  'duplicate-object/shared-settings': READY,
  'layer-directories/nested-without-a-list': READY,
};

const FLUX_ITSELF = 'it would change Flux itself on the cluster';
/** Cases that are not brought on the cluster, with the reason. */
export const NOT_BROUGHT: Readonly<Record<string, string>> = {
  'flux-prunable/flux-in-a-layer': FLUX_ITSELF,
  'flux-prunable/flux-instance': FLUX_ITSELF,
  'flux-prunable/by-design-and-guarded': FLUX_ITSELF,
  'flux-placeholder/guarded': FLUX_ITSELF,
  'flux-placeholder/sync-emptied': FLUX_ITSELF,
  'flux-placeholder/emptied': FLUX_ITSELF,
  'layer-too-large/one-per-tenant': 'thousands of objects are too many for a test',
  'layer-too-large/long-names': 'thousands of objects are too many for a test',
  'layer-too-large/roles': 'thousands of objects are too many for a test',
  'layer-too-large/two-layers': 'thousands of objects are too many for a test',
  'api-version-not-served/kubernetes-1-25': 'needs Kubernetes 1.25',
  'api-version-not-served/too-new': 'needs Kubernetes 1.28',
  'undefined-variable/dropped-secret': 'needs Flux 2.8',
  'undefined-variable/older-flux': 'needs Flux 2.8',
};
