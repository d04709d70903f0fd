import type { Instant } from '../../core/duration.ts';
import { messageOf } from '../../core/failure.ts';
import type { HubPauseOf } from '../../core/hub/hub-pause.ts';
import type { KnownPipeline } from '../../core/hub/report.ts';
import { isNewlySilent, isNews, isSilent, standing, unconfirmedSince } from '../../core/hub/standing.ts';
import { outsideText } from '../../core/outside-text.ts';
import type { KnownPipelines, PipelineBuses } from '../../core/ports.ts';
import { fulfilled, severalAtOnce } from '../several-at-once.ts';

export interface SpreadPausePorts {
  /** What the hub's switch says, with the hub whose it is; undefined where it is missing. */
  setting(): Promise<HubPauseOf | undefined>;
  readonly pipelines: Pick<KnownPipelines, 'all' | 'noteTold'>;
  readonly buses: Pick<PipelineBuses, 'tell'>;
}

/** What a run found. */
export interface SpreadReport {
  readonly known: number;
  readonly confirmed: number;
  readonly silent: number;
  /** Of how many of the silent ones people are to be told now. */
  readonly newlySilent: number;
  /** Of how many that have not confirmed people are to be told now. */
  readonly newlyUnconfirmed: number;
  /** Pipelines whose bus did not take the pause. */
  readonly failed: number;
}

/** So many are told at once; a thousand take some seconds. */
const AT_ONCE = 20;

/**
 * Sends what the hub's switch says to every known pipeline that has not confirmed it: now, and again each minute until it does. A new
 * pipeline has confirmed nothing, so that it is told, too. One that is told twice changes nothing the second time.
 *
 * @throws Error where the switch is missing: nobody is told anything then, and what pipelines know stays
 */
export async function spreadPause({ setting, pipelines, buses }: SpreadPausePorts, now: Instant): Promise<SpreadReport> {
  const [pause, known] = await Promise.all([setting(), pipelines.all()]);
  if (!pause) throw new Error("the hub's pause switch is missing: make it anew with the value that is meant");
  // Whoever was not told for longest comes first: those that take long to fail, as in a Region that is out, hold up nobody a second time.
  const waiting = known
    .filter((each) => standing(each, pause) === 'not-confirmed')
    .toSorted((one, other) => (one.told?.at ?? 0) - (other.told?.at ?? 0));
  const told = await severalAtOnce(AT_ONCE, waiting, (each) => tell(each, pause));
  const failed = fulfilled(told).filter((isTold) => !isTold).length;
  const count = (is: (each: KnownPipeline) => boolean) => known.filter(is).length;
  return {
    ...{ known: known.length, confirmed: known.length - waiting.length, failed },
    silent: count((each) => isSilent(each, now)),
    newlySilent: count((each) => isNewlySilent(each, now)),
    newlyUnconfirmed: waiting.filter((each) => isNews(unconfirmedSince(each, pause, now), now)).length,
  };

  async function tell(place: KnownPipeline, what: HubPauseOf): Promise<boolean> {
    const since = unconfirmedSince(place, what, now);
    try {
      await buses.tell(place, what);
      await pipelines.noteTold(place, { at: now, since });
      return true;
    } catch (error) {
      // One that cannot be reached keeps no other from being told.
      await pipelines.noteTold(place, { at: now, since, failure: outsideText(messageOf(error), 300) }).catch(() => {});
      return false;
    }
  }
}
