import type { Args } from '../argument.js';
import { show } from '../argument.js';

/** Values of `GitRepository.spec.provider`. */
export const GIT_PROVIDERS = ['generic', 'aws', 'azure', 'github'] as const;
/** Values of `spec.provider` of the sources that come from a cloud's registry or bucket. */
export const CLOUD_PROVIDERS = ['generic', 'aws', 'azure', 'gcp'] as const;

/** Checks the scheme of a source's address. */
export function checkUrl(args: Args, kind: string, url: unknown, schemes: readonly string[]): void {
  if (typeof url === 'string' && schemes.some((s) => url.startsWith(`${s}://`) && url.length > s.length + 3)) return;
  args.fail({
    rule: 'source-url',
    what: `the url of this ${kind} is not one that Flux takes`,
    expected: `an address that begins with ${schemes.map((s) => `${s}://`).join(' or ')}`,
    given: show(url),
    fix: typeof url === 'string' && /^[^/]+@[^/:]+:/.test(url) ? `write "ssh://${url.replace(':', '/')}"` : undefined,
  });
}
