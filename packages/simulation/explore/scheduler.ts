import { hash } from 'node:crypto';
import type { Instant } from '../../../lambdas/core/duration.ts';
import { settled, type VirtualClock } from '../virtual-clock.ts';
import { concerns, concernsNothing, type Touched, TouchedSince } from './parts.ts';
import type { Deviation } from './schedule.ts';

/** A call of a port, or the start of a function, that waits for its turn. */
export interface Due {
  /** `claims.claim`, or `starts`. */
  readonly what: string;
  /** The function, or whose act it is. */
  readonly step: string;
  readonly touched: Touched;
  /** It is an act, or reads the clock: when it happens is part of what happens. */
  readonly isTimed: boolean;
  /** How long it can be held, at most: then its function is ended. */
  readonly heldUntil: Instant;
  /** Whether its function may die here; where it would be the same as earlier it is not tried again. */
  readonly mayDie: boolean;
  carryOut(): unknown;
  /** The function dies, after the call was carried out; one that starts never does. @default - it cannot */
  die?(): void;
  /** It is put off for as long as that may be. @default - it is held until `heldUntil` */
  putOff?(): void;
}

/** Somebody who makes one call after the other: an incident's workflow, the sweep, the operator, a delivery. */
export interface Actor {
  readonly name: string;
  /** In the order in which they were made. */
  readonly due: Due[];
  /** Steps that are over. */
  steps: number;
  /** Everything by which its future differs, beside what all share: the step's input and what it was answered. */
  timeline: string;
  /** How often, and how, its step has failed so far. */
  failures?: { readonly of: string; list: string } | undefined;
  /** When its next step begins, where that is known. */
  nextStepAt?: Instant | undefined;
  hold?: Hold | undefined;
  /** The hold that has just ended, until its call is made. */
  ended?: Hold | undefined;
  /** Of one that comes when it is called, and only once: all that its first step touches, in no time. */
  readonly comes?: Touched;
  come?(): void;
}

interface Hold {
  readonly by?: Actor;
  /** The steps that the other has made when this one goes on. */
  readonly steps: number;
  readonly until: Instant;
  readonly from: Instant;
  /** What the others did meanwhile. */
  readonly meanwhile: TouchedSince;
}

/** What may happen next. */
export interface Point {
  readonly number: number;
  readonly at: Instant;
  readonly actor: string;
  readonly step: string;
  readonly what: string;
  /** What may happen instead. */
  readonly deviations: readonly Deviation[];
  /** Names everything that the rest of the run depends on. Made when asked for. */
  state(): string;
}

/** Decides at each point; `stop` ends the run, because what follows is known. */
export type Chooser = (point: Point) => Deviation | 'stop' | undefined;

/** Lets actors make their calls one at a time on a virtual clock, in the order that is chosen. */
export class Scheduler {
  readonly #clock: VirtualClock;
  readonly #shared: () => string;
  readonly #actors = new Map<string, Actor>();
  /** Who goes on while it can. */
  #current: Actor | undefined;
  #points = 0;
  /** When something happens by itself. */
  readonly #expected: Instant[] = [];

  /** @param shared everything that all actors share, as text */
  constructor(clock: VirtualClock, shared: () => string) {
    this.#clock = clock;
    this.#shared = shared;
  }

  actor(name: string, come?: () => void, comes?: Touched): Actor {
    const known = this.#actors.get(name);
    if (known) return known;
    const actor: Actor = { name, due: [], steps: 0, timeline: '', ...(come && { come }), ...(comes && { comes }) };
    this.#actors.set(name, actor);
    return actor;
  }

