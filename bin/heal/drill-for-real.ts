import { commandName } from '../../lambdas/core/command-name.ts';
import { BROKEN_MINUTES, stopServiceDocument } from '../../lambdas/core/drill.ts';
import type { DrillReport } from '../../lambdas/core/drill-report.ts';
import { inWords } from '../../lambdas/core/duration.ts';
import { shortIncident } from '../../lambdas/core/incident.ts';
import { CannotDo } from './cannot-do.ts';
import { CLOCKS_DIFFER, follow, type Surroundings, stepsText, surroundings, verdictOf, walk } from './drill.ts';
import { checkPolicy, type Operator } from './operator.ts';
import type { Output } from './output.ts';
import type { Screen } from './screen.ts';

export interface RealDrillChoice {
  readonly target?: string;
  readonly service?: string;
  /** When the machine starts the service again by itself, at the latest. */
  readonly minutes: string;
  /** How long the end is waited for, in milliseconds. */
  readonly within: number;
}

/**
 * Walks the way in shadow first; where nothing stops it, stops a service of one instance, and follows what the pipeline makes of it: an
 * incident like any other, under every guardrail, of which nothing is learnt.
 */
export async function drillForReal(
  operator: Operator,
  policy: string,
  { target, service, minutes, within }: RealDrillChoice,
  screen: Screen,
  world: Surroundings = surroundings,
): Promise<Output> {
  checkPolicy(operator, policy);
  if (target === undefined || service === undefined)
    throw new CannotDo('a drill for real needs one instance and one service', 'name them with --target and --service');
  const { least, most } = BROKEN_MINUTES;
  if (!/^[1-9]\d?$/.test(minutes) || Number(minutes) < least || Number(minutes) > most)
    throw new CannotDo(`--minutes ${minutes} is not allowed`, `give a whole number from ${least} to ${most}`);
  if (operator.policies[policy] === 'shadow')
    throw new CannotDo(`policy ${policy} is in shadow, and would repair nothing`, 'hold the drill without --for-real');
  const id = world.newId();
  const what = `${id} for real: stops ${service} on ${target}, at most ${minutes} min`;
  const request = { policy, drill: id, target, minutes: Number(minutes) };
  const { report: walked, lines } = await walk(operator, request, what, within, screen, world);
  const told = { id, policy, target, service, minutes, within };
  if (!walked.whole) return notBroken(told, walked, screen);
  if (!lines.some(({ brokenUntil }) => brokenUntil !== undefined))
    throw new CannotDo('the way is whole, but the pipeline knows of no drills for real', 'deploy this version, with drills: true');
  const begunAt = world.clock();
  const command = { document: stopServiceDocument(operator.pipeline), instanceId: target, token: `drill-${id}` };
  const result = await operator.commands.look({ ...command, parameters: { Service: service, Minutes: minutes } });
  if (result !== undefined && result.status !== 'succeeded')
    throw new CannotDo(
      `${service} on ${target} was not stopped: ${result.detail} ${result.output}${result.errors}`.trim(),
      'mend what it says; where it was stopped all the same, its timer starts it again',
    );
  const read = () => linesOf(operator, begunAt - CLOCKS_DIFFER, policy, id, walked.incident);
  const { report } = await follow({ drill: id, kind: 'real', begunAt, within, waitsFor: 'the alarm', read }, screen, world);
  return {
    data: { drill: id, policy, target, service, ...report },
    text: textOf(told, report, screen),
    exitCode: report.whole ? 0 : 1,
  };
}

/** The lines of the policy's first incident that belongs to the drill, beside its walk. */
async function linesOf(operator: Operator, since: number, policy: string, drill: string, walkOf: string | undefined) {
  const lines = (await operator.history(since, { drill })).filter((line) => line.policy === policy && line.incident !== walkOf);
  const incident = lines.find(({ kind }) => kind === 'signal')?.incident;
  return lines.filter((line) => line.incident !== undefined && line.incident === incident);
}

/** Where the walk was stopped nothing is broken. */
function notBroken({ id, policy, target, service, within }: Told, walked: DrillReport, screen: Screen): Output {
  return {
    data: { drill: id, policy, target, service, ...walked },
    text: [
      `Drill ${id} of policy ${policy}, for real: ${service} on ${target} was NOT stopped, since the way is not whole.`,
      '',
      ...stepsText(walked.steps, screen),
      verdictOf(policy, within, walked, screen),
    ].join('\n'),
    exitCode: 1,
  };
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
