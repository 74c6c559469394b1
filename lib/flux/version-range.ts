import type { Args } from '../argument.js';
import { show } from '../argument.js';
import { semver } from '../semver.js';

/**
 * Checks a version, or a range of versions, as Helm and Flux read them. They read what npm reads, commas between
 * comparisons too, `=>` for `>=`, and `!=`, which excludes a version from a range.
 *
 * @throws FleetError for text that is neither
 */
export function checkVersionRange(args: Args, field: string, range: string | undefined): void {
  // What Flux substitutes on the cluster is not known here.
  if (range === undefined || (typeof range === 'string' && range.includes('${'))) return;
  if (typeof range === 'string' && isRange(range)) return;
  args.fail({
    rule: 'version-range',
    what: `'${field}' is no version and no range of versions`,
    expected: 'such as "1.2.3", "1.x", "~1.2", ">=1.0.0 <2.0.0" or ">=1.0.0-0" (with pre-releases)',
    given: show(range),
  });
}

function isRange(range: string): boolean {
  // To npm, what is empty beside a comma or "||" is any version.
  return range.split(/,|\|\|/).every((part) => part.trim() !== '') && semver().validRange(asNpm(range)) !== null;
}

function asNpm(range: string): string {
  return range
    .replaceAll(/!=\s*[^\s,|]+/g, '')
    .replaceAll(',', ' ')
    .replaceAll('=>', '>=')
    .replaceAll('=<', '<=');
}
