import { Cluster, Fleet, GitRef, Layer, Source } from 'cdk8s-flux-fleet';
import { flagger } from './flagger.js';
import type { FlaggerProps } from './flagger.js';
import { IngressNginx } from './ingress-nginx.js';
import type { IngressProps } from './ingress-nginx.js';
import { onboard } from './onboard.js';
import { projects } from './projects.js';
import type { Environment } from './projects.js';

/** What differs between environments. */
export interface PlatformProps {
  readonly environment: Environment;
  readonly ingress: IngressProps;
  readonly flagger: FlaggerProps;
}

/** One environment: a cluster with its infrastructure, and then the projects that want to be there. */
export function platform(props: PlatformProps): Fleet {
  const { environment } = props;
  const fleet = new Fleet({
    environment,
    source: Source.git({ url: 'https://github.com/lfs269/flux-fleet', ref: GitRef.branch('main') }),
  });
  const cluster = new Cluster(fleet, environment);

  const infra = new Layer(cluster, 'infra', { interval: '5m', timeout: '10m' });
  new IngressNginx(infra, props.ingress);
  flagger(infra, props.flagger);

  const wanted = projects.filter((project) => project.environments.includes(environment));
  if (wanted.length > 0) {
    const onboarding = new Layer(cluster, 'projects', { dependsOn: [infra] });
    for (const project of wanted) onboard(onboarding, project, environment);
  }
  return fleet;
}
