import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { progressOf, reading } from '../../lib/cli/progress.js';

const { CI } = process.env;
let now = 0;

beforeEach(() => {
  delete process.env.CI;
  now = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});

afterEach(() => {
  jest.restoreAllMocks();
  if (CI === undefined) delete process.env.CI;
  else process.env.CI = CI;
});

/** To the start of the line; erase it; erase the rest of it. */
const [START, ERASE, ERASE_REST] = ['\u001b[1G', '\u001b[2K', '\u001b[0K'] as const;

/** A terminal of 80 columns, and what its one line shows. */
class Screen {
  readonly isTTY = true;
  readonly columns = 80;
  written = '';

  write(text: string): boolean {
    this.written += text;
    return true;
  }

  /** The line as a person sees it: what was written since it was last erased or begun. */
  get line(): string {
    return this.written.replaceAll(ERASE, START).split(START).at(-1)!.replace(ERASE_REST, '');
  }
}

function on(screen: object): ReturnType<typeof progressOf> {
  return progressOf(screen as NodeJS.WriteStream);
}

test('a bar shows how much is done, what comes next, and how long it will take', async () => {
  const screen = new Screen();
  const progress = await on(screen);
  progress.begin('loading');
  expect(screen.line).toBe('loading');
  progress.begin('building', 4);
  expect(screen.line).toBe('building ░░░░░░░░░░░░░░░░░░░░░░░░ 0/4');
  now = 1000;
  progress.step(0, '0 objects, cluster "one"');
  expect(screen.line).toBe('building ░░░░░░░░░░░░░░░░░░░░░░░░ 0/4 0 objects, cluster "one"');
  now = 11_000;
  progress.step(1, '120 objects, cluster "two"');
  expect(screen.line).toBe('building ██████░░░░░░░░░░░░░░░░░░ 1/4 33 s left, 120 objects, cluster "two"');
  now = 600_000;
  progress.step(2, '240 objects, cluster "three"');
  expect(screen.line).toBe('building ████████████░░░░░░░░░░░░ 2/4 10 min left, 240 objects, cluster "three"');
  progress.clear();
  expect(screen.line).toBe('');
  expect(screen.written.includes('\n')).toBe(false);
});

test('it is drawn again only so often, and cut at the edge of the terminal', async () => {
  const screen = new Screen();
  const progress = await on(screen);
  progress.begin('building', 1000);
  const before = screen.written;
  for (let n = 0; n < 100; n++) progress.step(n, 'soon');
  expect(screen.written).toBe(before);
  now = 1000;
  progress.step(100, 'x'.repeat(100));
  expect(screen.line).toHaveLength(80);
  progress.clear();
});

test('after it was taken off the screen nothing comes back by itself', async () => {
  const screen = new Screen();
  const progress = await on(screen);
  progress.begin('building', 2);
  progress.clear();
  const before = screen.written;
  now = 1000;
  progress.step(1, 'late');
  progress.clear();
  expect(screen.written).toBe(before);
});

test('the terminal keeps its settings, so that an interrupted command leaves nothing to restore', async () => {
  const screen = new Screen();
  const listeners = process.listenerCount('SIGINT');
  const progress = await on(screen);
  progress.begin('building', 2);
  expect(process.listenerCount('SIGINT')).toBe(listeners);
  progress.step(1, 'next');
  progress.clear();
  // No hidden cursor, no line without wrapping, no remembered place.
  const controls = screen.written.split('\u001b').slice(1);
  const known = [START, ERASE, ERASE_REST].map((control) => control.slice(1));
  expect(controls.filter((text) => !known.some((control) => text.startsWith(control)))).toEqual([]);
});

test('what is read is shown with how many there are', async () => {
  const screen = new Screen();
  const progress = await on(screen);
  const onCluster = reading(progress);
  onCluster('one', 0, 2);
  expect(screen.line).toMatch(/^reading ░+ 0\/2/);
  now = 1000;
  onCluster('two', 1, 2);
  expect(screen.line).toMatch(/^reading █+░+ 1\/2 1 s left, two$/);
  progress.clear();
});

test.each([
  ['in CI', 'true', new Screen()],
  ['where stderr is no terminal', undefined, Object.assign(new Screen(), { isTTY: false })],
])('%s nothing is shown', async (_, ci, screen) => {
  if (ci !== undefined) process.env.CI = ci;
  const progress = await on(screen);
  progress.begin('building', 2);
  progress.step(1, 'next');
  progress.clear();
  expect(screen.written).toBe('');
});
