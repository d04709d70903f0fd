import type { Instant } from '../core/duration.ts';
import type { RungRecord } from '../core/ladder.ts';
import type { Policy, Rung } from '../core/policy.ts';
import type { Claims } from '../core/ports.ts';
import type { CostClass } from '../core/remedy-cost.ts';
import { whyUnhelpful } from '../core/remedy-record.ts';
import { costs } from '../remediators/costs.ts';

/** What a rung's remedy costs. One that this version does not know counts as the dearest. */
export function costOf({ remedy }: Pick<Rung, 'remedy'>): CostClass {
  return costs.get(remedy) ?? 'money';
}

/** Reads what is known of the rungs of the ladder, of a policy that passes over what seldom helps. */
export async function readRungRecords(
  { name, ladder, guardrails: { passOver } }: Policy,
  { claims }: { readonly claims: Pick<Claims, 'remedyRecord'> },
  now: Instant,
): Promise<readonly RungRecord[] | undefined> {
  if (!passOver) return undefined;
  const record = await claims.remedyRecord(name);
  return ladder.map((rung) => {
    const unhelpful = rung.acts ? whyUnhelpful(record, rung.remedy, passOver, now) : undefined;
    return { cost: costOf(rung), ...(unhelpful !== undefined && { unhelpful }) };
  });
}
