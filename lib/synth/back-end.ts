import { Judged } from '../checks/judged.js';
import type { Unchecked } from '../checks/shared/unchecked.js';
import { isFleetError } from '../finding.js';
import type { Finding } from '../finding.js';
import type { SharedObjects } from '../model/shared-objects.js';
import type { UnitModel } from './app.js';
import { OutputTransaction } from './disk/output.js';
import type { OutputFile, OutputSummary } from './disk/output.js';
import { finishUnit } from './finish.js';
import type { BuiltUnit } from './finish.js';

/** A unit that is built. */
export interface Work {
  readonly unit: BuiltUnit;
  /** Stands in the first line of its files. */
  readonly owner: string;
  readonly model: UnitModel;
  /** Whether all of it could be built; else it is judged and becomes no files. */
  readonly whole: boolean;
  /** Whether it is written: not where something else is wrong already. */
  readonly stage: boolean;
}

/** What became of a unit. */
export interface Outcome {
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly unchecked: Unchecked;
  /** What the disk says; it counts only where nothing else is wrong. */
  readonly refused: readonly Finding[];
}

/** Where a back end writes. */
export interface BackEndOptions {
  readonly outdir: string;
  /** The project's normal output directory, where this one is another. */
  readonly copyFrom?: string | undefined;
  /** Whether its summary lists paths; yes, unless it says otherwise. */
  readonly paths?: boolean | undefined;
}

/** What comes after the constructs: each unit is judged, divided into files and staged, and at the end all are committed. */
export interface BackEnd {
  /** Takes a unit; what becomes of it may be known only later. */
  take(work: Work): void;
  /** What became of all units, in the order in which they were taken. */
  outcomes(): readonly Outcome[];
  commit(): OutputSummary;
  rollback(): void;
}

/** Does everything at once. */
export class DirectBackEnd implements BackEnd {
  private readonly output: OutputTransaction;
  private readonly judged = new Judged();
  private readonly all: Outcome[] = [];

  /** `shared` are objects that several units have, where somebody knows which. */
  constructor(
    { outdir, copyFrom, paths }: BackEndOptions,
    private readonly shared?: SharedObjects,
  ) {
    this.output = new OutputTransaction(outdir, { copyFrom, paths });
  }

  take(work: Work): void {
    this.all.push(this.outcomeOf(work));
  }

  outcomes(): readonly Outcome[] {
    return this.all;
  }

  commit(): OutputSummary {
    return this.output.commit();
  }

  rollback(): void {
    this.output.rollback();
  }

  /** What becomes of a unit; it is not kept. */
  outcomeOf({ unit, owner, model, whole, stage }: Work): Outcome {
    const { files, findings, warnings, unchecked } = finishUnit(unit, model, this.judged, whole, {
      shared: this.shared,
    });
    const refused = stage && whole && findings.length === 0 ? this.stage(owner, unit.root, files) : [];
    return { findings, warnings, unchecked, refused };
  }

  /** Stages files that were made elsewhere; gives what the disk says. */
  stage(owner: string, root: string, files: ReadonlyMap<string, OutputFile>): readonly Finding[] {
    try {
      this.output.stage({ owner, root }, files);
    } catch (e) {
      if (!isFleetError(e)) throw e;
      return e.findings;
    }
    return [];
  }
}
