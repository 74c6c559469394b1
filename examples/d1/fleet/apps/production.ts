import { referenceFleet } from './common/reference-fleet.js';

export default referenceFleet({
  environment: 'production',
  branch: 'production',
  automation: false,
  clusters: {
    'prod-eu': { domain: 'eu.example.com' },
    'prod-us': { domain: 'us.example.com' },
  },
});
