import type { PlayedSymptom } from './symptoms.ts';

/** One symptom of one target from its beginning to its end: what really was the case, whatever the pipeline knew of it. */
export interface Illness {
  /** The pipeline's key of the target. */
  readonly target: string;
  readonly symptom: PlayedSymptom;
  readonly from: number;
  /** When it goes by itself; no cure before that. */
  readonly until: number;
  /** Absent while it is there. */
  endedAt?: number;
  /** What ended it. */
  endedBy?: string;
}

/** All illnesses, past and present. */
export class Illnesses {
  readonly all: Illness[] = [];

  /** None is added to a target that has the symptom. */
  begin(target: string, symptom: PlayedSymptom, lastsMs: number): boolean {
    if (this.has(target, symptom)) return false;
    this.all.push({ target, symptom, from: Date.now(), until: Date.now() + lastsMs });
    return true;
  }

  has(target: string, symptom: PlayedSymptom): boolean {
    return this.present(target).some((illness) => illness.symptom === symptom);
  }

  present(target?: string): readonly Illness[] {
    return this.all.filter((illness) => illness.endedAt === undefined && (target === undefined || illness.target === target));
  }

  end(illness: Illness, by: string): void {
    illness.endedAt = Date.now();
    illness.endedBy = by;
  }

  /** Those whose time is over go by themselves. */
  passBy(): void {
    for (const illness of this.present()) if (illness.until <= Date.now()) this.end(illness, 'itself');
  }
}
