import { commandName } from '../../lambdas/core/command-name.ts';
import { stopServiceDocument } from '../../lambdas/core/drill.ts';
import { type DrillReport, drillReport } from '../../lambdas/core/drill-report.ts';
import { inWords } from '../../lambdas/core/duration.ts';
import { shortIncident } from '../../lambdas/core/incident.ts';
import { CannotDo } from './cannot-do.ts';
import { CLOCKS_DIFFER, LOOK_EVERY, type Surroundings, stepsText, surroundings } from './drill.ts';
import { checkPolicy, type Operator } from './operator.ts';
import type { Output } from './output.ts';
import { recorded } from './recorded.ts';
import type { Screen } from './screen.ts';

export interface RealDrillChoice {
  readonly target?: string;
  readonly service?: string;
  /** When the machine starts the service again by itself, at the latest. */
  readonly minutes: string;
  /** How long the end is waited for, in milliseconds. */
  readonly within: number;
}

/** Stops a service of one instance, and follows what the pipeline makes of it: an incident like any other, under every guardrail. */
export async function drillForReal(
  operator: Operator,
  policy: string,
  { target, service, minutes, within }: RealDrillChoice,
  screen: Screen,
  { clock, wait, newId }: Surroundings = surroundings,
): Promise<Output> {
  checkPolicy(operator, policy);
  if (target === undefined || service === undefined)
    throw new CannotDo('a drill for real needs one instance and one service', 'name them with --target and --service');
  if (operator.policies[policy] === 'shadow')
    throw new CannotDo(`policy ${policy} is in shadow, and would repair nothing`, 'hold the drill without --for-real');
  const { arn } = await operator.caller();
  const id = newId();
  const what = `${id} for real: stops ${service} on ${target}, at most ${minutes} min`;
  const begunAt = clock();
  const request = { document: stopServiceDocument(operator.pipeline), instanceId: target, token: `drill-${id}` };
  const { answer: result } = await recorded(operator, { action: 'drill', by: arn, what, policy }, begunAt, () =>
    operator.commands.look({ ...request, parameters: { Service: service, Minutes: minutes } }),
  );
  if (result !== undefined && result.status !== 'succeeded')
    throw new CannotDo(
      `${service} on ${target} was not stopped: ${result.detail} ${result.output}${result.errors}`.trim(),
      'mend what it says; where it was stopped all the same, its timer starts it again',
    );
  let report = drillReport([], begunAt, 'real');
  while (report.reason === undefined && clock() < begunAt + within) {
    await wait(LOOK_EVERY);
    report = drillReport(await linesOf(operator, policy, target, begunAt), begunAt, 'real');
    screen.progress(report.reason === undefined ? `drill ${id}: ${report.steps.at(-1)?.said ?? 'waits for the alarm'}` : '');
  }
  screen.progress('');
  return {
    data: { drill: id, policy, target, service, ...report },
    text: textOf({ id, policy, target, service, minutes, within }, report, screen),
    exitCode: report.whole ? 0 : 1,
  };
}

/** The lines of the incident that began after the service was stopped. */
async function linesOf(operator: Operator, policy: string, target: string, begunAt: number) {
  const lines = await operator.history(begunAt - CLOCKS_DIFFER, { policy, target });
  const real = lines.filter(({ at, drill }) => drill === undefined && Date.parse(at) >= begunAt);
  const incident = real.find(({ kind }) => kind === 'signal')?.incident;
  return real.filter((line) => line.incident !== undefined && line.incident === incident);
}

interface Told {
  readonly id: string;
  readonly policy: string;
  readonly target: string;
  readonly service: string;
  readonly minutes: string;
  readonly within: number;
}

function textOf({ id, policy, target, service, minutes, within }: Told, report: DrillReport, screen: Screen): string {
  const { whole, reason, why, steps, incident, secondsToSignal, secondsToAct, secondsToEnd } = report;
  const spent = (words: string, seconds: number | undefined) => (seconds === undefined ? [] : [`${words} ${inWords(seconds * 1_000)}`]);
  const times = [...spent('alarm after', secondsToSignal), ...spent('act after', secondsToAct), ...spent('end after', secondsToEnd)];
  const ended = reason === undefined ? `NO END within ${inWords(within)}.` : `NOT HEALED (${reason}): ${why}`;
  return [
    `Drill ${id} for real: ${service} was stopped on ${target}. Its own timer starts it again after ${minutes} min at the latest.`,
    '',
    ...stepsText(steps, screen),
    whole ? screen.style('good', `HEALED: ${why}`) : screen.style('bad', ended),
    ...(times.length === 0 ? [] : [`Since it was stopped: ${times.join(', ')}.`]),
    ...(incident === undefined
      ? [`No incident came: look at "${commandName} why ${policy}".`]
      : [`All of it: ${commandName} why ${shortIncident(incident)}`]),
  ].join('\n');
}
