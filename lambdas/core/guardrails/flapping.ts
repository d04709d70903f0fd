import { type Instant, inWords, milliseconds } from '../duration.ts';
import { isFlapping, turnsUntil } from '../flapping.ts';
import { isFresh, type Witness } from '../reasons.ts';
import type { PastIncident } from '../retake.ts';
import { targetInWords } from '../target.ts';
import type { Guardrail } from './guardrail.ts';

/**
 * A symptom that comes and goes is no case for one more repair. People are told, and not again for each further turn, but only if
 * somebody really was. What has stood since an incident before does not flap; the openings up to the incident's own decide, so that
 * looking twice says the same.
 */
export const flapping: Guardrail = ({ incident, policy, snapshot: { openings, past = [] }, now }) => {
  if (!isFlapping(incident, policy, openings)) return undefined;
  const { most, per } = policy.guardrails.flapping;
  const turns = turnsUntil(incident, policy, openings);
  const why = `${targetInWords(incident.target)} had policy ${policy.name}'s alarm ${turns} times within ${inWords(milliseconds(per))}; more than ${most} are flapping`;
  const witness = toldOfFlapping(past, now);
  return witness ? { kind: 'end', reason: 'still-flapping', why, witness } : { kind: 'end', reason: 'flapping', why };
};

/** The incident whose message told people that the symptom flaps, where that is news of the last day. */
function toldOfFlapping(past: readonly PastIncident[], now: Instant): Witness | undefined {
  const told = past.flatMap(({ id, ended }) => {
    const isOfFlapping = ended?.end.reason === 'flapping' || ended?.end.reason === 'still-flapping';
    if (!ended || !isOfFlapping || ended.toldAt === undefined || !isFresh(ended.toldAt, now)) return [];
    return [{ kind: 'incident' as const, id: ended.end.witness?.id ?? id, at: ended.toldAt }];
  });
  return told.toSorted((left, right) => left.at - right.at).at(-1);
}