  /** Something will happen by itself. */
  expect(at: Instant, touched: Touched, happen: () => void): void {
    this.#expected.push(at);
    this.#clock.at(at, () => {
      for (const { hold } of this.#actors.values()) hold?.meanwhile.add(touched);
      happen();
    });
  }

  /** Runs until nothing is due any more. False when the chooser ended it, or when what was chosen comes to the same as a later preemption. */
  async run(choose: Chooser): Promise<boolean> {
    for (;;) {
      await settled();
      this.#endHolds();
      const ready = [...this.#actors.values()].filter(({ due, hold }) => due.length > 0 && !hold);
      const actor = ready.find((one) => one === this.#current) ?? ready[0];
      if (!actor) {
        const { next } = this.#clock;
        if (next === undefined) return true;
        await this.#clock.run(next);
        continue;
      }
      if (!this.#turn(actor, choose)) return false;
    }
  }

  #turn(actor: Actor, choose: Chooser): boolean {
    const [due] = actor.due as [Due];
    const chosen = choose({
      number: this.#points,
      at: this.#clock.now,
      ...{ actor: actor.name, step: due.step, what: due.what },
      deviations: this.#deviations(actor, due),
      state: () => this.#state(actor),
    });
    this.#points += 1;
    if (chosen === 'stop') return false;
    switch (chosen?.kind) {
      case 'preempted': {
        const by = this.actor(chosen.by);
        if (by.come) {
          by.come();
          delete by.come;
        }
        this.#hold(actor, due.heldUntil, by);
        this.#current = by;
        return true;
      }
      case 'late':
        if (due.putOff) {
          actor.due.shift();
          due.putOff();
        } else this.#hold(actor, due.heldUntil);
        return true;
    }
    const { ended } = actor;
    actor.ended = undefined;
    const isTimed = due.isTimed && ended !== undefined && this.#clock.now > ended.from;
    if (ended && !isTimed && chosen?.kind !== 'dies' && !ended.meanwhile.concerns(due.touched)) return false;
    actor.due.shift();
    this.#current = actor;
    for (const other of this.#actors.values()) if (other !== actor) other.hold?.meanwhile.add(due.touched);
    if (chosen?.kind !== 'dies' || due.what !== 'starts') due.carryOut();
    if (chosen?.kind === 'dies') due.die?.();
    return true;
  }

  #hold(actor: Actor, until: Instant, by?: Actor): void {
    const earlier = actor.ended;
    actor.ended = undefined;
    actor.hold = {
      ...(by && { by }),
      steps: by ? by.steps + 1 : 0,
      until,
      from: earlier?.from ?? this.#clock.now,
      meanwhile: earlier?.meanwhile ?? new TouchedSince(),
    };
    // So that the clock stops there.
    this.#clock.at(until, () => {});
  }

  #endHolds(): void {
    for (const actor of this.#actors.values()) {
      const { hold } = actor;
      if (!hold || !(this.#clock.now >= hold.until || (hold.by && hold.by.steps >= hold.steps))) continue;
      actor.hold = undefined;
      actor.ended = hold;
      this.#current = actor;
    }
  }

  #deviations(actor: Actor, due: Due): readonly Deviation[] {
    const preempting = [...this.#actors.values()].filter((one) => one !== actor && !one.hold && this.#canPreempt(one, due));
    const room = due.heldUntil > this.#clock.now;
    const isLate = room && (due.isTimed || (!concernsNothing(due.touched) && this.#isAwaited(actor, due.heldUntil)));
    return [
      ...(room ? preempting.map(({ name }): Deviation => ({ kind: 'preempted', by: name })) : []),
      ...(isLate ? [{ kind: 'late' } as const] : []),
      ...(due.mayDie ? [{ kind: 'dies' } as const] : []),
    ];
  }

  /** Whoever has a call to make; whoever comes when called, where that makes a difference; and before a start who has one soon. */
  #canPreempt({ due, nextStepAt, come, comes }: Actor, held: Due): boolean {
    if (come) return comes === undefined || concerns(comes, held.touched);
    return due.length > 0 || (held.what === 'starts' && nextStepAt !== undefined && nextStepAt < held.heldUntil);
  }

  /** Whether anything may happen until then, beside the actor's own. */
  #isAwaited(actor: Actor, instant: Instant): boolean {
    if (this.#expected.some((at) => at > this.#clock.now && at <= instant)) return true;
    return [...this.#actors.values()].some(
      ({ due, nextStepAt, ...one }) => one.name !== actor.name && (due.length > 0 || (nextStepAt !== undefined && nextStepAt <= instant)),
    );
  }

  #state(actor: Actor): string {
    const actors = [...this.#actors.values()].map((one) => {
      const { hold, ended } = one;
      const held = hold && [hold.by?.name, hold.by && hold.steps - hold.by.steps, hold.until, hold.from, String(hold.meanwhile)];
      return [
        one.name,
        one.timeline,
        one.due.map(({ what }) => what),
        held,
        ended && [ended.from, String(ended.meanwhile)],
        one.come !== undefined,
      ];
    });
    return hash('md5', `${JSON.stringify([this.#clock.now, actor.name, actor === this.#current, actors])}${this.#shared()}`);
  }
}
