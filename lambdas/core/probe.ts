import type { ProbeFault } from './probe-fault.ts';

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

/** How a step failed: not at all in its time, or with an error. */
export type StepFailure =
  | { readonly kind: 'no-answer' }
  /** The code of the system, the driver or the database, and the database's five characters (SQLSTATE) where it answered. */
  | { readonly kind: 'error'; readonly code?: string; readonly sqlState?: string };

export interface StepResult {
  readonly step: ProbeStep;
  readonly ok: boolean;
  readonly milliseconds: number;
  /** The error, in the database's or the system's own words. */
  readonly why?: string;
  /** Of a step that failed. */
  readonly failure?: StepFailure;
}

/** What a probe found. A database is reachable only if the query was answered: a port that is open proves little. */
export interface ProbeVerdict {
  readonly reachable: boolean;
  /** Of all steps until the end, whichever it was. */
  readonly latencyMilliseconds: number;
  readonly failedStep?: ProbeStep;
  /** Of a database that is not reachable. */
  readonly fault?: ProbeFault;
  readonly why: string;
}

/** Judges the steps that were taken. */
export function judgeProbe(results: readonly StepResult[]): ProbeVerdict {
  const latencyMilliseconds = results.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const failed = results.find(({ ok }) => !ok);
  if (failed) {
    const why = `${failed.step} failed after ${Math.round(failed.milliseconds)} ms: ${failed.why ?? 'no reason given'}`;
    return { reachable: false, latencyMilliseconds, failedStep: failed.step, fault: faultOf(failed), why };
  }
  const steps: readonly (ProbeStep | undefined)[] = probeSteps;
  const next = steps[steps.indexOf(results.at(-1)?.step) + 1];
  if (next === undefined)
    return { reachable: true, latencyMilliseconds, why: `the query was answered after ${Math.round(latencyMilliseconds)} ms` };
  const fault = faultOf({ step: next, failure: { kind: 'no-answer' } });
  return { reachable: false, latencyMilliseconds, failedStep: next, fault, why: `the probe ended before ${next}` };
}

/** What a probe found whose login could not be read: nothing about the database. */
export function unreadableLogin(why: string): ProbeVerdict {
  return { reachable: false, latencyMilliseconds: 0, fault: 'secret', why: `the login cannot be read: ${why}` };
}

type Codes = ReadonlySet<string | undefined>;

/** Codes of a connection that the other end broke off, of the system and of the drivers. */
const BROKEN_OFF: Codes = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'PROTOCOL_CONNECTION_LOST']);
const PATH_IS_THERE: Codes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE']);
/** PostgreSQL: operator intervention. MySQL: shutdown in progress. */
const STARTING: Codes = new Set(['57P01', '57P02', '57P03', '08S01']);
/** PostgreSQL: too many connections. MySQL: the same, and a user's limit of them. */
const FULL: Codes = new Set(['53300', 'ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS', 'ER_USER_LIMIT_REACHED']);

/**
 * The fault of a step that failed. Before TCP is done nothing is known but that nothing came back; from then on silence and a
 * connection that is broken off are the server's, and whatever says a reason has turned the probe away.
 */
function faultOf({ step, failure }: Pick<StepResult, 'step' | 'failure'>): ProbeFault {
  if (step === 'name') return 'name';
  if (failure?.kind === 'no-answer') return step === 'tcp' ? 'path' : 'silent';
  const { code, sqlState }: { readonly code?: string; readonly sqlState?: string } = failure ?? {};
  if (step === 'tcp') return PATH_IS_THERE.has(code) ? 'refused' : 'path';
  if (FULL.has(code) || FULL.has(sqlState)) return 'full';
  if (STARTING.has(sqlState)) return 'starting';
  if (BROKEN_OFF.has(code)) return 'silent';
  if (step === 'tls' && sqlState === undefined) return 'tls';
  return step === 'query' ? 'error' : 'login';
}

/** Namespace of the probes' metrics. */
export const PROBE_NAMESPACE = 'SelfHealing';

/**
 * The metrics of probes beside `Reachable` and `Availability`, which are only there once the probe was well. Both are numbers of faults:
 * `NotSetUp` of a probe that was never well, else 0; `Fault` of one that was.
 */
export const NOT_SET_UP_METRIC = 'NotSetUp';
export const FAULT_METRIC = 'Fault';
