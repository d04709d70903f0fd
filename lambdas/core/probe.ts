/** What a probe of a database does, in this order; each step needs the one before. */
export const probeSteps = ['name', 'tcp', 'tls', 'login', 'query'] as const;

export type ProbeStep = (typeof probeSteps)[number];

/**
 * Longest time of each step. A healthy database in the same Region needs milliseconds; a packet that is lost is sent
 * again after one and after three seconds, so that five seconds survive two losses. All together end within the function's time.
 */
export const stepLimitMilliseconds: Readonly<Record<ProbeStep, number>> = {
  name: 5_000,
  tcp: 5_000,
  tls: 5_000,
  login: 8_000,
  query: 8_000,
};

export interface StepResult {
  readonly step: ProbeStep;
  readonly ok: boolean;
  readonly milliseconds: number;
  /** The error, in the database's or the system's own words. */
  readonly why?: string;
}

/** What a probe found. A database is reachable only if the query was answered: a port that is open proves little. */
export interface ProbeVerdict {
  readonly reachable: boolean;
  /** Of all steps until the end, whichever it was. */
  readonly latencyMilliseconds: number;
  readonly failedStep?: ProbeStep;
  readonly why: string;
}

/** Judges the steps that were taken. */
export function judgeProbe(results: readonly StepResult[]): ProbeVerdict {
  const latencyMilliseconds = results.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const failed = results.find(({ ok }) => !ok);
  if (failed) {
    const why = `${failed.step} failed after ${Math.round(failed.milliseconds)} ms: ${failed.why ?? 'no reason given'}`;
    return { reachable: false, latencyMilliseconds, failedStep: failed.step, why };
  }
  const last = results.at(-1)?.step;
  if (last === 'query')
    return { reachable: true, latencyMilliseconds, why: `the query was answered after ${Math.round(latencyMilliseconds)} ms` };
  const next = last === undefined ? probeSteps[0] : (probeSteps[probeSteps.indexOf(last) + 1] ?? 'query');
  return { reachable: false, latencyMilliseconds, failedStep: next, why: `the probe ended before ${next}` };
}

/** Namespace of the probes' metrics. */
export const PROBE_NAMESPACE = 'SelfHealing';
