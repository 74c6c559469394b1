import { GitRef, Kustomization, Layer, Repository, Source } from 'cdk8s-flux-fleet';
import { facebooc } from './common/facebooc.js';
import type { FaceboocProps } from './common/facebooc.js';

const environments: Record<string, FaceboocProps> = {
  staging: { replicas: 1, serviceType: 'NodePort' },
  production: { replicas: 2, serviceType: 'ClusterIP' },
};

const repository = new Repository({ name: 'facebooc-deploy' });

for (const [environment, props] of Object.entries(environments)) {
  const workload = `kustomize/facebooc/${environment}`;

  // What the fleet applies, in the project's namespace and with the project's account.
  const sync = new Layer(repository, `flux-${environment}`, {
    directory: `flux/${environment}`,
    namespace: 'facebooc',
  });
  new Kustomization(sync, 'facebooc', {
    source: Source.git({
      url: 'https://github.com/lfs269/facebooc-deploy.git',
      ref: GitRef.branch('main'),
      interval: '1m',
    }),
    path: `./${workload}`,
    interval: '1m',
    timeout: '3m',
    serviceAccountName: 'facebooc',
    targetNamespace: 'facebooc',
    healthChecks: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'facebooc', namespace: 'facebooc' }],
  });

  facebooc(new Layer(repository, environment, { directory: workload, namespace: 'facebooc' }), props);
}

export default repository;
