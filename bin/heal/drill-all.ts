import { newDrillId } from '../../lambdas/adapters/new-drill-id.ts';
import { inWords } from '../../lambdas/core/duration.ts';
import { messageOf } from '../../lambdas/core/failure.ts';
import { type AskedDrill, answerTo, type HeldDrill } from '../../lambdas/core/hub/asked-drill.ts';
import { placeKey } from '../../lambdas/core/hub/place.ts';
import type { KnownPipeline } from '../../lambdas/core/hub/report.ts';
import { CannotDo } from './cannot-do.ts';
import type { DrillChoice } from './drill.ts';
import type { RealDrillChoice } from './drill-for-real.ts';
import { howMany } from './how-many.ts';
import { type Hub, refuseMissing } from './hub.ts';
import { type Output, table } from './output.ts';
import { recorded } from './recorded.ts';
import { saidShortly } from './said-shortly.ts';
import type { Screen } from './screen.ts';

/** A pipeline that takes a request answers it within seconds; one that has not after so long is not waited for. */
export const ANSWERED_WITHIN = 120_000;

const LOOK_EVERY = 2_000;

/** A request that comes again is known, and has the pipeline report how its drill stands. */
const ASK_EVERY = 20_000;

/** So many are asked at once. */
const AT_ONCE = 20;

/** A bus that has not taken the request so often in a row does not. */
const MOST_FAILURES = 2;

/** How one pipeline stands to the request. */
interface Asked {
  readonly each: KnownPipeline;
  readonly state: 'whole' | 'stopped' | 'refused' | 'not-taken' | 'no-answer' | 'no-end';
  readonly held?: HeldDrill;
  readonly why: string;
}

/** What is chosen of `drill`, of which only some is for all. */
export type DrillOfAll = DrillChoice & RealDrillChoice & { readonly forReal?: boolean };

/**
 * Asks every pipeline of a hub for a drill in shadow, and waits for the ends. Each holds it itself, with its own rights, if it lets the hub ask
 * and held none within the hour. It fails where one is not whole.
 *
 * @throws CannotDo for what is chosen of one pipeline alone
 */
export async function drillAll(
  hub: Hub,
  policy: string | undefined,
  { within, forReal, target, service, fill }: DrillOfAll,
  now: number,
  screen: Screen,
  newId = newDrillId,
): Promise<Output> {
  if (forReal || service !== undefined || fill)
    throw new CannotDo('a hub can have nothing broken in other accounts', 'leave --all out and hold it for real where the pipeline is');
  if (target !== undefined)
    throw new CannotDo('a target is in one account', 'leave --target out: each pipeline chooses a machine of its own; or leave --all out');
  await refuseMissing(hub);
  const { arn } = await hub.caller();
  const request: AskedDrill = { request: newId(), by: arn, ...(policy !== undefined && { policy }) };
  const what = `${request.request} at all pipelines`;
  const action = { action: 'drill', by: arn, what, ...(policy !== undefined && { policy }) } as const;
  const { answer: asked } = await recorded(hub, action, now, () => answers(hub, request, within, screen));
  return {
    data: { request: request.request, hub: hub.name, pipelines: asked.map(dataOf) },
    text: textOf(asked, policy, within, screen),
    exitCode: asked.length > 0 && asked.every(({ state }) => state === 'whole') ? 0 : 1,
  };
}

/** Asks until each has answered with an end, or for as long as is waited. */
async function answers(hub: Hub, request: AskedDrill, within: number, screen: Screen): Promise<readonly Asked[]> {
  const failures = new Map<string, { readonly times: number; readonly why: string }>();
  const hasFailed = (each: KnownPipeline) => (failures.get(placeKey(each))?.times ?? 0) >= MOST_FAILURES;
  const stateOf = (each: KnownPipeline) => answerTo(request.request, each.report.drills).state;
  let pipelines = await hub.pipelines();
  let waited = 0;
  const isAwaited = (each: KnownPipeline) =>
    stateOf(each) === 'under-way' || (stateOf(each) === 'none' && !hasFailed(each) && waited < ANSWERED_WITHIN);
  for (; pipelines.some(isAwaited) && waited < within; waited += LOOK_EVERY) {
    if (waited % ASK_EVERY === 0) await ask(hub, request, pipelines.filter(isAwaited), failures);
    screen.progress(`${pipelines.filter((each) => !isAwaited(each)).length} of ${pipelines.length} have answered`);
    await hub.wait(LOOK_EVERY);
    pipelines = await hub.pipelines();
  }
  screen.progress('');
  return pipelines.map((each) => askedOf(each, request, failures.get(placeKey(each))?.why, within));
}

