import { isLabelValue, isQualifiedName } from '../../model/labels.js';
import type { JsonObject } from '../../yaml/normalize.js';
import { nameOf } from '../rule.js';
import type { Rule } from '../rule.js';

/** Labels and annotations have keys, and labels have values, that the API server takes. */
export const labels: Rule = {
  id: 'invalid-label',
  title: 'Labels and annotations have keys, and labels values, that the API server takes.',
  *check(cluster) {
    for (const { on } of cluster.unjudged) {
      const metadata = on.object.metadata as JsonObject | undefined;
      for (const bag of ['labels', 'annotations'] as const) {
        for (const [key, value] of Object.entries(metadata?.[bag] ?? {})) {
          if (!isQualifiedName(key)) {
            yield {
              on,
              field: ['metadata', bag, key],
              what: `${nameOf(on)} has a key among its ${bag} that the API server refuses`,
              expected:
                'a name of up to 63 letters, digits, "-", "_" and ".", with a DNS name and "/" before it or not',
              given: JSON.stringify(key),
            };
          } else if (bag === 'labels' && typeof value === 'string' && !isLabelValue(value)) {
            yield {
              on,
              field: ['metadata', bag, key],
              what: `the label ${key} of ${nameOf(on)} has a value that the API server refuses`,
              expected: 'up to 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends',
              given: JSON.stringify(value),
              fix: 'keep such text in an annotation',
            };
          }
        }
      }
    }
  },
};
