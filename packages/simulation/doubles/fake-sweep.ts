import type { BrokenWorkflow, RepairNote } from '../../../lambdas/core/broken-workflow.ts';
import { TargetGone } from '../../../lambdas/core/failure.ts';
import type { StandingAlarm } from '../../../lambdas/core/standing-alarm.ts';
import type { SweepPorts } from '../../../lambdas/steps/sweep.ts';
import type { World } from './fake-ports.ts';

/** What the sweep's own fakes hold. */
export interface SweepRecord {
  readonly broken: BrokenWorkflow[];
  /** The last words of broken workflows, by incident. */
  readonly lastWords: Map<string, { readonly state: unknown; readonly why: string }>;
  /** What the sweeps noted, by incident. */
  readonly notes: Map<string, RepairNote>;
  /** The alarms that the rules were told of. */
  readonly told: StandingAlarm[];
  readonly repairs: number[];
  beats: number;
}

/** The ports of the sweep over the fakes of a world: every alarm of the account is watched. */
export function fakeSweep(world: World): { readonly ports: SweepPorts; readonly record: SweepRecord } {
  const record: SweepRecord = { broken: [], lastWords: new Map(), notes: new Map(), told: [], repairs: [], beats: 0 };
  const ports: SweepPorts = {
    ...world.ports,
    broken: {
      since: async (instant) => record.broken.filter(({ brokenAt }) => brokenAt >= instant),
      async lastWords(incidentId) {
        const words = record.lastWords.get(incidentId);
        if (!words) throw new TargetGone(`no execution ${incidentId}`, undefined);
        return words;
      },
    },
    repairNotes: {
      since: async () => new Map(record.notes),
      write: async ({ incidentId }, note) => void record.notes.set(incidentId, note),
    },
    rules: {
      watchedAlarms: async () => [...world.account.alarms.keys()],
      tellAgain: async (standing) => void record.told.push(...standing),
    },
    sweepMetrics: {
      heartbeat: () => {
        record.beats += 1;
      },
      repairs: (count) => void record.repairs.push(count),
    },
  };
  return { ports, record };
}
