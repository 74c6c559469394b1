import { layer } from '../word.js';
import type { SaidOf } from '../word.js';

const LEAKS = 'Flux says nothing: it leaks in the repository';
const MADE_UP = 'the ciphertext beside it is made up, and Flux cannot decrypt it';

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

  'plaintext-secret/encrypted-env': { words: [{ unheard: LEAKS }], besides: { [layer('shop')]: MADE_UP } },
  'plaintext-secret/one-of-two': { words: [{ unheard: LEAKS }], besides: { [layer('shop')]: MADE_UP } },
};
