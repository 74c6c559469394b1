import { platform } from './common/platform.js';

export default platform({
  environment: 'staging',
  kyverno: { interval: '12h', timeout: '10m' },
  policies: { interval: '15m' },
});
