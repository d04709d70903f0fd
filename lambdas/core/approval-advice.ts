import type { HistoryLine } from './history-line.ts';

/** What people answered a policy that asks before it acts, and whether that is enough to let it act unasked. */
export interface ApprovalAdvice {
  readonly policy: string;
  /** Incidents about which somebody said yes. */
  readonly approved: number;
  /** Those of `approved` that were healed. */
  readonly healed: number;
  /** Incidents that ended because somebody said no. */
  readonly denied: number;
  /** Incidents that ended because nobody answered in time. */
  readonly unanswered: number;
  readonly promote: boolean;
  readonly because: string;
}

/** Fewer incidents say little; the numbers are choices, not measurements. */
const ENOUGH_APPROVED = 5;
const LEAST_HEALED_SHARE = 0.8;

/** Advises on the given policies, which ask before they act. */
export function approvalAdvice(lines: readonly HistoryLine[], policies: readonly string[]): readonly ApprovalAdvice[] {
  return policies.map((policy) =>
    adviceOn(
      policy,
      lines.filter((line) => line.policy === policy),
    ),
  );
}

function adviceOn(policy: string, lines: readonly HistoryLine[]): ApprovalAdvice {
  const approvedIncidents = new Set(
    lines.flatMap(({ kind, action, incident }) => (kind === 'operator' && action === 'approve' ? (incident ?? []) : [])),
  );
  const ends = lines.filter(({ kind }) => kind === 'outcome');
  const ended = (wanted: string) => ends.filter(({ reason }) => reason === wanted);
  const counts = {
    approved: approvedIncidents.size,
    healed: ended('healed').filter(({ incident }) => approvedIncidents.has(incident ?? '')).length,
    denied: ended('approval-denied').length,
    unanswered: ended('approval-unanswered').length,
  };
  const objection = objectionTo(counts);
  return {
    policy,
    ...counts,
    promote: objection === undefined,
    because: objection ?? `${counts.healed} of ${counts.approved} approved repairs healed, and none was denied`,
  };
}

function objectionTo({ approved, healed, denied }: Pick<ApprovalAdvice, 'approved' | 'healed' | 'denied'>): string | undefined {
  if (denied > 0) return `people said no ${denied} times: find out why first`;
  if (approved < ENOUGH_APPROVED) return `people said yes ${approved} of the ${ENOUGH_APPROVED} times that are needed to say anything`;
  if (healed / approved < LEAST_HEALED_SHARE) return `only ${healed} of ${approved} approved repairs healed`;
  return undefined;
}
