import type { Decision } from './decide.ts';
import { after, type Instant } from './duration.ts';
import type { Attempt, Incident } from './incident.ts';
import type { Policy } from './policy.ts';
import { endFor } from './reasons.ts';
import { inForce, isBeingFoundOut, isPartOf, type Sightings, spokenForBy, stormAsWitness } from './storm.ts';

/** What is known of an incident before anything of AWS was read. */
export interface FirstLook {
  readonly incident: Incident;
  readonly policy: Policy;
  readonly sightings: Sightings;
  readonly attempts: readonly Attempt[];
  /** Whether it was never triaged before. */
  readonly isNew: boolean;
}

/**
 * Decides from the incident table alone, where that is enough: in a storm that another incident leads, nothing is left
 * to do for one that has done nothing; and while others find out whether there is a storm, a new one waits. So a
 * thousand incidents at once ask little of CloudWatch and EC2, which describe only some things a second.
 */
export function decideInCrowd(
  { incident, policy, sightings, attempts, isNew }: FirstLook,
  now: Instant,
): Extract<Decision, { kind: 'wait' | 'end' }> | undefined {
  const storm = inForce(sightings.storm, now);
  if (storm?.lead === incident.id) return undefined;
  const { commonCause } = policy.guardrails;
  if (storm) {
    const hasNothingToDo = attempts.length === 0 && isPartOf(storm, incident, commonCause);
    if (!hasNothingToDo) return undefined;
    return { kind: 'end', end: endFor('part-of-common-cause', spokenForBy(storm), 0, stormAsWitness(storm, incident, policy)) };
  }
  if (!isNew || !isBeingFoundOut(sightings, incident, commonCause)) return undefined;
  const why = 'many others came with the same symptom; some of them find out whether it is a common cause';
  return { kind: 'wait', until: after(now, policy.guardrails.lookEvery), reason: 'common-cause', why };
}