/** One that cannot be reached keeps no other from being asked. */
async function ask(
  hub: Hub,
  request: AskedDrill,
  places: readonly KnownPipeline[],
  failures: Map<string, { readonly times: number; readonly why: string }>,
): Promise<void> {
  for (let from = 0; from < places.length; from += AT_ONCE)
    await Promise.all(
      places.slice(from, from + AT_ONCE).map(async (each) => {
        const key = placeKey(each);
        try {
          await hub.askDrill(each, request);
          failures.delete(key);
        } catch (error) {
          failures.set(key, { times: (failures.get(key)?.times ?? 0) + 1, why: messageOf(error) });
        }
      }),
    );
}

function askedOf(each: KnownPipeline, { request }: AskedDrill, failure: string | undefined, within: number): Asked {
  const answer = answerTo(request, each.report.drills);
  if (answer.state === 'none')
    return failure === undefined
      ? { each, state: 'no-answer', why: 'it was asked, and no report answers it' }
      : { each, state: 'not-taken', why: failure };
  if (answer.state === 'refused') return { each, ...answer };
  const { state, held } = answer;
  if (state === 'under-way') return { each, held, state: 'no-end', why: `it is under way after ${inWords(within)}` };
  const { reason, why = '', seconds } = held.ended ?? {};
  if (state === 'whole') return { each, held, state, why: seconds === undefined ? '' : `walked in ${inWords(seconds * 1_000)}` };
  return { each, held, state, why: reason === undefined ? why : `${reason}: ${why}` };
}

function dataOf({ each: { account, region, pipeline }, state, held, why }: Asked) {
  const { policy, target, drill, ended } = held ?? {};
  return {
    ...{ account, region, pipeline, state, why },
    ...(policy !== undefined && { policy, drill }),
    ...(target !== undefined && { target }),
    ...(ended?.reason !== undefined && { reason: ended.reason }),
    ...(ended?.seconds !== undefined && { seconds: ended.seconds }),
  };
}

const words = {
  whole: 'WHOLE',
  stopped: 'STOPPED',
  refused: 'REFUSED',
  'not-taken': 'NOT TAKEN',
  'no-answer': 'NO ANSWER',
  'no-end': 'NO END',
} as const satisfies Record<Asked['state'], string>;

/** What a person does about each, once. */
const doNow: Readonly<Partial<Record<Asked['state'], string>>> = {
  stopped: 'STOPPED: mend there what stopped it; its history has the lines of the drill.',
  refused: 'REFUSED: it holds one an hour for its hub; log in there for another one.',
  'not-taken':
    'NOT TAKEN: deploy it with `hub.drills`, by which it lets its hub ask, or hold its drills there. If all say so, have <hub>-operators-<Region>.',
  'no-answer': 'NO ANSWER: see with "doctor --all" whether it still reports.',
  'no-end': 'NO END: wait for its next report, of which "doctor --all" tells, or look there.',
};

function textOf(asked: readonly Asked[], policy: string | undefined, within: number, screen: Screen): string {
  if (asked.length === 0) return 'No pipeline has reported to this hub: no drill is held.';
  const rows = asked.map(({ each, state, held, why }) => [
    screen.style(state === 'whole' ? 'good' : 'bad', words[state]),
    ...[each.account, each.region, each.pipeline, held?.policy ?? policy ?? '-', held?.target ?? '-'],
    saidShortly(why, screen),
  ]);
  const missing = asked.filter(({ state }) => state !== 'whole');
  const states = [...new Set(missing.map(({ state }) => state))];
  return [
    `Drills in shadow of ${policy === undefined ? 'the next policy of each' : `policy ${policy}`}, waited for ${inWords(within)} at the most: nothing was done.`,
    '',
    table(['', 'ACCOUNT', 'REGION', 'PIPELINE', 'POLICY', 'TARGET', 'SAID'], rows, screen),
    '',
    missing.length === 0
      ? `${howMany(asked.length, 'way is', 'ways are')} whole. A mail that begins with DRILL must have come to whoever is told there; only they can say so.`
      : `${missing.length} of ${asked.length} are NOT whole.`,
    ...states.flatMap((state) => doNow[state] ?? []),
  ].join('\n');
}
