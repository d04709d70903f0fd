import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsEvent, Upstream } from '@self-healing/local-aws/gateway/service.ts';
import { between, type Random } from '@self-healing/simulation/random.ts';
import type { Tally } from './tally.ts';

/** Shares of the events. EventBridge promises at least once and in no order; what it loses is lost to everybody. */
const SHARES = { lost: 0.1, duplicated: 0.2, late: 0.2 } as const;

/** Long enough that the events of a symptom's end and next beginning overtake each other. */
const LATE_MS = { from: 300, to: 6_000 } as const;
const MOST_COPIES = 5;

/** Loses, repeats and delays the events of the alarms on their way to the rules. */
export class EventChaos {
  readonly #upstream: Upstream;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #late = new Set<Promise<void>>();
  readonly failures: unknown[] = [];
  active = false;

  constructor(upstream: Upstream, random: Random, tally: Tally) {
    this.#upstream = upstream;
    this.#random = random;
    this.#tally = tally;
  }

  async send(events: readonly AwsEvent[]): Promise<void> {
    if (!this.active) return this.#upstream.sendEvents(events);
    for (const event of events) await this.#send(event);
  }

  /** Resolves when the late ones have been sent. */
  async settled(): Promise<void> {
    await Promise.all(this.#late);
  }

  async #send(event: AwsEvent): Promise<void> {
    if (this.#random() < SHARES.lost) return this.#tally.add('event lost');
    const copies = this.#random() < SHARES.duplicated ? Math.round(between(this.#random, 1, MOST_COPIES)) : 0;
    for (let copy = 0; copy < copies; copy += 1) {
      this.#tally.add('event duplicated');
      this.#sendLate(event);
    }
    if (this.#random() < SHARES.late) {
      this.#tally.add('event late or out of order');
      return this.#sendLate(event);
    }
    await this.#upstream.sendEvents([event]);
  }

  #sendLate(event: AwsEvent): void {
    const sent = sleep(between(this.#random, LATE_MS.from, LATE_MS.to))
      .then(() => this.#upstream.sendEvents([event]))
      .catch((error: unknown) => void this.failures.push(error))
      .finally(() => this.#late.delete(sent));
    this.#late.add(sent);
  }
}
