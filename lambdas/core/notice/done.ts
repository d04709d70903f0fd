import { type Instant, iso } from '../duration.ts';
import type { Attempt, Incident } from '../incident.ts';
import type { Policy } from '../policy.ts';
import type { End } from '../reasons.ts';
import { said } from './about.ts';
import type { Notice } from './notice.ts';

type Done = Notice['done'][number];

/** Lines of all scripts together; the newest matter. */
const MOST_KEPT = 40;

/** What was done: not what a remedy refused, nor what AWS did not take. Where the attempts could not be read, it is never "nothing". */
export function doneOf(attempts: readonly Attempt[] | undefined, incident: Incident, now: Instant): readonly Done[] {
  if (!attempts) return [unread(now)];
  return attempts.flatMap((attempt) => doneBy(attempt, incident));
}

function doneBy({ at, remedy, rung, summary, result, receipt, why }: Attempt, incident: Incident): readonly Done[] {
  if (isUndone(result)) return [];
  const unseen = receipt === undefined ? 'it is not known whether it took place' : 'its result is not known';
  return [
    {
      ...{ at: iso(at), remedy, rung, summary },
      result: result ?? 'unknown',
      why: why === undefined ? (result === undefined ? unseen : undefined) : said(why, incident),
    },
  ];
}

function unread(now: Instant): Done {
  const why = 'the attempts could not be read; the history has them';
  return { at: iso(now), remedy: '(unknown)', rung: 0, summary: 'not known', result: 'unknown', why };
}

function isUndone(result: Attempt['result']): result is 'not-applicable' | 'not-taken' {
  return result === 'not-applicable' || result === 'not-taken';
}

/** What was looked at and not done, and of an incident that did not recover the rungs that were never come to. */
export function notDoneOf(
  { ladder }: Policy,
  attempts: readonly Attempt[] | undefined,
  end: Pick<End, 'outcome' | 'reason'>,
  incident: Incident,
): Notice['notDone'] {
  const tried = attempts ?? [];
  const refused = tried
    .filter(({ result }) => isUndone(result))
    .map(({ remedy, why, result }) => ({ remedy, why: said(why ?? `it was ${result}`, incident) }));
  if (end.outcome === 'recovered') return refused;
  const rungs = new Set(tried.map(({ rung }) => rung));
  const left = ladder.filter((_, rung) => !rungs.has(rung)).map(({ remedy }) => ({ remedy, why: `not tried, because: ${end.reason}` }));
  return [...refused, ...left];
}

/** The last lines that scripts kept, of all attempts. */
export function keptBy(attempts: readonly Attempt[] = []): readonly string[] {
  return attempts.flatMap(({ kept = [] }) => kept).slice(-MOST_KEPT);
}
