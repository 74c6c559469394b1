import type { Params, SingleBar } from 'cli-progress';

/** Shows a person who waits how far a command is: one line of stderr that is written over. */
export interface Progress {
  /** Begins something else; the bar is shown where it is known how much there is to do. */
  begin(what: string, total?: number): void;
  /** Says how much is done, and what comes next. */
  step(done: number, next: string): void;
  /** Takes the line off the screen: before anything else is printed. */
  clear(): void;
}

const NONE: Progress = { begin: () => undefined, step: () => undefined, clear: () => undefined };
const WIDTH = 24;

/** The progress of a command; of nothing where nobody waits: in CI, and where stderr is no terminal. */
export async function progressOf(stream: NodeJS.WriteStream = process.stderr): Promise<Progress> {
  if (!stream.isTTY || process.env.CI !== undefined) return NONE;
  const { default: cliProgress } = await import('cli-progress');
  const bar: SingleBar = new cliProgress.SingleBar({
    stream: withoutPlaces(stream),
    format: (_, params, payload) => lineOf(params, payload as Payload),
    // Trims the line to the terminal, and leaves the terminal's own settings alone: Ctrl-C must end a synth at once, and
    // leave nothing to restore.
    linewrap: true,
    gracefulExit: false,
    clearOnComplete: true,
    etaBuffer: 100,
  });
  return {
    begin: (what, total = 0) => bar.start(total, 0, { what, next: '' } satisfies Payload),
    step: (done, next) => bar.update(done, { next } satisfies Partial<Payload>),
    clear: () => bar.stop(),
  };
}

/** Shows how far a fleet is read. */
export function reading(progress: Progress): (name: string, read: number, total: number) => void {
  return (name, read, total) => {
    if (read === 0) progress.begin('reading', total);
    progress.step(read, name);
  };
}

interface Payload {
  readonly what: string;
  readonly next: string;
}

function lineOf({ value, total, progress, eta }: Params, { what, next }: Payload): string {
  if (total === 0) return what;
  const full = Math.round(progress * WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  return [what, bar, `${value}/${total}`, ...timeLeft(eta), next].join(' ').trimEnd();
}

/** Nothing before there is something to reckon from. */
function timeLeft(seconds: unknown): string[] {
  if (typeof seconds !== 'number' || seconds === 0) return [];
  return [seconds < 100 ? `${seconds} s left,` : `${Math.round(seconds / 60)} min left,`];
}

/** Save and restore of the cursor: the place would be another one where an app has printed something in between. */
const PLACES = new Set(['\u001b7', '\u001b8']);

function withoutPlaces(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = (text: string): boolean => PLACES.has(text) || stream.write(text);
  return Object.create(stream, { write: { value: write } }) as NodeJS.WriteStream;
}
