import { stringify } from 'yaml';
import type { KubeObject } from './api.js';
import type { Files } from './artifact.js';

/** A chart that the tests install under the name of a real one. */
export interface Chart {
  /** Files of its templates directory, besides those that every chart has. */
  readonly templates?: Files;
  readonly crds?: readonly KubeObject[];
}

/**
 * Files of a chart, in the directory of its name: a Deployment that runs, and a ConfigMap that shows the values with which
 * it was installed.
 */
export function chartFiles(name: string, version: string, { templates = {}, crds = [] }: Chart = {}): Files {
  const metadata = { apiVersion: 'v2', name, version, appVersion: version };
  const files: Record<string, string> = {
    'Chart.yaml': stringify(metadata),
    'templates/deployment.yaml': DEPLOYMENT,
    'templates/values.yaml': VALUES,
    ...Object.fromEntries(Object.entries(templates).map(([file, text]) => [`templates/${file}`, text])),
    ...Object.fromEntries(crds.map((crd) => [`crds/${crd.metadata.name}.json`, JSON.stringify(crd)])),
  };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]));
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  selector:
    matchLabels: { release: {{ .Release.Name }} }
  template:
    metadata:
      labels: { release: {{ .Release.Name }} }
    spec:
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: app
          image: example.org/{{ .Chart.Name }}:{{ .Chart.Version }}
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
