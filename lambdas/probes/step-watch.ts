import { messageOf } from '../core/failure.ts';
import { type ProbeStep, probeSteps, type StepFailure, type StepResult, stepLimitMilliseconds } from '../core/probe.ts';

/** For the goodbye after the last step, which says nothing about the database any more. */
const CLOSING_LIMIT_MILLISECONDS = 1_000;

/** Times the steps of one probe, one after the other, and ends the one that takes too long. */
export class StepWatch {
  readonly results: StepResult[] = [];
  readonly #abort = new AbortController();
  readonly #limits: Readonly<Record<ProbeStep, number>>;
  #begunAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: Readonly<Record<ProbeStep, number>> = stepLimitMilliseconds) {
    this.#limits = limits;
    this.#arm();
  }

  /** Aborts when a step takes longer than its limit; the reason says so. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Records that a step is behind us. One that was passed already stays as it is. */
  passed(step: ProbeStep): void {
    if (this.#ended || step !== this.#step) return;
    this.results.push({ step, ok: true, milliseconds: performance.now() - this.#begunAt });
    this.#begunAt = performance.now();
    this.#arm();
  }

  /** Records that the step under way failed. Nothing is recorded after the first failure. */
  failed(error: unknown): void {
    const step = this.#step;
    if (this.#ended || step === undefined) return;
    clearTimeout(this.#timer);
    const tooLate = this.signal.aborted;
    const why = tooLate ? messageOf(this.signal.reason) : wordsOf(error);
    const failure: StepFailure = tooLate ? { kind: 'no-answer' } : failureOf(error);
    this.results.push({ step, ok: false, milliseconds: performance.now() - this.#begunAt, why, failure });
  }

  /** Gives the answer, or fails as soon as the step under way has taken too long. */
  within<T>(answer: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise<T>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      answer.then(resolve, reject);
    });
  }

  /** Cuts whatever is still open. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#abort.abort(new Error('the probe is over'));
  }

  get #ended(): boolean {
    return this.results.some(({ ok }) => !ok);
  }

  get #step(): ProbeStep | undefined {
    return probeSteps[this.results.length];
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const step = this.#step;
    const limit = step === undefined ? CLOSING_LIMIT_MILLISECONDS : this.#limits[step];
    this.#timer = setTimeout(() => {
      this.#abort.abort(new Error(`no answer within ${limit} ms`));
      this.failed(undefined);
    }, limit);
  }
}

/** Without a code of their own: the drivers' words for a connection that the server broke off, in the middle of TLS, too. */
const BROKEN_OFF = /terminated unexpectedly|disconnected before secure TLS|ECONNRESET/;

/** Of a name with several addresses one may have no way while another refuses, which says more. */
function isRefused(error: unknown): boolean {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.some((each) => (each as { code?: unknown }).code === 'ECONNREFUSED');
}

/** What an error says of itself. PostgreSQL's driver has the database's five characters as the code, MySQL's beside its own. */
function failureOf(error: unknown): StepFailure {
  const { code, sqlState } = error as { code?: unknown; sqlState?: unknown };
  if (typeof sqlState === 'string' && sqlState !== '') return { kind: 'error', sqlState, ...(typeof code === 'string' && { code }) };
  if (isRefused(error)) return { kind: 'error', code: 'ECONNREFUSED' };
  if (BROKEN_OFF.test(messageOf(error))) return { kind: 'error', code: 'ECONNRESET' };
  if (typeof code !== 'string') return { kind: 'error' };
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? { kind: 'error', sqlState: code } : { kind: 'error', code };
}

/** Several addresses make an error without words of its own; the code says more than nothing. */
function wordsOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  const inner = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error);
  return typeof code === 'string' && !inner.includes(code) ? `${code}: ${inner}`.trim() : inner;
}
