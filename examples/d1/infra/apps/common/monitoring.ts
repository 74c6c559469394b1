import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { ApiObject } from 'cdk8s';
import { allow, ConfigMap, HelmRelease, OCIRef, Source } from 'cdk8s-flux-fleet';
import type { Layer, Versions } from 'cdk8s-flux-fleet';
import { installer } from './installer.js';

const labels = { 'app.kubernetes.io/part-of': 'flux', 'app.kubernetes.io/component': 'monitoring' };

/** What differs between environments. */
export interface MonitoringProps {
  readonly versions: Versions;
  /** How long Prometheus keeps its data. */
  readonly retention: string;
}

/** Prometheus, Grafana and the metrics server. */
export function monitoringControllers(layer: Layer, { versions, retention }: MonitoringProps): void {
  installer(layer, { component: 'monitoring', namespace: 'monitoring', podSecurity: 'privileged' });

  const key = 'kube-state-metrics-config.yaml';
  const stateMetrics = new ConfigMap(layer, 'flux-kube-state-metrics-config', {
    labels,
    files: { [key]: new URL(`../files/${key}`, import.meta.url) },
  });
  const stack = new HelmRelease(layer, 'kube-prometheus-stack', {
    serviceAccountName: 'flux',
    interval: '1h',
    chart: {
      chart: 'kube-prometheus-stack',
      version: versions.get('kube-prometheus-stack'),
      interval: '12h',
      source: Source.helm({
        name: 'prometheus-community',
        url: 'oci://ghcr.io/prometheus-community/charts',
        interval: '12h',
      }),
    },
    install: { crds: 'Create', timeout: '9m' },
    upgrade: { crds: 'CreateReplace', timeout: '9m' },
    driftDetection: {
      mode: 'enabled',
      // The operator's webhook adds this annotation after the install.
      ignore: [{ paths: ['/metadata/annotations/prometheus-operator-validated'], target: { kind: 'PrometheusRule' } }],
    },
    valuesFrom: [{ from: stateMetrics, valuesKey: key }],
    values: {
      alertmanager: { enabled: false },
      prometheus: {
        prometheusSpec: {
          retention,
          resources: { requests: { cpu: '200m', memory: '200Mi' } },
          podMonitorNamespaceSelector: {},
          podMonitorSelector: { matchLabels: { 'app.kubernetes.io/component': 'monitoring' } },
        },
      },
      grafana: { defaultDashboardsEnabled: false, adminPassword: 'flux' },
    },
  });
  allow(stack, {
    rule: 'plaintext-value',
    reason: 'Grafana is reached by a port-forward only; its password is public.',
  });

  new HelmRelease(layer, 'metrics-server', {
    serviceAccountName: 'flux',
    interval: '1h',
    chartRef: Source.oci({
      url: 'oci://ghcr.io/controlplaneio-fluxcd/charts/metrics-server',
      ref: OCIRef.tag(versions.get('metrics-server')),
      interval: '1h',
      layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' },
    }),
    values: { args: ['--kubelet-insecure-tls'] },
  });
}

/** Which pods are scraped, and the dashboards, as they come from Grafana: nothing in them is substituted. */
export function monitoringConfigs(layer: Layer): void {
  new ConfigMap(layer, 'flux-grafana-dashboards-prometheus', {
    labels: { ...labels, grafana_dashboard: '1' },
    files: {
      'control-plane.json': new URL('../files/dashboards/control-plane.json', import.meta.url),
      'cluster.json': new URL('../files/dashboards/cluster.json', import.meta.url),
    },
  });

  const controllers = ['helm', 'source', 'kustomize', 'notification', 'image-automation', 'image-reflector'];
  new ApiObject(layer, 'pod-monitor', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name: 'flux-system', namespace: 'monitoring', labels },
    spec: {
      namespaceSelector: { matchNames: ['flux-system'] },
      selector: {
        matchExpressions: [{ key: 'app', operator: 'In', values: controllers.map((name) => `${name}-controller`) }],
      },
      podMetricsEndpoints: [{ port: 'http-prom' }],
    } satisfies IPodMonitor['spec'],
  });
}
