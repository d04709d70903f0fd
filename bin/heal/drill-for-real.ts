import { type CommandPlace, ownCommandHere } from '../../lambdas/core/commands-here.ts';
import { BROKEN_MINUTES, type Breach as BreachState, fillFolderDocument, stopServiceDocument } from '../../lambdas/core/drill.ts';
import { fillSchema } from '../../lambdas/core/drill-fill.ts';
import type { DrillReport } from '../../lambdas/core/drill-report.ts';
import { inWords } from '../../lambdas/core/duration.ts';
import { Uncertain } from '../../lambdas/core/failure.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { shortIncident } from '../../lambdas/core/incident.ts';
import type { CommandResult } from '../../lambdas/core/ports.ts';
import { readTolerantly } from '../../lambdas/core/tolerant-reader.ts';
import { NO_SCRIPT, untouchedBy } from '../../lambdas/core/untouched.ts';
import { CannotDo } from './cannot-do.ts';
import { CLOCK_AHEAD_AT_MOST, follow, type Surroundings, stepsText, surroundings, verdictOf, walk } from './drill.ts';
import { checkPolicy, type Operator } from './operator.ts';
import type { Output } from './output.ts';
import { saidShortly } from './said-shortly.ts';
import type { Screen } from './screen.ts';

export interface RealDrillChoice {
  readonly target?: string;
  /** The service that is stopped. */
  readonly service?: string;
  /** Fills the file system that the policy watches, in the place of stopping a service. */
  readonly fill?: true;
  /** When the machine undoes it by itself, at the latest. */
  readonly minutes: string;
  /** How long the end is waited for, in milliseconds. */
  readonly within: number;
}

/** What is broken, and how. */
interface Breach {
  readonly document: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What happens to it, after its name: "stopped". */
  readonly done: string;
  /** What it is called: "nginx". */
  readonly name: string;
  readonly undone: string;
}

/**
 * Walks the way in shadow first; where nothing stops it, stops a service of one instance or fills one of its file systems, and follows what
 * the pipeline makes of it: an incident like any other, under every guardrail, of which nothing is learnt.
 */
export async function drillForReal(
  operator: Operator,
  policy: string,
  { target, service, fill, minutes, within }: RealDrillChoice,
  screen: Screen,
  world: Surroundings = surroundings,
): Promise<Output> {
  checkPolicy(operator, policy);
  if (target === undefined || (service === undefined) === (fill === undefined))
    throw new CannotDo(
      'a drill for real needs one instance, and one service to stop or --fill',
      'name the instance with --target, and what is broken with --service or --fill',
    );
  const { least, most } = BROKEN_MINUTES;
  if (!/^[1-9]\d?$/.test(minutes) || Number(minutes) < least || Number(minutes) > most)
    throw new CannotDo(`--minutes ${minutes} is not allowed`, `give a whole number from ${least} to ${most}`);
  if (operator.policies[policy] === 'shadow')
    throw new CannotDo(`policy ${policy} is in shadow, and would repair nothing`, 'hold the drill without --for-real');
  const id = world.newId();
  const breaks = service === undefined ? `fills what the policy watches` : `stops ${service}`;
  const what = `${id} for real: ${breaks} on ${target}, at most ${minutes} min`;
  const request = { policy, drill: id, target, minutes: Number(minutes) };
  const { report: walked, lines } = await walk(
    operator,
    { ...request, announces: true, ...(fill ? { fill } : { service }) },
    what,
    within,
    screen,
    world,
  );
  const told = { place: operator, id, policy, target, ...(service !== undefined && { service }), minutes, within };
  if (!walked.whole) return notBroken(told, walked, screen);
  const letOn = lines.find(({ brokenUntil }) => brokenUntil !== undefined);
  const breach = letOn && (service === undefined ? fillingOf(letOn, operator, minutes) : stoppingOf(service, operator, minutes));
  if (!breach)
    throw new CannotDo(
      `the way is whole, but the pipeline knows of no such drills for real, or policy ${policy} came into shadow on the way`,
      `deploy this version, with drills: true; or see its mode by "${ownCommandHere(operator, 'status')}"`,
    );
  const tell = (state: BreachState) => operator.drills.tell({ ...request, breach: state });
  await tell('begins');
  const begunAt = world.clock();
  const result = await broken(operator, breach, target, `drill-${id}`, tell, world);
  if (result !== undefined && result.status !== 'succeeded') {
    if (untouchedBy(result) === undefined) throw notDone(breach, target, result);
    await tell('cancelled');
    return refused(told, breach, result);
  }
  const read = () => linesOf(operator, begunAt - CLOCK_AHEAD_AT_MOST, policy, id, walked.incident);
  const { report } = await follow({ drill: id, kind: 'real', begunAt, within, waitsFor: 'the alarm', read }, screen, world);
  if (report.whole) await tell('over');
  return {
    data: { drill: id, policy, target, ...(service === undefined ? { filled: breach.name } : { service }), broken: true, ...report },
    text: textOf(told, breach, report, screen),
    exitCode: report.whole ? 0 : 1,
  };
}

/** How often it is looked whether the command has ended, in milliseconds, and how many times. */
const LOOK_EVERY = 1_000;
const LOOKS = 30;

