import { type Duration, type Instant, milliseconds } from './duration.ts';
import type { Attempt } from './incident.ts';
import type { Guardrails } from './policy.ts';
import type { Reason } from './reasons.ts';
import { isTry } from './remedy-success.ts';

/** One judged use of a remedy. */
interface Use {
  /** The beginning of the incident's id: enough that an end which is told twice counts once. */
  readonly incident: string;
  readonly at: Instant;
  readonly helped: boolean;
}

/** The last uses of each remedy under one policy, oldest first, as the table keeps them. */
export type RemedyRecord = Readonly<Record<string, readonly Use[]>>;

/** As many as any policy may ask for. */
const KEPT_USES = 30;

/** What is older says little of the fleet of today. It also gives a remedy that is passed over another chance. */
const COUNTS_FOR: Duration = { days: 90 };

const ID_LENGTH = 16;

/** The record after the end of an incident. */
export function withEnd(record: RemedyRecord, incident: string, attempts: readonly Attempt[], reason: Reason, now: Instant): RemedyRecord {
  const id = incident.slice(0, ID_LENGTH);
  const judged = attempts.filter((attempt) => attempt.acts && isTry(attempt, reason));
  const kept = new Map(Object.entries(record));
  for (const { remedy, result } of judged) {
    const uses = kept.get(remedy) ?? [];
    if (uses.some((use) => use.incident === id)) continue;
    kept.set(remedy, [...uses, { incident: id, at: now, helped: result === 'recovered' }].slice(-KEPT_USES));
  }
  return Object.fromEntries(kept);
}

/** Why a remedy is passed over: in words, in how few of its last uses it helped. Undefined where it helped often enough, or too few are known. */
export function whyUnhelpful(
  record: RemedyRecord,
  remedy: string,
  { belowPercent, tries }: NonNullable<Guardrails['passOver']>,
  now: Instant,
): string | undefined {
  const uses = (record[remedy] ?? []).filter(({ at }) => at > now - milliseconds(COUNTS_FOR)).slice(-tries);
  const helped = uses.filter((use) => use.helped).length;
  if (uses.length < tries || (helped / uses.length) * 100 >= belowPercent) return undefined;
  return `${remedy} helped in ${helped} of its last ${uses.length} uses under the policy`;
}
