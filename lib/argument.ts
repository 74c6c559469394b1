import type { IConstruct } from 'constructs';
import { FleetError } from './finding.js';
import type { Finding } from './finding.js';
import { currentCode } from './origin.js';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const GO_DURATION = /^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/;
const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Checks the arguments of one construct; each failure is thrown at once and names the construct and the user's line. */
export class Args {
  constructor(
    private readonly scope: IConstruct | undefined,
    private readonly id?: string,
  ) {}

  /** Throws the finding, with the place filled in. */
  fail(finding: Omit<Finding, 'where'>, file?: string): never {
    const path = [this.scope?.node.path, this.id].filter((p) => p !== undefined && p !== '').join('/');
    throw new FleetError({ ...finding, where: { construct: path || undefined, code: currentCode(), file } });
  }

  /** A DNS label (RFC 1123): namespaces, and our own nouns, whose names become directories and label values too. */
  dnsLabel(what: string, value: unknown): void {
    if (typeof value === 'string' && DNS_LABEL.test(value) && value.length <= 63) return;
    this.fail({
      rule: 'invalid-name',
      what: `${what} is not a DNS label`,
      expected: 'at most 63 lower-case letters, digits and "-", with a letter or digit at both ends',
      given: show(value),
      fix: suggestLabel(value),
    });
  }

  /** A DNS subdomain (RFC 1123): the name of most Kubernetes objects. */
  dnsSubdomain(what: string, value: unknown): void {
    if (typeof value === 'string' && DNS_SUBDOMAIN.test(value) && value.length <= 253) return;
    this.fail({
      rule: 'invalid-name',
      what: `${what} is not a DNS subdomain name`,
      expected: 'at most 253 lower-case letters, digits, "-" and ".", with a letter or digit at both ends',
      given: show(value),
      fix: suggestLabel(value),
    });
  }

  /** A Go duration as Flux's CRDs accept it; undefined passes. */
  duration(field: string, value: unknown): void {
    if (value === undefined || (typeof value === 'string' && GO_DURATION.test(value))) return;
    this.fail({
      rule: 'invalid-duration',
      what: `'${field}' is not a Go duration`,
      expected: 'hours, minutes, seconds or milliseconds, such as "5m" or "1h30m"',
      given: show(value),
      fix: suggestDuration(value),
    });
  }

  /** One of the words; undefined passes. */
  oneOf(field: string, value: unknown, words: readonly string[]): void {
    if (value === undefined || words.includes(value as string)) return;
    this.fail({
      rule: 'invalid-value',
      what: `'${field}' has no such value`,
      expected: words.join(', '),
      given: show(value),
    });
  }
}

/** A fleet says a few durations again and again. */
const durations = new Map<string, number>();
const MOST_DURATIONS = 1000;

/** Milliseconds of a Go duration that was checked before. */
export function durationMs(value: string): number {
  let ms = durations.get(value);
  if (ms === undefined) {
    ms = [...value.matchAll(/([0-9.]+)(ms|s|m|h)/g)].reduce((sum, m) => sum + Number(m[1]) * MS[m[2] as 's'], 0);
    if (durations.size < MOST_DURATIONS) durations.set(value, ms);
  }
  return ms;
}

/** A value as an error shows it: short JSON. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  let text: string;
  try {
    text = JSON.stringify(value) ?? typeof value;
  } catch {
    text = 'an object that is no plain data';
  }
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function suggestLabel(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'give a string';
  const label = value
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return label === '' ? 'give it a name' : `write "${label}"`;
}

function suggestDuration(value: unknown): string | undefined {
  if (typeof value === 'number') return `write "${value}s", or with the unit that you mean`;
  const m = /^\s*(\d+(?:\.\d+)?)\s*(ms|millisecond|s|sec|second|m|min|minute|h|hour|d|day)s?\s*$/i.exec(
    typeof value === 'string' ? value : '',
  );
  if (!m) return undefined;
  const unit = m[2]!.toLowerCase();
  if (unit.startsWith('d')) return `write "${Number(m[1]) * 24}h" (Go durations have no days)`;
  return `write "${m[1]}${unit.startsWith('mi') && !unit.startsWith('min') ? 'ms' : unit === 'ms' ? 'ms' : unit[0]}"`;
}