/** Breaks it. Answers how the command ended, undefined where no end was seen. */
async function broken(
  { commands }: Operator,
  { document, parameters }: Breach,
  instanceId: string,
  token: string,
  tell: (state: BreachState) => Promise<void>,
  { wait }: Surroundings,
): Promise<CommandResult | undefined> {
  let commandId: string;
  try {
    commandId = await commands.send({ document, parameters, instanceId, token });
  } catch (error) {
    if (!(error instanceof Uncertain)) await tell('cancelled');
    throw error;
  }
  for (let looks = 0; looks < LOOKS; looks += 1) {
    await wait(LOOK_EVERY);
    const result = await commands.result(commandId, instanceId);
    if (result !== undefined && result.status !== 'running') return result;
  }
  return undefined;
}

function stoppingOf(service: string, { pipeline }: Operator, minutes: string): Breach {
  return {
    document: stopServiceDocument(pipeline),
    parameters: { Service: service, Minutes: minutes },
    ...{ name: service, done: 'stopped', undone: 'starts it again' },
  };
}

/** Filling what the pipeline says that may be filled. @returns undefined where an earlier version says nothing of it */
function fillingOf({ fill }: HistoryLine, { pipeline }: Operator, minutes: string): Breach | undefined {
  const { path, percent, folders } = readTolerantly(fillSchema, fill).data ?? {};
  if (path === undefined || percent === undefined || folders === undefined) return undefined;
  return {
    document: fillFolderDocument(pipeline),
    parameters: { Folders: folders.join(':'), Path: path, Percent: String(percent), Minutes: minutes },
    ...{ name: path, done: `filled to ${percent} %`, undone: 'takes its file away' },
  };
}

function refused({ id, policy, target, service }: Told, { name, done }: Breach, { detail, output }: CommandResult): Output {
  const isWindows = detail === NO_SCRIPT;
  const why = isWindows ? 'drills for real are for Linux' : output.trim() || `Systems Manager says ${detail}`;
  const next = isWindows ? 'Name an instance with Linux.' : 'Mend what it says, or break something else.';
  return {
    data: {
      ...{ drill: id, policy, target, ...(service === undefined ? { filled: name } : { service }) },
      ...{ broken: false, whole: false, why, steps: [] },
    },
    text: `Drill ${id} of policy ${policy}, for real: ${name} on ${target} was not ${done}: ${why}\nDO NOW ${next}`,
    exitCode: 1,
  };
}

function notDone({ name, done }: Breach, target: string, { detail, output, errors }: CommandResult): CannotDo {
  return new CannotDo(
    `${name} on ${target} was not ${done}: ${detail} ${output}${errors}`.trim(),
    'mend what it says; where it was done all the same, its timer undoes it',
  );
}

/** The lines of the policy's first incident that belongs to the drill, beside its walk. */
async function linesOf(operator: Operator, since: number, policy: string, drill: string, walkOf: string | undefined) {
  const lines = (await operator.history(since, { drill })).filter((line) => line.policy === policy && line.incident !== walkOf);
  const incident = lines.find(({ kind }) => kind === 'signal')?.incident;
  return lines.filter((line) => line.incident !== undefined && line.incident === incident);
}

/** Where the walk was stopped nothing is broken. */
function notBroken({ place, id, policy, target, service, within }: Told, walked: DrillReport, screen: Screen): Output {
  return {
    data: { drill: id, policy, target, ...(service !== undefined && { service }), broken: false, ...walked },
    text: [
      `Drill ${id} of policy ${policy}, for real: ${service === undefined ? `nothing was filled on ${target}` : `${service} on ${target} was NOT stopped`}, since the way is not whole.`,
      '',
      ...stepsText(walked.steps, screen),
      verdictOf(place, policy, within, walked, screen),
    ].join('\n'),
    exitCode: 1,
  };
}

interface Told {
  readonly place: CommandPlace;
  readonly id: string;
  readonly policy: string;
  readonly target: string;
  /** @default - a file system is filled */
  readonly service?: string;
  readonly minutes: string;
  readonly within: number;
}

function textOf(
  { place, id, policy, target, minutes, within }: Told,
  { name, done, undone }: Breach,
  report: DrillReport,
  screen: Screen,
): string {
  const { whole, reason, why, steps, incident, secondsToSignal, secondsToAct, secondsToEnd } = report;
  const spent = (words: string, seconds: number | undefined) => (seconds === undefined ? [] : [`${words} ${inWords(seconds * 1_000)}`]);
  const times = [...spent('alarm after', secondsToSignal), ...spent('act after', secondsToAct), ...spent('end after', secondsToEnd)];
  const ended = reason === undefined ? `NO END within ${inWords(within)}.` : `NOT HEALED (${reason}): ${saidShortly(why ?? '', screen)}`;
  return [
    `Drill ${id} for real: ${name} was ${done} on ${target}. Its own timer ${undone} after ${minutes} min at the latest.`,
    '',
    ...stepsText(steps, screen),
    whole ? screen.style('good', `HEALED: ${saidShortly(why ?? '', screen)}`) : screen.style('bad', ended),
    ...(times.length === 0 ? [] : [`Since then: ${times.join(', ')}.`]),
    ...(incident === undefined
      ? [`No incident came: look at "${ownCommandHere(place, `why ${policy}`)}".`]
      : [`All of it: ${ownCommandHere(place, `why ${shortIncident(incident)}`)}`]),
  ].join('\n');
}
