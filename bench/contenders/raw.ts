// raw.ts <directory> <clusters> <components> <tenants>
// The fleet with cdk8s alone: one App per cluster, one Chart per directory, no types.
import { join } from 'node:path';
import { ApiObject, App, Chart } from 'cdk8s';
import { plainCluster } from '../objects.js';
import { sizeFrom } from '../sizes.js';

const [directory, ...size] = process.argv.slice(2);
const fleet = sizeFrom(size);

for (let c = 0; c < fleet.clusters; c++) {
  const cluster = `cluster-${c}`;
  const app = new App({ outdir: join(directory!, cluster) });
  for (const [path, objects] of plainCluster(cluster, fleet)) {
    const chart = new Chart(app, path === '' ? 'root' : path.replaceAll('/', '-'));
    for (const object of objects) {
      const { namespace = '', name } = object.metadata;
      new ApiObject(chart, `${object.kind}-${namespace}-${name}`, object);
    }
  }
  app.synth();
}
