import { platform } from './common/platform.js';

export default platform({
  environment: 'production',
  ingress: { replicas: 2 },
  flagger: { loadTester: false },
});
