import { setTimeout as sleep } from 'node:timers/promises';
import { newDrillId } from '../../lambdas/adapters/new-drill-id.ts';
import { commandName } from '../../lambdas/core/command-name.ts';
import { type DrillReport, drillReport } from '../../lambdas/core/drill-report.ts';
import { inWords } from '../../lambdas/core/duration.ts';
import { shortIncident } from '../../lambdas/core/incident.ts';
import { checkPolicy, type Operator } from './operator.ts';
import { type Output, table } from './output.ts';
import { recorded } from './recorded.ts';
import type { Screen } from './screen.ts';

export interface DrillChoice {
  readonly target?: string;
  /** How long the end is waited for, in milliseconds. */
  readonly within: number;
}

/** What the command takes of the world beside AWS. */
export interface Surroundings {
  readonly clock: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  readonly newId: () => string;
}

export const surroundings: Surroundings = { clock: Date.now, wait: sleep, newId: newDrillId };

/** How often the history is looked at: its lines can be read some seconds after they were written. */
export const LOOK_EVERY = 3_000;

/** How far the clock of this machine may be ahead of that of AWS. */
export const CLOCKS_DIFFER = 600_000;

/** Begins a drill, follows it in the history to its end, and says how far the way goes. */
export async function drill(
  operator: Operator,
  policy: string,
  { target, within }: DrillChoice,
  screen: Screen,
  { clock, wait, newId }: Surroundings = surroundings,
): Promise<Output> {
  checkPolicy(operator, policy);
  const { arn } = await operator.caller();
  const id = newId();
  const request = { policy, drill: id, ...(target !== undefined && { target }) };
  const what = `${id} of policy ${policy}${target === undefined ? '' : ` on ${target}`}`;
  const begunAt = clock();
  await recorded(operator, { action: 'drill', by: arn, what, policy }, begunAt, () => operator.drills.tell(request));
  let report = drillReport([], begunAt, 'played');
  while (report.reason === undefined && clock() < begunAt + within) {
    await wait(LOOK_EVERY);
    report = drillReport(await operator.history(begunAt - CLOCKS_DIFFER, { drill: id }), begunAt, 'played');
    screen.progress(report.reason === undefined ? `drill ${id}: ${report.steps.at(-1)?.said ?? 'waits for its first line'}` : '');
  }
  screen.progress('');
  return {
    data: { drill: id, policy, ...report },
    text: textOf(id, policy, within, report, screen),
    exitCode: report.whole ? 0 : 1,
  };
}

function textOf(id: string, policy: string, within: number, report: DrillReport, screen: Screen): string {
  const { steps, secondsToAct, incident } = report;
  return [
    `Drill ${id} of policy ${policy}, in shadow: nothing was done.`,
    '',
    ...stepsText(steps, screen),
    verdictOf(policy, within, report, screen),
    ...(secondsToAct === undefined
      ? []
      : [
          `The first remedy would have acted ${inWords(secondsToAct * 1_000)} after the event. Before a real event the alarm takes its time.`,
        ]),
    ...(incident === undefined ? [] : [`All of it: ${commandName} why ${shortIncident(incident)}`]),
  ].join('\n');
}

/** The steps with their times, and an empty line after them. */
export function stepsText(steps: DrillReport['steps'], screen: Screen): readonly string[] {
  if (steps.length === 0) return [];
  const rows = steps.map(({ afterSeconds, what, said }) => [inWords(afterSeconds * 1_000), what, said]);
  return [table(['AFTER', 'WHAT', 'SAID'], rows, screen), ''];
}

function verdictOf(policy: string, within: number, { whole, reason, why, secondsToEnd = 0 }: DrillReport, { style }: Screen): string {
  if (whole) {
    const whatIsLeft = 'A mail that begins with DRILL must have come to whoever is told; only they can say so.';
    return `${style('good', `THE WAY IS WHOLE, walked in ${inWords(secondsToEnd * 1_000)}.`)} ${whatIsLeft}`;
  }
  if (reason !== undefined) return style('bad', `STOPPED ON THE WAY (${reason}): ${why}`);
  const next = `Look at "${commandName} why ${policy}" and "${commandName} doctor --only rules dead-letters roles".`;
  return `${style('bad', `NO END within ${inWords(within)}.`)} The event was put on the bus. ${next}`;
}
