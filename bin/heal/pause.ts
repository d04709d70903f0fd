import { type CommandPlace, ownCommandHere } from '../../lambdas/core/commands-here.ts';
import { inWords, iso } from '../../lambdas/core/duration.ts';
import { hubSays } from '../../lambdas/core/hub/hub-pause.ts';
import { outlasts, parsePause, pauseEnd, pauseText, RUNNING } from '../../lambdas/core/pause.ts';
import { CannotDo } from './cannot-do.ts';
import type { Operator } from './operator.ts';
import type { Output } from './output.ts';
import { reasonOf } from './reason-of.ts';
import { recorded, unrecordedInWords } from './recorded.ts';
import { saidShortly } from './said-shortly.ts';
import type { Screen } from './screen.ts';

const DAY = 86_400_000;

/** Whoever needs longer says so again. */
const LONGEST = 7 * DAY;

/** Whose switch it is: a pipeline's, or a hub's. */
export type Paused = Pick<Operator, 'caller' | 'pause' | 'record'>;

/** A switch that was set. */
interface SetPause {
  readonly value: string;
  /** @default - it has no end */
  readonly end?: number;
  /** Why it was paused before, and by whom. @default - it was running */
  readonly before?: string;
  /** As `recorded` has it. */
  readonly unrecorded: string | null;
  /** Whether the clock of this machine is wrong, so that the end goes by that of AWS. */
  readonly clockIsWrong: boolean;
  /** What to tell of the history, of the clock, and of the pause before. */
  readonly remarks: string;
}

/** Stops the pipeline: nothing new is started, what runs is still verified. */
export async function pause(operator: Operator, reason: string, lasting: number | undefined, now: number, screen: Screen): Promise<Output> {
  const { end, remarks, ...set } = await setPause(operator, operator, reason, lasting, now, screen);
  const resume = ownCommandHere(operator, 'resume');
  const ending =
    end === undefined
      ? `It stays so, through deployments too, until "${resume}"; --for 2h would end it by itself.`
      : `It ends by itself in ${inWords(lasting ?? 0)}, at ${screen.time(end)}, or before with "${resume}".`;
  return {
    data: pauseData(set, end),
    text: `Pipeline ${operator.pipeline} is paused: ${saidShortly(set.value, screen)}\nNothing new is started; what runs is still verified. ${ending}${remarks}`,
  };
}

/** What `--json` says of a switch that was set. */
export function pauseData({ value, before, unrecorded, clockIsWrong }: Omit<SetPause, 'remarks' | 'end'>, end: number | undefined) {
  const until = end === undefined ? null : iso(end);
  return { paused: value, until, ...(before !== undefined && { before }), unrecorded, clockIsWrong };
}

/**
 * Sets a switch to a pause, with a line of the history. Of two pauses the one that lasts longer stands.
 *
 * @throws CannotDo for a time that is none, without a reason, or where it is paused for longer already
 */
export async function setPause(
  operator: Paused,
  place: CommandPlace,
  given: string,
  lasting: number | undefined,
  now: number,
  screen: Screen,
): Promise<SetPause> {
  if (lasting !== undefined && (lasting <= 0 || lasting > LONGEST))
    throw new CannotDo(
      `a pause of ${inWords(lasting)} is none that ends by itself`,
      `say --for 1m to --for ${LONGEST / DAY}d, or leave it out`,
    );
  // The word by which the switch lets the pipeline act says nothing, either.
  const reason = reasonOf(
    given.trim() === RUNNING ? '' : given,
    'a pause',
    ownCommandHere(place, 'pause "Anna works on the database" --for 2h'),
  );
  const { arn } = await operator.caller();
  const until = lasting === undefined ? undefined : now + lasting;
  const value = pauseText(reason, arn, now, until) ?? reason;
  const former = await formerOf(operator, lasting);
  if (outlasts(former, until, now)) throw pausedForLonger(former, place, screen);
  const what = until === undefined ? 'without an end' : `until ${iso(until)}`;
  const action = { action: 'pause', by: arn, what, why: reason } as const;
  const { answer: corrected, unrecorded } = await recorded(operator, action, now, async () => {
    await operator.pause.set(value);
    return lasting === undefined ? undefined : settled(operator, { reason, arn, lasting, now, value }, place, screen);
  });
  const end = corrected ?? until;
  const clock = corrected === undefined ? '' : '\nThe clock of this machine is wrong by more than a minute; the end goes by that of AWS.';
  const said = former === undefined ? undefined : parsePause(former, now);
  const before = said?.kind === 'paused' ? said.why : undefined;
  const replaced = before === undefined ? '' : `\nIt was paused before, which this takes the place of: ${saidShortly(before, screen)}`;
  return {
    ...{ value, unrecorded, clockIsWrong: corrected !== undefined },
    remarks: `${unrecordedInWords(unrecorded)}${clock}${replaced}`,
    ...(end !== undefined && { end }),
    ...(before !== undefined && { before }),
  };
}

