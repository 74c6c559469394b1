// kosko.ts <directory> <clusters> <components> <tenants>
// The fleet with kosko: one component, printed for each cluster into one file, as `kosko generate > cluster.yaml` does,
// but for all clusters in one process. A file per directory, as the others write, saves it nothing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrintFormat, generate, print } from '@kosko/generate';
import { sizeFrom } from '../sizes.js';

const [directory, ...size] = process.argv.slice(2);
const { clusters } = sizeFrom(size);
mkdirSync(directory!, { recursive: true });

for (let c = 0; c < clusters; c++) {
  const cluster = `cluster-${c}`;
  process.env.BENCH_CLUSTER = cluster;
  const result = await generate({
    path: join(import.meta.dirname, 'kosko/components'),
    components: ['*'],
    extensions: ['ts'],
  });
  let text = '';
  print(result, { format: PrintFormat.YAML, writer: { write: (part) => void (text += part) } });
  writeFileSync(join(directory!, `${cluster}.yaml`), text);
}
