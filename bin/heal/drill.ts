import { setTimeout as sleep } from 'node:timers/promises';
import { newDrillId } from '../../lambdas/adapters/new-drill-id.ts';
import { type CommandPlace, ownCommandHere } from '../../lambdas/core/commands-here.ts';
import type { DrillRequest } from '../../lambdas/core/drill.ts';
import { type DrillReport, drillReport } from '../../lambdas/core/drill-report.ts';
import { inWords } from '../../lambdas/core/duration.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { USUAL_HUB } from '../../lambdas/core/hub/hub-names.ts';
import { pausedBy } from '../../lambdas/core/hub/hub-pause.ts';
import { shortIncident } from '../../lambdas/core/incident.ts';
import { reasonWords } from '../../lambdas/core/reason-words.ts';
import { CannotDo } from './cannot-do.ts';
import { checkPolicy, type Operator } from './operator.ts';
import { type Output, table } from './output.ts';
import { recorded } from './recorded.ts';
import { saidShortly } from './said-shortly.ts';
import type { Screen } from './screen.ts';

export interface DrillChoice {
  readonly target?: string;
  /** What only a drill for real breaks. */
  readonly service?: string;
  readonly fill?: boolean;
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
const LOOK_EVERY = 3_000;

/** How far the clock of this machine may be ahead of that of AWS. */
export const CLOCK_AHEAD_AT_MOST = 600_000;

/** Begins a drill, follows it in the history to its end, and says how far the way goes. */
export async function drill(
  operator: Operator,
  policy: string,
  { target, service, fill, within }: DrillChoice,
  screen: Screen,
  world: Surroundings = surroundings,
): Promise<Output> {
  checkPolicy(operator, policy);
  if (service !== undefined || fill)
    throw new CannotDo(
      `${fill ? '--fill' : '--service'} breaks something, which only a drill for real does`,
      'say --for-real as well, or leave it out for a drill in shadow, in which nothing is done',
    );
  const id = world.newId();
  const what = `${id} of policy ${policy}${target === undefined ? '' : ` on ${target}`}`;
  const { report } = await walk(operator, { policy, drill: id, ...(target !== undefined && { target }) }, what, within, screen, world);
  return {
    data: { drill: id, policy, ...report },
    text: textOf(operator, id, policy, within, report, screen),
    exitCode: report.whole ? 0 : 1,
  };
}

/** Tells the pipeline of a drill, and follows it until it is over or the time is. */
export async function walk(
  operator: Operator,
  request: DrillRequest,
  what: string,
  within: number,
  screen: Screen,
  world: Surroundings,
): Promise<Followed> {
  const { policy, drill } = request;
  const { arn } = await operator.caller();
  const begunAt = world.clock();
  await recorded(operator, { action: 'drill', by: arn, what, policy }, begunAt, () => operator.drills.tell(request));
  const read = () => operator.history(begunAt - CLOCK_AHEAD_AT_MOST, { drill });
  return follow({ drill, kind: 'played', begunAt, within, waitsFor: 'its first line', read }, screen, world);
}

interface Following {
  readonly drill: string;
  readonly kind: Parameters<typeof drillReport>[2];
  readonly begunAt: number;
  readonly within: number;
  /** What is waited for as long as there are no lines. */
  readonly waitsFor: string;
  /** Its lines of the history so far. */
  read(): Promise<readonly HistoryLine[]>;
}

interface Followed {
  readonly report: DrillReport;
  readonly lines: readonly HistoryLine[];
}

/** Follows a drill in the history until it is over or the time is. */
export async function follow(following: Following, screen: Screen, { clock, wait }: Surroundings): Promise<Followed> {
  const { drill, kind, begunAt, within, waitsFor } = following;
  let lines: readonly HistoryLine[] = [];
  let report = drillReport(lines, begunAt, kind);
  while (report.reason === undefined && clock() < begunAt + within) {
    await wait(LOOK_EVERY);
    lines = await following.read();
    report = drillReport(lines, begunAt, kind);
    screen.progress(
      report.reason === undefined ? `drill ${drill}: ${saidShortly(report.steps.at(-1)?.said ?? `waits for ${waitsFor}`, screen)}` : '',
    );
  }
  screen.progress('');
  return { report, lines };
}

function textOf(place: CommandPlace, id: string, policy: string, within: number, report: DrillReport, screen: Screen): string {
  const { steps, secondsToAct, incident } = report;
  return [
    `Drill ${id} of policy ${policy}, in shadow: nothing was done.`,
    '',
    ...stepsText(steps, screen),
    verdictOf(place, policy, within, report, screen),
    ...(secondsToAct === undefined
      ? []
      : [
          `The first remedy would have acted ${inWords(secondsToAct * 1_000)} after the event. Before a real event the alarm takes its time.`,
        ]),
    ...(incident === undefined ? [] : [`All of it: ${ownCommandHere(place, `why ${shortIncident(incident)}`)}`]),
  ].join('\n');
}

/** The steps with their times, and an empty line after them. */
export function stepsText(steps: DrillReport['steps'], screen: Screen): readonly string[] {
  if (steps.length === 0) return [];
  const rows = steps.map(({ afterSeconds, what, said }) => [inWords(afterSeconds * 1_000), what, saidShortly(said, screen)]);
  return [table(['AFTER', 'WHAT', 'SAID'], rows, screen), ''];
}

/** How the way went, in words. */
export function verdictOf(
  place: CommandPlace,
  policy: string,
  within: number,
  { whole, reason, why, secondsToEnd = 0 }: DrillReport,
  screen: Screen,
): string {
  const { style } = screen;
  if (whole) {
    const whatIsLeft = 'A mail that begins with DRILL must have come to whoever is told; only they can say so.';
    return `${style('good', `THE WAY IS WHOLE, walked in ${inWords(secondsToEnd * 1_000)}.`)} ${whatIsLeft}`;
  }
  if (reason !== undefined)
    return `${style('bad', `STOPPED ON THE WAY (${reason}): ${saidShortly(why ?? '', screen)}`)}\nDO NOW ${nextStep(place, reason, why)}`;
  const doctor = ownCommandHere(place, 'doctor --only rules dead-letters roles');
  const next = `Look at "${ownCommandHere(place, `why ${policy}`)}" and "${doctor}".`;
  return `${style('bad', `NO END within ${inWords(within)}.`)} The event was put on the bus. ${next}`;
}

/** What the reason's own words tell to do, for a fault that is only played; of an unknown reason of a later version, nothing. */
function nextStep(place: CommandPlace, reason: string, why = ''): string {
  if (reason === 'no-target') return 'Name the instance with --target.';
  const known = (reasonWords as Readonly<Record<string, { readonly doNow: string }>>)[reason];
  const own = known && reason === 'drill-refused' ? known.doNow : `Mend what stopped it, then hold it again.`;
  return reason === 'paused' ? afterPauses(place, why) : own;
}

/** Each pause is ended only where it was set. */
function afterPauses(place: CommandPlace, why: string): string {
  const { own, hub } = pausedBy(why);
  const ends = [
    ...(own ? [`"${ownCommandHere(place, 'resume')}"`] : []),
    ...(hub ? [`"${ownCommandHere({ hub: USUAL_HUB }, 'resume')}" in the account of the hub, which alone ends its pause`] : []),
  ];
  return `Hold it again after ${ends.join(' and ')}.`;
}