/** What the switch says. A pause without an end outlasts whatever stands there: it is set where the switch cannot be read, too. */
async function formerOf({ pause }: Paused, lasting: number | undefined): Promise<string | undefined> {
  try {
    return (await pause.history()).at(-1)?.value;
  } catch (error) {
    if (lasting === undefined) return RUNNING;
    throw error;
  }
}

function pausedForLonger(value: string | undefined, place: CommandPlace, screen: Screen): CannotDo {
  const said = parsePause(value);
  const end = pauseEnd(value);
  const until = end === undefined ? 'without an end' : `until ${screen.time(end)}`;
  return new CannotDo(
    `nothing was changed, since it is paused already, and for longer, ${until}: ${said.kind === 'paused' ? saidShortly(said.why, screen) : ''}`,
    `let that pause stand; whoever may end it does so with "${ownCommandHere(place, 'resume')}", and then a shorter one can be set`,
  );
}

/** How far the clock of this machine may be from that of AWS, by which the functions reckon. */
const MOST_SKEW = 60_000;

interface TimedPause {
  readonly reason: string;
  readonly arn: string;
  readonly lasting: number;
  readonly now: number;
  readonly value: string;
}

/**
 * Looks at a pause that was set, since the switch takes whatever is written last. A longer one that somebody set at the same moment is put
 * back. Where this machine's clock is wrong the end is set anew: by one that is behind, a short pause would be over before it began.
 *
 * @returns the new end, if there is one
 * @throws CannotDo where a longer pause was put back
 */
async function settled(
  { pause }: Paused,
  { reason, arn, lasting, now, value }: TimedPause,
  place: CommandPlace,
  screen: Screen,
): Promise<number | undefined> {
  const [former, own] = (await pause.history()).slice(-2);
  // What somebody set after it stands.
  if (own?.value !== value) return undefined;
  const setAt = Date.parse(own.at);
  const isWrong = Math.abs(setAt - now) > MOST_SKEW;
  const at = isWrong ? setAt : now;
  if (former !== undefined && outlasts(former.value, at + lasting, at)) {
    await pause.set(former.value);
    throw pausedForLonger(former.value, place, screen);
  }
  const corrected = isWrong ? pauseText(reason, arn, at, at + lasting) : undefined;
  if (corrected === undefined) return undefined;
  await pause.set(corrected);
  return at + lasting;
}

/** Lets the pipeline act again, as far as its own switch is concerned. */
export async function resume(operator: Operator, now: number, screen: Screen): Promise<Output> {
  const [before, hub] = await Promise.all([endPause(operator, now), operator.hubPause?.()]);
  const theirs = hubSays(hub, now);
  const stillPaused = theirs.kind === 'paused' ? theirs.why : null;
  const still = stillPaused === null ? '' : `\nThe hub still pauses it, which only the hub ends: ${saidShortly(stillPaused, screen)}`;
  if (before === undefined)
    return { data: { resumed: false, stillPaused }, text: `Pipeline ${operator.pipeline} was running already.${still}` };
  const acts = still === '' ? `Pipeline ${operator.pipeline} acts again.` : `The own pause of pipeline ${operator.pipeline} is over.`;
  return {
    data: { resumed: true, before, stillPaused },
    text: `${acts} Before: ${saidShortly(before, screen)}\nSymptoms that ended as "paused" and are still there are taken up again by the sweep, half an hour after that end unless the policy says otherwise.${still}`,
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
