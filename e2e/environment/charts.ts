import { stringify } from 'yaml';
import type { KubeObject } from './api.js';
import type { Files } from './artifact.js';

/** A chart that the tests install under the name of a real one. */
export interface Chart {
  /** What it runs besides a Deployment that is called like the release: `Kind/name`. */
  readonly workloads?: readonly string[];
  readonly crds?: readonly KubeObject[];
  /** Whether it runs nothing at all: it is installed sooner. */
  readonly idle?: boolean;
}

/**
 * Files of a chart, in the directory of its name: a Deployment that runs, and a ConfigMap that shows the values with which
 * it was installed.
 */
export function chartFiles(
  name: string,
  version: string,
  { workloads = [], crds = [], idle = false }: Chart = {},
): Files {
  const files: Record<string, string> = {
    'Chart.yaml': stringify({ apiVersion: 'v2', name, version, appVersion: version }),
    ...(!idle && { 'templates/workload.yaml': workload('Deployment', '{{ .Release.Name }}') }),
    'templates/values.yaml': VALUES,
  };
  for (const each of workloads) {
    const [kind = '', own = ''] = each.split('/');
    files[`templates/${own}.yaml`] = workload(kind, own);
  }
  for (const crd of crds) files[`crds/${crd.metadata.name}.json`] = JSON.stringify(crd);
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]));
}

const workload = (kind: string, name: string) => `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
  namespace: {{ .Release.Namespace }}
spec:
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name}, chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }} }
    spec:
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: app
          image: registry.k8s.io/pause:3.10
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
`;

const VALUES = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-values
  namespace: {{ .Release.Namespace }}
data:
  values.yaml: {{ .Values | toYaml | quote }}
`;
