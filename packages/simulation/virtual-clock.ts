import type { Instant } from '../../lambdas/core/duration.ts';

/** So many cancelled timers may lie around, and as many as there are others: most calls are answered long before their time limit. */
const MOST_CANCELLED = 1_000;

interface Timer {
  readonly at: Instant;
  /** Timers of one instant go off in the order in which they were set. */
  readonly order: number;
  /** Absent once it is cancelled, so that nothing that it would have done stays in memory until then. */
  goOff: (() => void) | undefined;
}

/**
 * A clock that jumps from one timer to the next, so that hours pass in milliseconds. Between two instants everything
 * that became possible runs to its end: the same timers give the same order of events, always.
 */
export class VirtualClock {
  #now: Instant;
  #set = 0;
  /** A binary heap: the earliest timer first. */
  #timers: Timer[] = [];
  #cancelled = 0;

  constructor(start: Instant) {
    this.#now = start;
  }

  get now(): Instant {
    return this.#now;
  }

  /** When the next timer goes off; undefined when none is set. */
  get next(): Instant | undefined {
    return this.#earliest()?.at;
  }

  /** Calls back at the instant, in whole milliseconds as AWS has them, or at the present one if that is past. The answer cancels it. */
  at(instant: Instant, goOff: () => void): () => void {
    const timer: Timer = { at: Math.max(Math.ceil(instant), this.#now), order: this.#set++, goOff };
    this.#add(timer);
    return () => this.#cancel(timer);
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
    for (let next = this.#earliest(); next && next.at <= until; next = this.#earliest()) {
      this.#now = next.at;
      for (let timer: Timer | undefined = next; timer?.at === this.#now; timer = this.#earliest()) {
        this.#removeEarliest();
        const { goOff } = timer;
        timer.goOff = undefined;
        goOff?.();
      }
      await settled();
    }
  }

  #earliest(): Timer | undefined {
    for (let first = this.#timers[0]; first && !first.goOff; first = this.#timers[0]) {
      this.#removeEarliest();
      this.#cancelled -= 1;
    }
    return this.#timers[0];
  }

  #cancel(timer: Timer): void {
    if (!timer.goOff) return;
    timer.goOff = undefined;
    this.#cancelled += 1;
    if (this.#cancelled < MOST_CANCELLED || this.#cancelled < this.#timers.length / 2) return;
    // Sorted is a heap, too.
    this.#timers = this.#timers.filter(({ goOff }) => goOff).sort((one, other) => (isBefore(one, other) ? -1 : 1));
    this.#cancelled = 0;
  }

  #add(timer: Timer): void {
    const heap = this.#timers;
    let place = heap.length;
    for (let parent = heap[(place - 1) >> 1]; place > 0 && parent && isBefore(timer, parent); parent = heap[(place - 1) >> 1]) {
      heap[place] = parent;
      place = (place - 1) >> 1;
    }
    heap[place] = timer;
  }

  #removeEarliest(): void {
    const heap = this.#timers;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const child = this.#earlierChild(place);
      const below = heap[child];
      if (!below || !isBefore(below, last)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
  }

  #earlierChild(place: number): number {
    const left = this.#timers[2 * place + 1];
    const right = this.#timers[2 * place + 2];
    return left && right && isBefore(right, left) ? 2 * place + 2 : 2 * place + 1;
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Until every promise that can be resolved without a timer is resolved. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
