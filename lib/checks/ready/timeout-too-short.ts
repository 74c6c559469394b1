import { durationMs } from '../../argument.js';
import { orderOf } from '../../model/order.js';
import type { Reconciled } from '../../model/order.js';
import type { Rule } from '../rule.js';
import { subjectOf, waits } from '../../model/dependencies.js';

/** A time that somebody said, and where. */
interface Said {
  readonly text: string;
  readonly ms: number;
  readonly by: string;
}

/** A Kustomization that waits does so for at least as long as what it waits for may take. */
export const timeoutTooShort: Rule = {
  id: 'timeout-too-short',
  title: 'A Kustomization waits at least as long as what it waits for may take.',
  severity: 'warning',
  *check(cluster) {
    const order = orderOf(cluster);
    for (const r of order.all) {
      const own = r.kind === 'Kustomization' && waits(r.spec) ? timeoutOf(r) : undefined;
      if (own === undefined) continue;
      const longer = order
        .waitedForBy(r)
        .flatMap((o) => longestOf(o) ?? [])
        .filter((said) => said.ms > own.ms)
        .sort((a, b) => b.ms - a.ms);
      const [longest] = longer;
      if (!longest) continue;
      yield {
        on: r.on,
        field: ['spec', 'timeout'],
        what: `${subjectOf(r)} waits ${own.text}, but ${longest.by} may take ${longest.text}: Flux gives up on ${r.label} while that one is still on its way`,
        expected: `a timeout of at least ${longest.text}`,
        given: own.by,
        fix: `write timeout: ${longest.text} or more in ${r.label}, or give ${longer.length === 1 ? 'what it waits for' : `the ${longer.length} that take longer`} less time`,
      };
    }
  },
};

/** How long Flux waits: what is said, else the interval less 30 seconds, but never less than 30 seconds. */
function timeoutOf({ spec }: Reconciled): Said | undefined {
  const said = parsed(spec.timeout);
  const interval = parsed(spec.interval);
  if (spec.timeout !== undefined ? !said : !interval) return undefined;
  if (said) return { ...said, ms: Math.max(said.ms, 30_000), by: `timeout: ${said.text}` };
  const ms = Math.max(interval!.ms - 30_000, 30_000);
  return { text: inWords(ms), ms, by: `no timeout, so that it is the interval of ${interval!.text} less 30s` };
}

/** The longest time that one says that it may take; what is not said is nobody's intent. */
function longestOf(r: Reconciled): Said | undefined {
  if (r.kind === 'Kustomization') {
    const said = waits(r.spec) ? parsed(r.spec.timeout) : undefined;
    return said && { ...said, by: subjectOf(r) };
  }
  const all = [r.spec.timeout, ...['install', 'upgrade'].map((action) => timeoutOfAction(r.spec[action]))];
  const [longest] = all.flatMap((t) => parsed(t) ?? []).sort((a, b) => b.ms - a.ms);
  return longest && { ...longest, by: r.label };
}

function timeoutOfAction(action: unknown): unknown {
  const { timeout, disableWait } = (action ?? {}) as { timeout?: unknown; disableWait?: unknown };
  return disableWait === true ? undefined : timeout;
}

function parsed(value: unknown): { readonly text: string; readonly ms: number } | undefined {
  // What Flux substitutes is not known here.
  if (typeof value !== 'string' || !/^([0-9.]+(ms|s|m|h))+$/.test(value)) return undefined;
  return { text: value, ms: durationMs(value) };
}

function inWords(ms: number): string {
  const [minutes, seconds] = [Math.floor(ms / 60_000), (ms % 60_000) / 1000];
  return [minutes > 0 ? `${minutes}m` : '', seconds > 0 || minutes === 0 ? `${seconds}s` : ''].join('');
}
