import { type Instant, iso, milliseconds } from './duration.ts';
import type { ProbeEvidence } from './policy.ts';
import type { MetricValue } from './ports.ts';
import { faultInWords, faultNumbered, faultOwners, type ProbeFault } from './probe-fault.ts';
import type { SymptomReading } from './verification.ts';

/** What is known of a target that a probe gets no answer from. Values by minutes, oldest first. */
export interface ProbeSeries {
  /** 1 when the probe had its answer. */
  readonly up: readonly MetricValue[];
  /** Numbers of faults. */
  readonly faults: readonly MetricValue[];
  /** What AWS measures at the target. */
  readonly life: readonly MetricValue[];
}

/** Runs of the probe that must agree on whose fault it is: one that differs may be the end of one fault or the beginning of another. */
const AGREEING_RUNS = 2;

/**
 * Judges whether a probe that gets no answer speaks of its target or of itself. A target that was reached and is silent has the
 * symptom. One that turns the probe away lives. Where nothing comes back at all, or the port is refused, signs of life decide that
 * began after the fault: a database that RDS still counts connections of is not dead because the probe does not get there.
 */
export function judgeOutage({ up, faults, life }: ProbeSeries, evidence: ProbeEvidence, now: Instant): SymptomReading {
  const since = up[up.findLastIndex(({ value }) => value >= 1) + 1]?.at;
  if (since === undefined) return { kind: 'unknown', why: 'the last run of the probe had its answer, and the alarm has not seen it yet' };
  const found = faults.filter(({ at, value }) => at >= since && value > 0).map(({ value }) => faultNumbered(value));
  const fault = found.at(-1);
  if (fault === undefined) return { kind: 'unknown', why: `the probe has had no answer since ${iso(since)} and has not told why` };
  const words = faultInWords(fault, evidence.way);
  const owner = faultOwners[fault];
  if (owner === 'busy') return { kind: 'unknown', why: words };
  const recent = found.slice(-AGREEING_RUNS);
  const agree = (each: ProbeFault | undefined) => each !== undefined && (faultOwners[each] === 'observer') === (owner === 'observer');
  if (recent.length < AGREEING_RUNS || !recent.every(agree))
    return { kind: 'unknown', why: `${words}; only the last run of the probe says so` };
  if (owner === 'observer') return { kind: 'unknown', observerAtFault: true, why: words };
  return fault === 'silent' || fault === 'failing' ? { kind: 'present', why: words } : judgeLife(fault, words, life, evidence, since, now);
}

/** A port that is refused, or no answer at all: what AWS itself measures at the target tells a dead one from a closed way. */
function judgeLife(
  fault: ProbeFault,
  words: string,
  values: readonly MetricValue[],
  { life }: ProbeEvidence,
  since: Instant,
  now: Instant,
): SymptomReading {
  const present: SymptomReading = { kind: 'present', why: words };
  if (!life)
    return fault === 'refused' ? present : { kind: 'unknown', observerAtFault: true, why: `${words}; nothing tells whether it lives` };
  if (fault === 'refused' && life.kind !== 'connections') return present;
  const lateBy = milliseconds(life.lateBy);
  // A value of the minute in which the fault was first seen may be older than the fault, and one of long ago says nothing of now.
  const last = values.findLast(({ at }) => at > since && now - at <= lateBy);
  if (last) {
    const measured = `${life.metric} is ${last.value} at ${iso(last.at)}`;
    return lives(fault, life.kind, last.value)
      ? { kind: 'unknown', observerAtFault: true, why: `${words}; it lives: ${measured}` }
      : { kind: 'present', why: `${words}; ${measured}` };
  }
  if (now - since < lateBy) return { kind: 'unknown', why: `${words}; ${life.metric} may still tell whether it lives` };
  if (values.length === 0 && fault === 'path')
    return { kind: 'unknown', observerAtFault: true, why: `${words}; nothing tells whether it lives, since there is no ${life.metric}` };
  return { kind: 'present', why: `${words}; ${life.metric} has no value any more, either` };
}

/** A host that RDS measures at all is not dead; who finds the port closed must see others served. */
function lives(fault: ProbeFault, kind: NonNullable<ProbeEvidence['life']>['kind'], value: number): boolean {
  if (kind === 'status-check') return value < 1;
  return fault === 'path' || value > 0;
}
