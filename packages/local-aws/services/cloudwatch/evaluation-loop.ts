/** Runs one evaluation per step of CloudWatch's clock, never two at once. */
export class EvaluationLoop {
  readonly #evaluate: () => Promise<void>;
  readonly #stepMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #current: Promise<void> = Promise.resolve();

  constructor(evaluate: () => Promise<void>, stepMs: () => number) {
    this.#evaluate = evaluate;
    this.#stepMs = stepMs;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#schedule();
  }

  /** Resolves when an evaluation under way has ended. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await this.#current;
  }

  #schedule(): void {
    if (!this.#running) return;
    const stepMs = this.#stepMs();
    // Shortly after the period's end: probes that report at its very end need a moment to arrive.
    const arrivalMs = Math.min(150, stepMs / 10);
    const untilNextMs = stepMs - (Date.now() % stepMs) + arrivalMs;
    this.#timer = setTimeout(() => {
      this.#current = this.#evaluate().finally(() => this.#schedule());
    }, untilNextMs);
  }
}
