import { referenceFleet } from './common/reference-fleet.js';

export default referenceFleet({
  environment: 'staging',
  branch: 'main',
  automation: true,
  clusters: { staging: { clusterName: 'staging-1', domain: 'preview1.example.com' } },
});
