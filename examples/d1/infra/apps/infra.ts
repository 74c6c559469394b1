import { Layer, Repository, Versions } from 'cdk8s-flux-fleet';
import { admissionConfigs, admissionControllers } from './common/admission.js';
import { monitoringConfigs, monitoringControllers } from './common/monitoring.js';
import { chartPolicy } from './common/chart-policy.js';

/** What differs between environments. */
const environments = {
  staging: { retention: '24h' },
  production: { retention: '48h' },
};

const versions = Versions.fromFile(new URL('./versions.yaml', import.meta.url));
const repository = new Repository({ name: 'd1-infra' });

for (const [environment, { retention }] of Object.entries(environments)) {
  const directory = (component: string) => `components/${component}/${environment}`;
  const layer = (component: string, namespace?: string) =>
    new Layer(repository, `${component.replace('/', '-')}-${environment}`, {
      directory: directory(component),
      namespace,
    });

  monitoringControllers(layer('monitoring/controllers', 'monitoring'), { versions, retention });
  monitoringConfigs(layer('monitoring/configs', 'monitoring'));
  admissionControllers(layer('admission/controllers', 'kyverno'), { versions });
  admissionConfigs(layer('admission/configs'));
}

const update = new Layer(repository, 'update', { namespace: 'flux-system' });
chartPolicy(update, 'kube-prometheus-stack', { registry: 'ghcr.io/prometheus-community/charts', range: '>=55.0.0' });
chartPolicy(update, 'kyverno', { registry: 'ghcr.io/kyverno/charts', range: '>=3.0.0' });
chartPolicy(update, 'metrics-server', {
  registry: 'ghcr.io/controlplaneio-fluxcd/charts',
  range: '>=3.0.0',
  interval: '12h',
});

export default repository;
