import { GitRef, Source, Tenant } from 'cdk8s-flux-fleet';
import type { Layer } from 'cdk8s-flux-fleet';
import type { Environment, Project } from './projects.js';

/** Gives a project its namespace and account, and applies what its repository holds for this environment. */
export function onboard(layer: Layer, { name, repository }: Project, environment: Environment): Tenant {
  const deploy = `${name}-deploy`;
  return new Tenant(layer, name, {
    namespaces: [name],
    role: 'cluster-admin',
    reconcilerUser: true,
    source: Source.git({ name: deploy, url: repository, ref: GitRef.branch('main'), interval: '1m' }),
    path: `./flux/${environment}`,
    sync: { name: deploy, interval: '1m', prune: false, targetNamespace: name },
  });
}
