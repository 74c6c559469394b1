import { layer } from '../word.js';
import type { SaidOf } from '../word.js';

/** What is said of what dies by accident. */
export const ACCIDENT: SaidOf = {
  'duplicate-object/base-and-overlay': {
    words: [
      {
        of: layer('traefik'),
        says: /kustomize build failed: .*may not add resource with an already registered id: ConfigMap\.v1\.\[noGrp\]\/traefik\.default/,
      },
    ],
  },
};
