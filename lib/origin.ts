import { fileURLToPath } from 'node:url';
import { Node } from 'constructs';
import type { IConstruct } from 'constructs';
import { displayPath } from './display-path.js';

const ORIGIN = Symbol.for('cdk8s-flux-fleet.Origin');
const LIBRARY = fileURLToPath(new URL('.', import.meta.url));
/** `at f (file)`, `at async file`: a frame with a file, which may be a URL; what is made at run time has none. */
const FRAME = /^\s*at (?!.*<anonymous>:)(?:async )?(?:.*? \()?((?:file:\/\/)?(?:\/|[A-Za-z]:).*):(\d+):(\d+)\)?$/;
const STACK_DEPTH = 60;

/** A line of code that is remembered; text only when somebody asks. */
export interface Origin {
  readonly stack?: string;
}

/**
 * Remembers where the user's code made a construct. Only the stack is captured here: it becomes text (and source maps
 * are read) when somebody asks for it, which in a fleet without mistakes is never.
 */
export function recordOrigin(construct: IConstruct, origin: Origin = captureOrigin()): void {
  Object.defineProperty(construct, ORIGIN, { value: origin, enumerable: false, configurable: true });
}

/** What a construct remembers itself. */
export function originOf(construct: IConstruct): Origin | undefined {
  return (construct as { [ORIGIN]?: Origin })[ORIGIN];
}

/**
 * Makes every construct that is made from now on remember its line, and not only our own nouns: exact, for a second per
 * 100,000 objects. There is no other place that sees every construct than the one that puts it into the tree.
 */
export function traceEverything(): void {
  const tree = Node.prototype as unknown as {
    addChild: (this: unknown, child: IConstruct, name: string) => void;
  };
  const { addChild } = tree;
  tree.addChild = function (child, name) {
    addChild.call(this, child, name);
    recordOrigin(child);
  };
}

/** Line of the user's code that made the construct, or the nearest construct above it that remembers its own. */
export function codeOf(construct: IConstruct | undefined): string | undefined {
  for (let c = construct; c; c = c.node.scope) {
    const origin = originOf(c);
    if (origin) return codeAt(origin);
  }
  return undefined;
}

/** Line of the user's code that is running now. */
export function currentCode(): string | undefined {
  return userFrames(captureOrigin().stack);
}

/** Remembers the line that is running now. */
export function captureOrigin(): Origin {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_DEPTH;
  const holder: { stack?: string } = new Error();
  Error.stackTraceLimit = before;
  return holder;
}

/** The line of the user's code that an origin remembers. */
export function codeAt(origin: Origin): string | undefined {
  return userFrames(origin.stack);
}

/** `apps/common/kyverno.ts:8:5, called from apps/staging.ts:14:3`: the innermost line of the user's own and the outermost. */
function userFrames(stack: string | undefined): string | undefined {
  const frames = (stack ?? '')
    .split('\n')
    .map((line) => FRAME.exec(line))
    .filter((m) => m !== null)
    .map(([, file, row, column]) => ({ path: pathOf(file!), at: `${row}:${column}` }))
    .filter(({ path }) => isUserFile(path))
    .map(({ path, at }) => `${displayPath(path)}:${at}`);
  const [inner] = frames;
  const outer = frames.at(-1);
  return inner === undefined || inner === outer ? inner : `${inner}, called from ${outer}`;
}

function pathOf(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file;
}

function isUserFile(path: string): boolean {
  return !path.startsWith(LIBRARY) && !/[\\/]node_modules[\\/]/.test(path);
}
