import { milliseconds } from './duration.ts';
import type { Incident, Opening } from './incident.ts';
import type { Policy } from './policy.ts';

/** Whether the incident's symptom comes and goes: one that has stood since an incident before does not. */
export function isFlapping(incident: Incident, policy: Policy, openings: readonly Opening[]): boolean {
  return !stands(incident, openings) && turnsUntil(incident, policy, openings) > policy.guardrails.flapping.most;
}

/** Whether the sweep took up an alarm that had stood since an incident before, and that has not gone off anew since then. */
function stands({ follows, policy, receivedAt }: Incident, openings: readonly Opening[]): boolean {
  return follows !== undefined && !openings.some((opening) => opening.policy === policy && !opening.follows && opening.at > receivedAt);
}

/** How often the alarm went off within the policy's time. One that stands may be taken up several times; it turned once. */
export function turnsUntil(incident: Incident, { guardrails }: Policy, openings: readonly Opening[]): number {
  const since = incident.openedAt - milliseconds(guardrails.flapping.per);
  const lately = openings.filter(
    ({ policy, at, follows }) => policy === incident.policy && !follows && at > since && at <= incident.openedAt,
  );
  return new Set(lately.map(({ at }) => at)).size;
}
