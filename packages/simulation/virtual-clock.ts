import type { Instant } from '../../lambdas/core/duration.ts';

/** What is called back at one instant, in the order in which it was asked for. A call-back that is cancelled is taken out. */
type CallBacks = Set<{ readonly goOff: () => void }>;

/**
 * A clock that jumps from one timer to the next, so that hours pass in milliseconds. Between two instants everything
 * that became possible runs to its end: the same timers give the same order of events, always.
 */
export class VirtualClock {
  #now: Instant;
  readonly #timers = new Map<Instant, CallBacks>();
  /** The instants of the timers, as a binary heap: the earliest first. An instant whose timers were all cancelled stays until it is reached. */
  readonly #instants: Instant[] = [];

  constructor(start: Instant) {
    this.#now = start;
  }

  get now(): Instant {
    return this.#now;
  }

  /** When the next timer goes off; undefined when none is set. */
  get next(): Instant | undefined {
    for (let [first] = this.#instants; first !== undefined; [first] = this.#instants) {
      if (this.#timers.get(first)?.size) return first;
      this.#timers.delete(first);
      this.#removeEarliest();
    }
    return undefined;
  }

  /** Calls back at the instant, in whole milliseconds as AWS has them, or at the present one if that is past. The answer cancels it. */
  at(instant: Instant, goOff: () => void): () => void {
    const callBacks = this.#callBacksAt(Math.max(Math.ceil(instant), this.#now));
    const timer = { goOff };
    callBacks.add(timer);
    return () => void callBacks.delete(timer);
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#now + milliseconds, resolve));
  }

  sleepUntil(instant: Instant): Promise<void> {
    return new Promise((resolve) => this.at(instant, resolve));
  }

  /** Lets time pass until no timer is left, or until the instant. */
  async run(until: Instant = Number.POSITIVE_INFINITY): Promise<void> {
    await settled();
    for (let { next } = this; next !== undefined && next <= until; { next } = this) {
      this.#now = next;
      const callBacks = this.#callBacksAt(next);
      // One that is added meanwhile, for the same instant, is met, too.
      for (const timer of callBacks) {
        callBacks.delete(timer);
        timer.goOff();
      }
      await settled();
    }
  }

  #callBacksAt(instant: Instant): CallBacks {
    const there = this.#timers.get(instant);
    if (there) return there;
    const callBacks: CallBacks = new Set();
    this.#timers.set(instant, callBacks);
    this.#addInstant(instant);
    return callBacks;
  }

  #addInstant(instant: Instant): void {
    const heap = this.#instants;
    let place = heap.length;
    for (let parent = heap[(place - 1) >> 1]; place > 0 && parent !== undefined && instant < parent; parent = heap[(place - 1) >> 1]) {
      heap[place] = parent;
      place = (place - 1) >> 1;
    }
    heap[place] = instant;
  }

  #removeEarliest(): void {
    const heap = this.#instants;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const child = this.#earlierChild(place);
      const below = heap[child];
      if (below === undefined || below >= last) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
  }

  #earlierChild(place: number): number {
    const left = this.#instants[2 * place + 1];
    const right = this.#instants[2 * place + 2];
    return left !== undefined && right !== undefined && right < left ? 2 * place + 2 : 2 * place + 1;
  }
}

/** Until every promise that can be resolved without a timer is resolved. */
export function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
