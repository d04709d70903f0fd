import type { Retrier } from './definition.ts';
import { isMeant } from './states-error.ts';

/** The retries of one visit of a state: each retrier counts its own. */
export class Retries {
  readonly #retriers: readonly Retrier[];
  readonly #random: () => number;
  readonly #used = new Map<Retrier, number>();

  /** @param random a number from 0 to 1, for `JitterStrategy` */
  constructor(retriers: readonly Retrier[], random: () => number) {
    this.#retriers = retriers;
    this.#random = random;
  }

  /** After how many milliseconds the state is tried again; undefined when it is not. The first retrier that means the error decides. */
  delayAfter(error: string): number | undefined {
    const retrier = this.#retriers.find(({ ErrorEquals }) => isMeant(ErrorEquals, error));
    if (!retrier) return undefined;
    const used = this.#used.get(retrier) ?? 0;
    if (used >= retrier.MaxAttempts) return undefined;
    this.#used.set(retrier, used + 1);
    const { IntervalSeconds, BackoffRate, MaxDelaySeconds, JitterStrategy } = retrier;
    const seconds = Math.min(IntervalSeconds * BackoffRate ** used, MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
    return Math.round(seconds * 1_000 * (JitterStrategy === 'FULL' ? this.#random() : 1));
  }
}
