import type { MessagePort } from 'node:worker_threads';
import { FleetError, isFleetError } from '../../finding.js';
import type { Finding } from '../../finding.js';
import type { JsonObject } from '../../yaml/normalize.js';
import type { BackEndOptions, Outcome } from '../back-end.js';
import type { OutputFile, OutputSummary } from '../disk/output.js';
import type { BuiltUnit } from '../finish.js';
import type { Packed } from './transfer.js';

/** What the second thread is given when it starts. */
export interface ThreadData {
  readonly port: MessagePort;
  /** Shared by both threads, see {@link SLOT}. */
  readonly slots: Int32Array;
  readonly options: BackEndOptions;
}

/** What the shared numbers say. The first thread never comes to its event loop while it builds: it waits for them. */
export const SLOT = {
  /** One of {@link STATE}. */
  state: 0,
  /** How many questions were answered. */
  answers: 1,
} as const;

export const STATE = {
  starting: 0,
  /** The second thread has the output directory. */
  running: 1,
  /** The first thread waited in vain, and does it all itself. */
  givenUp: 2,
  /** The second thread has ended, whatever the reason. */
  over: 3,
} as const;

/** What the first thread asks; each is answered once, in their order. */
export type Question =
  | {
      readonly ask: 'unit';
      readonly unit: Omit<BuiltUnit, 'rules' | 'crds'>;
      readonly owner: string;
      readonly packed: Pick<Packed, 'text' | 'shared'>;
      readonly whole: boolean;
      readonly stage: boolean;
      /** Number of the list of CRDs; the list itself when it is new. */
      readonly crds: { readonly number: number; readonly list?: readonly JsonObject[] };
    }
  | {
      readonly ask: 'files';
      readonly owner: string;
      readonly root: string;
      readonly files: ReadonlyMap<string, OutputFile>;
    }
  | { readonly ask: 'commit' }
  | { readonly ask: 'rollback' };

export type Answer =
  | { readonly outcome: Outcome }
  | { readonly refused: readonly Finding[] }
  | { readonly summary: OutputSummary }
  | { readonly done: true }
  | { readonly error: ThrownError };

/** An error as it crosses from one thread to the other. */
export interface ThrownError {
  readonly findings?: readonly Finding[];
  readonly message: string;
  readonly stack?: string | undefined;
}

export function thrownError(e: unknown): ThrownError {
  if (isFleetError(e)) return { findings: e.findings, message: e.message };
  return e instanceof Error ? { message: e.message, stack: e.stack } : { message: String(e) };
}

export function errorAgain({ findings, message, stack }: ThrownError): Error {
  if (findings) return new FleetError(findings);
  return Object.assign(new Error(message), stack !== undefined && { stack });
}
