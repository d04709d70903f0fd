import type { Violation } from './invariants.ts';
import { type Bounds, type Choice, costOf, isWithin, type Schedule } from './schedule.ts';
import type { Chooser, Point } from './scheduler.ts';
import { type Prepared, play } from './small-world.ts';

/** What was explored, and the shortest schedule that breaks a promise. */
export interface Explored {
  readonly situation: string;
  readonly bounds: Bounds;
  /** Schedules that were run. */
  readonly schedules: number;
  /** Those of them that were ended early, because what follows was explored before. */
  readonly cutShort: number;
  /** States that were met, each with everything that its future depends on. */
  readonly states: number;
  /** Calls in the run in which nothing is out of the ordinary. */
  readonly points: number;
  /** Whether every schedule within the bounds was explored. False after a violation, and where the limit was reached. */
  readonly complete: boolean;
  /** The first of each promise that was broken; only one, unless the search was to go on. */
  readonly found: readonly Found[];
}

export interface Found {
  readonly schedule: Schedule;
  readonly violation: Violation;
}

export interface SearchOptions {
  /** Schedules after which the search ends. @default - all are explored */
  readonly most?: number;
  /** Goes on after a violation, over the promise that was broken. @default false */
  readonly goOn?: boolean;
  readonly onSchedule?: (explored: number, left: number) => void;
}

interface Planned {
  readonly schedule: Schedule;
  readonly cost: Bounds;
}

/**
 * Explores every schedule within the bounds, those with the fewest deviations first and depth first among them, so that the first violation
 * is a shortest one. A run is repeated from its beginning for each: functions that wait cannot be copied. Where a run
 * meets a state again that was met with as many deviations left, it is ended: what follows is the same.
 */
export async function explore(
  prepared: Prepared,
  bounds: Bounds,
  { most = Number.POSITIVE_INFINITY, goOn = false, onSchedule }: SearchOptions = {},
): Promise<Explored> {
  const met = new Map<string, Bounds[]>();
  /** By the number of deviations. */
  const planned: Planned[][] = [[{ schedule: [], cost: { preemptions: 0, deaths: 0 } }]];
  let schedules = 0;
  let cutShort = 0;
  let points = 0;
  const found: Found[] = [];
  const known = new Set<string>();
  for (let level = 0; level < planned.length && (goOn || found.length === 0); level += 1) {
    const stack = planned[level] as Planned[];
    for (let next = stack.pop(); next && schedules < most; next = stack.pop()) {
      const { schedule, cost } = next;
      const last = schedule.at(-1)?.point ?? -1;
      const chooser: Chooser = (point) => {
        if (point.number <= last) return schedule.find((choice) => choice.point === point.number)?.deviation;
        if (isKnown(met, point.state(), cost)) return 'stop';
        if (level === 0) points = point.number + 1;
        for (const more of deviationsOf(point, schedule, bounds)) {
          planned[level + 1] ??= [];
          planned[level + 1]?.push(more);
        }
        return undefined;
      };
      const { isOver, violations } = await play(prepared, chooser, known, goOn);
      schedules += 1;
      if (!isOver) cutShort += 1;
      if (violations.length > 0) {
        found.push(...firstOfEach(violations).map((violation) => ({ schedule, violation })));
        for (const { promise } of violations) known.add(promise);
        if (!goOn) break;
      }
      onSchedule?.(
        schedules,
        planned.reduce((sum, { length }) => sum + length, 0),
      );
    }
  }
  const left = planned.some(({ length }) => length > 0);
  return {
    ...{ situation: prepared.situation.name, bounds, schedules, cutShort, states: met.size, points },
    complete: !left,
    found,
  };
}

/** Whether the state was met with no more spent; if not, it is from now on. */
function isKnown(met: Map<string, Bounds[]>, state: string, cost: Bounds): boolean {
  const known = met.get(state) ?? [];
  if (known.some((spent) => isWithin(spent, cost))) return true;
  met.set(state, [...known.filter((spent) => !isWithin(cost, spent)), cost]);
  return false;
}

function deviationsOf({ number, deviations }: Point, schedule: Schedule, bounds: Bounds): readonly Planned[] {
  return deviations.flatMap((deviation) => {
    const choice: Choice = { point: number, deviation };
    const longer = [...schedule, choice];
    const cost = costOf(longer);
    return isWithin(cost, bounds) ? [{ schedule: longer, cost }] : [];
  });
}

function firstOfEach(violations: readonly Violation[]): readonly Violation[] {
  return [...Map.groupBy(violations, ({ promise }) => promise).values()].flatMap(([first]) => first ?? []);
}
