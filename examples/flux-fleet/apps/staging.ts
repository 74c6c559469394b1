import { platform } from './common/platform.js';

export default platform({
  environment: 'staging',
  ingress: { replicas: 1, nodePorts: { http: 31080, https: 31443 } },
  flagger: { loadTester: true },
});
