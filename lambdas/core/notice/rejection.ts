import { type Instant, iso } from '../duration.ts';
import type { Policy } from '../policy.ts';
import { reasonWords } from '../reason-words.ts';
import type { End } from '../reasons.ts';
import { noticePolicy } from './about.ts';
import { ownCommand } from './commands.ts';
import { composed } from './compose.ts';
import { runbookLink } from './console-links.ts';
import type { Notice } from './notice.ts';
import { type Origin, placeOf } from './origin.ts';

/** Of one kind people are told once an hour. */
function idOf(origin: Origin, policy: string, reason: string, now: Instant): string {
  return `${placeOf(origin)}/${policy}/${reason}/${iso(now).slice(0, 'YYYY-MM-DDTHH'.length)}`;
}

/** Tells of an event that opened no incident and that people should know of. */
export function rejectionNotice(origin: Origin, policy: Policy, end: End, about: string, now: Instant): Notice {
  const id = idOf(origin, policy.name, end.reason, now);
  return composed(
    origin,
    {
      ...{ id, thread: id, stage: 'not-healed', outcome: end.outcome, reason: end.reason },
      headline: `NOT HEALED: ${end.reason} for policy ${policy.name}`,
      policy: noticePolicy(policy),
      seen: [about],
      why: [reasonWords[end.reason].means, end.why],
      doNow: [
        { text: reasonWords[end.reason].doNow },
        { text: 'What came, as the history has it:', command: ownCommand(origin, `why ${policy.name}`) },
      ],
      links: runbookLink(policy),
    },
    now,
  );
}

/** Tells of a policy that was not deployed. Nothing that it says of itself is repeated but its name. */
export function unknownPolicyNotice(origin: Origin, policy: string, end: End, now: Instant): Notice {
  const id = idOf(origin, policy, end.reason, now);
  return composed(
    origin,
    {
      ...{ id, thread: id, stage: 'not-healed', outcome: end.outcome, reason: end.reason },
      headline: `NOT HEALED: ${end.reason} ${policy}`,
      seen: [`an event under a policy ${policy}`],
      why: [reasonWords[end.reason].means, end.why],
      doNow: [{ text: reasonWords[end.reason].doNow }, { text: 'If an alarm stands behind it, look at its target.' }],
    },
    now,
  );
}
