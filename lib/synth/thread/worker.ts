import { workerData } from 'node:worker_threads';
import { SharedObjects } from '../../model/shared-objects.js';
import type { JsonObject } from '../../yaml/normalize.js';
import { DirectBackEnd } from '../back-end.js';
import { SLOT, STATE, thrownError } from './protocol.js';
import type { Answer, Question, ThreadData } from './protocol.js';
import { Unpacker } from './transfer.js';

/** The second thread of a synth: it judges, divides into files, and writes, while the first one builds the next cluster. */
const { port, slots, options } = workerData as ThreadData;

if (Atomics.compareExchange(slots, SLOT.state, STATE.starting, STATE.running) === STATE.starting) {
  process.on('exit', () => {
    Atomics.store(slots, SLOT.state, STATE.over);
    Atomics.notify(slots, SLOT.answers);
  });
  const shared = new SharedObjects(true);
  const backEnd = new DirectBackEnd(options, shared);
  const unpacker = new Unpacker(shared);
  const crds: (readonly JsonObject[])[] = [];
  port.on('message', (question: Question) => {
    let answer: Answer;
    try {
      answer = answerTo(question, backEnd, unpacker, crds);
    } catch (e) {
      answer = { error: thrownError(e) };
    }
    port.postMessage(answer);
    Atomics.add(slots, SLOT.answers, 1);
    Atomics.notify(slots, SLOT.answers);
    if (question.ask === 'commit' || question.ask === 'rollback') port.close();
  });
}

function answerTo(
  question: Question,
  backEnd: DirectBackEnd,
  unpacker: Unpacker,
  crds: (readonly JsonObject[])[],
): Answer {
  switch (question.ask) {
    case 'unit': {
      const { unit, owner, packed, whole, stage } = question;
      const own = (crds[question.crds.number] ??= question.crds.list ?? []);
      const model = unpacker.unpack(packed, own);
      return { outcome: backEnd.outcomeOf({ unit: { ...unit, rules: [], crds: own }, owner, model, whole, stage }) };
    }
    case 'files':
      return { refused: backEnd.stage(question.owner, question.root, question.files) };
    case 'commit':
      return { summary: backEnd.commit() };
    case 'rollback':
      backEnd.rollback();
      return { done: true };
  }
}
