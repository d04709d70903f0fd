/** What may happen at one scheduling point instead of the ordinary: the call that is due is carried out. */
export type Deviation =
  /** The call, or the start of the function, is held until another actor has made its next step. */
  | { readonly kind: 'preempted'; readonly by: string }
  /** The call takes nearly as long as its function may run; a function that is to start is throttled for ten minutes. */
  | { readonly kind: 'late' }
  /** The function dies: before its first call, or after this one was carried out. */
  | { readonly kind: 'dies' };

export interface Choice {
  /** The scheduling point, counted from the beginning of the run. */
  readonly point: number;
  readonly deviation: Deviation;
}

/** Every choice that is not the ordinary one, in order. The same schedule always gives the same run. */
export type Schedule = readonly Choice[];

/** What a schedule may hold at most. */
export interface Bounds {
  /** Calls that were held for others, or were late. */
  readonly preemptions: number;
  readonly deaths: number;
}

export function costOf(schedule: Schedule): Bounds {
  const count = (...kinds: readonly string[]) => schedule.filter(({ deviation }) => kinds.includes(deviation.kind)).length;
  return { preemptions: count('preempted', 'late'), deaths: count('dies') };
}

export function isWithin(cost: Bounds, { preemptions, deaths }: Bounds): boolean {
  return cost.preemptions <= preemptions && cost.deaths <= deaths;
}
