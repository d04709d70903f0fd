import { commandName } from '../../lambdas/core/command-name.ts';
import { inWords, iso } from '../../lambdas/core/duration.ts';
import { hubSays } from '../../lambdas/core/hub/hub-pause.ts';
import { parsePause, pauseText, RUNNING } from '../../lambdas/core/pause.ts';
import { CannotDo } from './cannot-do.ts';
import type { Operator } from './operator.ts';
import type { Output } from './output.ts';
import { recorded } from './recorded.ts';
import type { Screen } from './screen.ts';

const DAY = 86_400_000;

/** Whoever needs longer says so again. */
const LONGEST = 7 * DAY;

/** Whose switch it is: a pipeline's, or a hub's. */
export type Paused = Pick<Operator, 'caller' | 'pause' | 'record'>;

/** A switch that was set. */
export interface SetPause {
  readonly value: string;
  /** @default - it has no end */
  readonly end?: number;
  /** What to tell of the history, and of the clock. */
  readonly remarks: string;
}

/** Stops the pipeline: nothing new is started, what runs is still verified. */
export async function pause(
  operator: Operator,
  reason: string,
  lasting: number | undefined,
  now: number,
  { time }: Screen,
): Promise<Output> {
  const { value, end, remarks } = await setPause(operator, reason, lasting, now);
  const ending =
    end === undefined
      ? `It stays so, through deployments too, until "${commandName} resume"; --for 2h would end it by itself.`
      : `It ends by itself in ${inWords(lasting ?? 0)}, at ${time(end)}, or before with "${commandName} resume".`;
  return {
    data: { paused: value, until: end === undefined ? null : iso(end) },
    text: `Pipeline ${operator.pipeline} is paused: ${value}\nNothing new is started; what runs is still verified. ${ending}${remarks}`,
  };
}

/**
 * Sets a switch to a pause, with a line of the history.
 *
 * @throws CannotDo for a time that is none, or without a reason
 */
export async function setPause(operator: Paused, reason: string, lasting: number | undefined, now: number): Promise<SetPause> {
  if (lasting !== undefined && (lasting <= 0 || lasting > LONGEST))
    throw new CannotDo(
      `a pause of ${inWords(lasting)} is none that ends by itself`,
      `say --for 1m to --for ${LONGEST / DAY}d, or leave it out`,
    );
  const { arn } = await operator.caller();
  const until = lasting === undefined ? undefined : now + lasting;
  const value = pauseText(reason, arn, now, until);
  if (value === undefined)
    throw new CannotDo('a pause needs a reason', `say it in words: ${commandName} pause "Anna works on the database" --for 2h`);
  const what = until === undefined ? 'without an end' : `until ${iso(until)}`;
  const { answer: corrected, unrecorded } = await recorded(operator, { action: 'pause', by: arn, what, why: reason }, now, async () => {
    await operator.pause.set(value);
    return lasting === undefined ? undefined : byClockOfAws(operator, reason, arn, lasting, now);
  });
  const end = corrected ?? until;
  const clock = corrected === undefined ? '' : '\nThe clock of this machine is wrong by more than a minute; the end goes by that of AWS.';
  return { value, ...(end !== undefined && { end }), remarks: `${unrecorded}${clock}` };
}

/** How far the clock of this machine may be from that of AWS, by which the functions reckon. */
const MOST_SKEW = 60_000;

/** Sets the end anew where this machine's clock is wrong: by one that is behind, a short pause would be over before it began. Answers the new end. */
async function byClockOfAws(operator: Paused, reason: string, arn: string, lasting: number, now: number): Promise<number | undefined> {
  const at = Date.parse((await operator.pause.history()).at(-1)?.at ?? '');
  if (Number.isNaN(at) || Math.abs(at - now) <= MOST_SKEW) return undefined;
  const value = pauseText(reason, arn, at, at + lasting);
  if (value !== undefined) await operator.pause.set(value);
  return at + lasting;
}

/** Lets the pipeline act again, as far as its own switch is concerned. */
export async function resume(operator: Operator, now: number): Promise<Output> {
  const [before, hub] = await Promise.all([endPause(operator, now), operator.hubPause?.()]);
  const theirs = hubSays(hub, now);
  const still = theirs.kind === 'paused' ? `\nThe hub still pauses it, which only the hub ends: ${theirs.why}` : '';
  if (before === undefined) return { data: { resumed: false }, text: `Pipeline ${operator.pipeline} was running already.${still}` };
  const acts = still === '' ? `Pipeline ${operator.pipeline} acts again.` : `The own pause of pipeline ${operator.pipeline} is over.`;
  return {
    data: { resumed: true, before },
    text: `${acts} Before: ${before}\nSymptoms that ended as "paused" and are still there are taken up again by the sweep, half an hour after that end unless the policy says otherwise.${still}`,
  };
}

/** Lets a switch run, with a line of the history. Answers why it was paused; undefined where it was running already. */
export async function endPause(operator: Paused, now: number): Promise<string | undefined> {
  const value = (await operator.pause.history()).at(-1)?.value;
  // A pause that ended by itself is still written there, for functions of earlier versions.
  const before = parsePause(value);
  if (before.kind === 'running') return undefined;
  const { arn } = await operator.caller();
  await recorded(operator, { action: 'resume', by: arn, what: `paused before: ${before.why}` }, now, () => operator.pause.set(RUNNING));
  return before.why;
}
