import { type Instant, inWords, iso } from '../duration.ts';
import { reasonWords } from '../reason-words.ts';
import type { SaidAgain } from '../retake.ts';
import { type AboutIncident, incidentNotice, said, symptomOn } from './about.ts';
import { look, why } from './commands.ts';
import type { Notice } from './notice.ts';
import type { Origin } from './origin.ts';

/** Says again that a target was handed off, whose alarm still stands. */
export function saidAgainNotice(origin: Origin, { end, at, times }: SaidAgain, about: AboutIncident, now: Instant): Notice {
  const { incident } = about;
  const { means, doNow } = reasonWords[end.reason];
  return incidentNotice(
    origin,
    about,
    {
      id: `${incident.id}/handed-off/${times + 1}`,
      stage: 'handed-off',
      outcome: end.outcome,
      reason: end.reason,
      headline: `STILL NEEDS YOU: ${symptomOn(about)}`,
      why: [
        `It was handed off at ${iso(at)}, ${inWords(now - at)} ago, and is unhealthy still or again.`,
        'Nothing is done until its alarm has been OK; that is said again once a day.',
        means,
        ...(end.why === '' ? [] : [said(end.why, incident)]),
      ],
      doNow: [{ text: doNow }, ...look(origin, incident.target), why(origin, incident.id)],
    },
    now,
  );
}
