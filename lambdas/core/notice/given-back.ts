import { type Instant, inWords } from '../duration.ts';
import { type GiveBackEnd, giveBackReasons } from '../give-back/give-back.ts';
import { type AboutIncident, incidentNotice, symptomOn } from './about.ts';
import { look, why } from './commands.ts';
import type { Notice } from './notice.ts';
import type { Origin } from './origin.ts';

/** What a remedy had added, and since when its incident is over. */
export interface Added {
  /** The remedy's summary. @default - not known */
  readonly summary: string | undefined;
  readonly rung: number;
  readonly since: Instant;
}

/** Tells that what an incident's remedy added was given back, or could not be. */
export function givenBackNotice(
  origin: Origin,
  { summary, rung, since }: Added,
  end: GiveBackEnd,
  about: AboutIncident,
  now: Instant,
): Notice {
  const { incident, policy } = about;
  const isBack = end.reason === 'given-back';
  const stage = isBack ? 'given-back' : 'not-given-back';
  return incidentNotice(
    origin,
    about,
    {
      id: `${incident.id}/${stage}/${rung + 1}`,
      stage,
      headline: `${isBack ? 'GIVEN BACK' : 'NOT GIVEN BACK'}: ${symptomOn(about)}`,
      reason: end.reason,
      seen: [
        isBack
          ? `What was added against "${policy.seen}" was taken away again.`
          : `What was added against "${policy.seen}" is still there, or may be.`,
        `It was: ${summary ?? 'not known, since the attempt could not be read'}.`,
        `The incident ended as recovered ${inWords(now - since)} ago.`,
      ],
      why: [giveBackReasons[end.reason].means, end.why],
      doNow: isBack
        ? [{ text: 'Nothing.' }]
        : [
            { text: 'Nothing is urgent: it costs money. Look at the target, and lower it by hand when it is not needed.' },
            ...look(origin, incident.target),
            why(origin, incident.id),
          ],
    },
    now,
  );
}
