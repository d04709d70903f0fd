import { messageOf } from '../core/failure.ts';
import { type ProbeStep, probeSteps, type StepResult, stepLimitMilliseconds } from '../core/probe.ts';

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
    const why = this.signal.aborted ? messageOf(this.signal.reason) : wordsOf(error);
    this.results.push({ step, ok: false, milliseconds: performance.now() - this.#begunAt, why });
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

/** Several addresses make an error without words of its own; the code says more than nothing. */
function wordsOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  const inner = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error);
  return typeof code === 'string' && !inner.includes(code) ? `${code}: ${inner}`.trim() : inner;
}
