import { Layer, Repository, Versions } from 'cdk8s-flux-fleet';
import { backend } from './common/backend.js';
import { chartPolicy } from './common/chart-policy.js';
import { frontend } from './common/frontend.js';

/** What differs between environments. */
const environments = {
  staging: { cpu: '250m', replicaCount: 1 },
  production: { cpu: '500m', replicaCount: 2 },
};

const versions = Versions.fromFile(new URL('./versions.yaml', import.meta.url));
const repository = new Repository({ name: 'd1-apps' });

for (const [environment, { cpu, replicaCount }] of Object.entries(environments)) {
  const layer = (namespace: string) =>
    new Layer(repository, `${namespace}-${environment}`, {
      directory: `components/${namespace}/${environment}`,
      namespace,
    });
  backend(layer('backend'), { versions, cpu });
  frontend(layer('frontend'), { versions, replicaCount });
}

const update = new Layer(repository, 'update', { namespace: 'apps-update' });
chartPolicy(update, 'backend-memcached', { image: 'registry-1.docker.io/bitnamicharts/memcached', interval: '12h' });
chartPolicy(update, 'backend-redis', { image: 'registry-1.docker.io/bitnamicharts/redis', interval: '12h' });
chartPolicy(update, 'frontend-podinfo', { image: 'ghcr.io/stefanprodan/charts/podinfo', interval: '10m' });

export default repository;
