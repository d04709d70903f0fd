import type { SimulatedSymptom } from './symptoms.ts';

/** One symptom of one target from its beginning to its end: what really was the case, whatever the pipeline knew of it. */
export interface Fault {
  /** The pipeline's key of the target. */
  readonly target: string;
  readonly symptom: SimulatedSymptom;
  readonly from: number;
  /** When it goes by itself; no cure before that. */
  readonly until: number;
  /** Absent while it is there. */
  endedAt?: number;
  /** What ended it. */
  endedBy?: string;
}

/** All faults, past and present. */
export class Faults {
  readonly all: Fault[] = [];

  /** None is added to a target that has the symptom. */
  begin(target: string, symptom: SimulatedSymptom, lastsMs: number): boolean {
    if (this.has(target, symptom)) return false;
    this.all.push({ target, symptom, from: Date.now(), until: Date.now() + lastsMs });
    return true;
  }

  has(target: string, symptom: SimulatedSymptom): boolean {
    return this.present(target).some((fault) => fault.symptom === symptom);
  }

  present(target?: string): readonly Fault[] {
    return this.all.filter((fault) => fault.endedAt === undefined && (target === undefined || fault.target === target));
  }

  end(fault: Fault, by: string): void {
    fault.endedAt = Date.now();
    fault.endedBy = by;
  }

  /** Those whose time is over go by themselves. */
  passBy(): void {
    for (const fault of this.present()) if (fault.until <= Date.now()) this.end(fault, 'itself');
  }
}
