import type { BrokenWorkflow } from '../broken-workflow.ts';
import { type Instant, iso } from '../duration.ts';
import { fieldsOf } from '../fields.ts';
import { shortIncident } from '../incident.ts';
import { outsideText } from '../outside-text.ts';
import { reasonWords } from '../reason-words.ts';
import { why as whyOf } from './commands.ts';
import { composed } from './compose.ts';
import { executionLink, historyLink } from './console-links.ts';
import type { Notice } from './notice.ts';
import type { Origin } from './origin.ts';

/** What went wrong is AWS's or another version's text. */
const LONGEST_TEXT = 900;

/** Tells people of an incident whose end could not be carried out, or of which this version can read too little to end it. */
export function brokenNotice(
  origin: Origin,
  { incidentId, brokenAt, how }: BrokenWorkflow,
  state: unknown,
  why: string,
  now: Instant,
): Notice {
  const { policy, target } = namedIn(state);
  const reason = 'unexpected-error';
  return composed(
    origin,
    {
      ...{ id: `${incidentId}/handed-off/broken`, thread: incidentId, stage: 'handed-off', outcome: 'handed-off', reason },
      headline: `NEEDS YOU: an incident of policy ${policy} could not be ended`,
      incident: { id: incidentId, shortId: shortIncident(incidentId), openedAt: iso(brokenAt) },
      seen: [`its workflow ${how} at ${iso(brokenAt)}`, `policy ${policy}, target ${target}`],
      done: [
        { at: iso(brokenAt), remedy: '(unknown)', rung: 0, summary: 'not known', result: 'unknown', why: 'the history has what was done' },
      ],
      why: [reasonWords[reason].means, outsideText(why, LONGEST_TEXT)],
      doNow: [{ text: reasonWords[reason].doNow }, whyOf(origin, incidentId)],
      links: [...executionLink(origin, incidentId), ...historyLink(origin, incidentId, brokenAt, now)],
    },
    now,
  );
}

/** As far as the state says it in any form. */
export function namedIn(state: unknown): { readonly policy: string; readonly target: string } {
  const { policy, target } = fieldsOf(fieldsOf(state).incident);
  const words = (value: unknown) => outsideText(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not known'), LONGEST_TEXT);
  return { policy: words(policy), target: words(target) };
}
