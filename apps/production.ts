import { platform } from './common/platform.js';

export default platform({
  environment: 'production',
  kyverno: { interval: '10m', timeout: '5m' },
  policies: { interval: '5m' },
});
