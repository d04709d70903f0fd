import { type Instant, inWords, iso } from '../duration.ts';
import type { Attempt } from '../incident.ts';
import { type AboutIncident, incidentNotice, said, symptomOn } from './about.ts';
import { ownCommand, why } from './commands.ts';
import { doneOf, keptBy } from './done.ts';
import type { Notice } from './notice.ts';
import type { Origin } from './origin.ts';

/** Tells that a rung was begun. */
export function startedNotice(origin: Origin, attempt: Attempt, verifyBy: Instant, about: AboutIncident, now: Instant): Notice {
  const { incident, policy } = about;
  const { at, remedy, rung, summary } = attempt;
  return incidentNotice(
    origin,
    about,
    {
      id: `${incident.id}/started/${rung + 1}`,
      stage: 'started',
      headline: `STARTED: ${remedy} for ${symptomOn(about)}`,
      done: [{ at: iso(at), remedy, rung, summary, result: 'under-way' }],
      why: [`That is rung ${rung + 1} of ${policy.ladder.length}.`],
      later: [`The symptom must be gone by ${iso(verifyBy)}; else the next rung follows, or a person is called`],
      doNow: [{ text: 'Nothing: you are told how it ends.' }, ...interrupt(origin), why(origin, incident.id)],
    },
    now,
  );
}

/** Tells that an incident lasts longer than expected, and what it waits for. */
export function stillNotice(
  origin: Origin,
  { attempts, waitsFor }: { readonly attempts: readonly Attempt[]; readonly waitsFor: string },
  about: AboutIncident,
  now: Instant,
): Notice {
  const { incident } = about;
  return incidentNotice(
    origin,
    about,
    {
      id: `${incident.id}/still-not-healed/1`,
      stage: 'still-not-healed',
      headline: `STILL NOT HEALED after ${inWords(now - incident.receivedAt)}: ${symptomOn(about)}`,
      done: doneOf(attempts, incident, now),
      why: ['The pipeline is still at it.', said(waitsFor, incident)],
      kept: keptBy(attempts),
      doNow: [
        { text: 'Nothing must be done: you are told how it ends. Look at the target if it cannot wait.' },
        ...interrupt(origin),
        why(origin, incident.id),
      ],
    },
    now,
  );
}

/** What stops the pipeline before its next act. */
function interrupt(origin: Origin): Notice['doNow'] {
  return [{ text: 'To stop the whole pipeline before its next act:', command: ownCommand(origin, 'pause "the reason"') }];
}
