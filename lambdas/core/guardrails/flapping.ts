import { inWords, milliseconds } from '../duration.ts';
import { targetInWords } from '../target.ts';
import type { Guardrail } from './guardrail.ts';

/**
 * A symptom that comes and goes is no case for one more repair. People are told when it begins to flap and not again
 * for each further turn; the openings up to the incident's own decide, so that looking twice says the same.
 */
export const flapping: Guardrail = ({ incident, policy, snapshot: { openings } }) => {
  const { most, per } = policy.guardrails.flapping;
  const lately = openings.filter(
    ({ policy: name, at }) => name === incident.policy && at > incident.openedAt - milliseconds(per) && at <= incident.openedAt,
  );
  // An alarm that stands may be taken up several times; it turned once.
  const turns = new Set(lately.map(({ at }) => at)).size;
  if (turns <= most) return undefined;
  const why = `${targetInWords(incident.target)} had policy ${policy.name}'s alarm ${turns} times within ${inWords(milliseconds(per))}; more than ${most} are flapping`;
  return { kind: 'end', reason: turns === most + 1 ? 'flapping' : 'still-flapping', why };
};
