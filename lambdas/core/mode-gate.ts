import { type ApprovalVerdict, verdictOn } from './approval.ts';
import { after, type Instant } from './duration.ts';
import type { Question } from './guardrails/guardrail.ts';
import { effectiveMode } from './mode.ts';
import type { Rung } from './policy.ts';
import type { Reason, Witness } from './reasons.ts';

/** What the policy's mode makes of a rung to which no guardrail objects. */
export type GateVerdict =
  | { readonly kind: 'granted'; readonly by: readonly string[] }
  /** Shadow: nothing is done, and the symptom is watched for the time that the rung would have had. */
  | { readonly kind: 'watch' }
  | {
      readonly kind: 'ask';
      readonly until: Instant;
      /** Who approved already, of several that must. @default - nobody */
      readonly by?: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly why: string; readonly witness?: Witness };

/**
 * The last check before a rung: shadow never acts, approval needs people's word for this very rung, automatic needs
 * nobody, but for what costs more than a remedy that it stands in for. In
 * shadow not even a rung that only waits is climbed, since climbing takes the lease, and a shadow must not hold up other policies.
 */
export function modeGate(
  { incident, policy, snapshot, now }: Question,
  { acts }: Pick<Rung, 'acts'>,
  rung: number,
  dearer?: string,
): GateVerdict {
  const mode = effectiveMode(policy.mode, snapshot.override);
  if (mode === 'shadow') return { kind: 'watch' };
  if ((mode === 'automatic' && dearer === undefined) || !acts) return { kind: 'granted', by: [] };
  const own = snapshot.requests.find(({ request }) => request.incident === incident.id && request.rung === rung);
  if (own) return gateOf(verdictOn(own, now), own.request.until);
  const other = snapshot.requests.find((asked) => asked.request.incident !== incident.id && verdictOn(asked, now).kind === 'open');
  if (other) {
    const { incident: id } = other.request;
    const why = `incident ${id} of the same policy waits for approval`;
    return { kind: 'refused', reason: 'already-open', why, witness: { kind: 'incident', id } };
  }
  return { kind: 'ask', until: after(now, policy.approval.within) };
}

function gateOf(verdict: ApprovalVerdict, until: Instant): GateVerdict {
  switch (verdict.kind) {
    case 'approved':
      return { kind: 'granted', by: verdict.by };
    case 'open':
      return { kind: 'ask', until, ...(verdict.by.length > 0 && { by: verdict.by }) };
    case 'denied':
      return { kind: 'refused', reason: 'approval-denied', why: verdict.why };
    case 'unanswered':
      return { kind: 'refused', reason: 'approval-unanswered', why: verdict.why };
  }
}
