import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { Judged } from '../../checks/judged.js';
import type { JsonObject } from '../../yaml/normalize.js';
import { DirectBackEnd } from '../back-end.js';
import type { BackEnd, BackEndOptions, Outcome, Work } from '../back-end.js';
import type { OutputSummary } from '../disk/output.js';
import { finishUnit } from '../finish.js';
import { errorAgain, SLOT, STATE } from './protocol.js';
import type { Answer, Question, ThreadData } from './protocol.js';
import { Packer, withCode } from './transfer.js';
import type { Packed } from './transfer.js';

/** So many units wait at most: more would only need memory. */
const MOST_WAITING = 2;
const START_MS = 20_000;
/** No cluster takes so long; a thread that ran out of memory never answers. */
const ANSWER_MS = 300_000;
/** V8 collects garbage the later, the more memory a thread may have; and one cluster needs a hundredth of this. */
const MOST_MIB = 1024;

const WORKER = new URL('./worker.js', import.meta.url);

/** A unit that the second thread has, until it says what became of it. */
interface Sent {
  /** Kept until the second thread has started, in case that it never does. */
  work: Work | undefined;
  /** Undefined where the unit was judged here, and only its files were sent. */
  readonly codes: Packed['codes'] | undefined;
  readonly judged: Omit<Outcome, 'refused'> | undefined;
}

/**
 * Does what comes after the constructs in a second thread, while the first one builds the next cluster. Units go there as
 * text, a few at a time; the first thread waits where the second one cannot follow.
 */
export class ThreadBackEnd implements BackEnd {
  private readonly slots = new Int32Array(new SharedArrayBuffer(8));
  private readonly port: MessagePort;
  private readonly judged = new Judged();
  private readonly packer = new Packer();
  private readonly crds = new Map<readonly JsonObject[], number>();
  private readonly sent: Sent[] = [];
  private readonly all: Outcome[] = [];
  private asked = 0;
  private received = 0;
  private isStarted = false;
  private readonly startMs: number;
  /** Takes over where no second thread can be had. */
  private direct: DirectBackEnd | undefined;

  /** False where the library runs from its sources: a second thread has no loader for them. */
  static readonly isAvailable = import.meta.url.endsWith('.js');

  /** `worker` and `startMs` are for tests: what the second thread runs, and how long it may take to start. */
  constructor(
    private readonly options: BackEndOptions,
    { worker: file = WORKER, startMs = START_MS }: { readonly worker?: URL; readonly startMs?: number } = {},
  ) {
    this.startMs = startMs;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const workerData: ThreadData = { port: port2, slots: this.slots, options };
    const resourceLimits = { maxOldGenerationSizeMb: MOST_MIB };
    const worker = new Worker(file, { workerData, transferList: [port2], resourceLimits });
    worker.unref();
    // Whoever waits is told by the slots; without a listener the error would end the process in the middle of that.
    worker.on('error', () => undefined);
    port1.unref();
  }

  take(work: Work): void {
    if (this.direct) return this.direct.take(work);
    while (this.sent.length >= MOST_WAITING && !this.direct) this.receive();
    if (this.direct) return (this.direct as DirectBackEnd).take(work);
    // Rules of the user's own are functions, which cannot leave their thread.
    if (work.unit.rules.length > 0) this.sendFiles(work);
    else this.sendUnit(work);
  }

  outcomes(): readonly Outcome[] {
    while (this.sent.length > 0 && !this.direct) this.receive();
    return this.direct?.outcomes() ?? this.all;
  }

  commit(): OutputSummary {
    this.outcomes();
    if (this.direct) return this.direct.commit();
    this.ask({ ask: 'commit' });
    return (this.answer() as Answer & { summary: OutputSummary }).summary;
  }

  rollback(): void {
    if (!this.start() || this.direct) return this.direct?.rollback();
    // What it still has to say does not count any more.
    this.sent.length = 0;
    this.ask({ ask: 'rollback' });
    while (this.received < this.asked && this.wait(this.asked)) {
      receiveMessageOnPort(this.port);
      this.received++;
    }
  }

  private sendUnit(work: Work): void {
    const { unit, owner, model, whole, stage } = work;
    const { text, shared, codes } = this.packer.pack(model);
    const known = this.crds.get(unit.crds);
    const number = known ?? this.crds.size;
    if (known === undefined) this.crds.set(unit.crds, number);
    const crds = { number, ...(known === undefined && { list: unit.crds }) };
    const { label, root, layout } = unit;
    this.ask({ ask: 'unit', unit: { label, root, layout }, owner, packed: { text, shared }, whole, stage, crds });
    this.keep(work, { codes, judged: undefined });
  }

  private sendFiles(work: Work): void {
    const { unit, owner, model, whole, stage } = work;
    const { files, ...judged } = finishUnit(unit, model, this.judged, whole);
    if (!stage || !whole || judged.findings.length > 0) {
      // Its outcome stands behind those of the units that were sent before it.
      if (!this.start()) this.doItHere();
      this.outcomes();
      if (this.direct) this.direct.take(work);
      else this.all.push({ ...judged, refused: [] });
      return;
    }
    this.ask({ ask: 'files', owner, root: unit.root, files });
    this.keep(work, { codes: undefined, judged });
  }

  private keep(work: Work, sent: Omit<Sent, 'work'>): void {
    this.sent.push({ ...sent, work: this.isStarted ? undefined : work });
  }

  private ask(question: Question): void {
    this.port.postMessage(question);
    this.asked++;
  }

  /** What became of the unit that was sent first. */
  private receive(): void {
    if (!this.start()) return this.doItHere();
    const answer = this.answer();
    const { codes, judged } = this.sent.shift()!;
    if ('outcome' in answer) {
      const { outcome } = answer;
      const [findings, warnings] = [outcome.findings, outcome.warnings].map((f) => withCode(f, codes!)) as [[], []];
      this.all.push({ ...outcome, findings, warnings });
    } else if ('refused' in answer) {
      this.all.push({ ...judged!, refused: answer.refused });
    }
  }

  private answer(): Exclude<Answer, { error: unknown }> {
    if (!this.wait(this.received + 1))
      throw new Error('the thread that writes the output has ended before its work was done');
    const { message } = receiveMessageOnPort(this.port) as { message: Answer };
    this.received++;
    if ('error' in message) throw errorAgain(message.error);
    return message;
  }

  /** Waits for so many answers; false where they will never come. */
  private wait(answers: number): boolean {
    for (;;) {
      const now = Atomics.load(this.slots, SLOT.answers);
      if (now >= answers) return true;
      if (Atomics.load(this.slots, SLOT.state) === STATE.over) return false;
      if (Atomics.wait(this.slots, SLOT.answers, now, ANSWER_MS) === 'timed-out') return false;
    }
  }

  /** Whether there is a second thread; one that does not come in time never comes. */
  private start(): boolean {
    if (this.direct) return false;
    if (this.isStarted) return true;
    const until = performance.now() + this.startMs;
    while (Atomics.load(this.slots, SLOT.state) === STATE.starting && performance.now() < until) {
      Atomics.wait(this.slots, SLOT.answers, 0, 20);
    }
    this.isStarted = Atomics.compareExchange(this.slots, SLOT.state, STATE.starting, STATE.givenUp) !== STATE.starting;
    if (this.isStarted) for (const sent of this.sent) sent.work = undefined;
    return this.isStarted;
  }

  /** Does here what was sent in vain. */
  private doItHere(): void {
    this.direct = new DirectBackEnd(this.options);
    for (const { work } of this.sent.splice(0)) this.direct.take(work!);
    this.port.close();
  }
}
