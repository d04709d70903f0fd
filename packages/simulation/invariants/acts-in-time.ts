/** What the rules below need of an act, whether it was simulated or carried out in the local AWS. */
export interface TimedAct {
  /** When its service got it. */
  readonly at: number;
  readonly target: string;
}

/** When an act was decided, as its guardrails count it. */
type Decided<Act> = (act: Act) => number;

/** The acts of each target, in the order in which they are given. */
export function byTarget<Act extends TimedAct>(acts: readonly Act[]): readonly (readonly Act[])[] {
  return [...Map.groupBy(acts, ({ target }) => target).values()];
}

/** The pairs of neighbours of a list. */
export function neighbours<T>(list: readonly T[]): readonly (readonly [T, T])[] {
  return list.slice(1).map((later, index) => [list[index] as T, later]);
}

/** Pairs of acts on one target of which the later one came within what it must wait, in milliseconds, after the earlier was decided. */
export function tooSoon<Act extends TimedAct>(acts: readonly Act[], decidedAt: Decided<Act>, wait: (earlier: Act, later: Act) => number) {
  return byTarget(acts).flatMap((own) =>
    neighbours(own).filter(([earlier, later]) => later.at - decidedAt(earlier) < wait(earlier, later)),
  );
}

export interface Most {
  readonly acts: number;
  readonly milliseconds: number;
}

/** Each act that is one too many of these in the period before it, with all that count, itself included. */
export function tooMany<Act extends TimedAct>(acts: readonly Act[], decidedAt: Decided<Act>, limit: (act: Act) => Most | undefined) {
  return acts.flatMap((act) => {
    const most = limit(act);
    if (!most) return [];
    const counted = acts.filter((other) => other.at <= act.at && decidedAt(other) > act.at - most.milliseconds);
    return counted.length > most.acts ? [{ act, counted, most }] : [];
  });
}

/** For each act, in order of time, the others that are under way when it begins. */
export function atOnce<Act>(acts: readonly Act[], at: (act: Act) => number, until: (act: Act) => number) {
  let open: readonly Act[] = [];
  return acts
    .toSorted((left, right) => at(left) - at(right))
    .map((act) => {
      const others = open.filter((other) => until(other) > at(act));
      open = [...others, act];
      return { act, others };
    });
}

/** The acts that have their key in common with another, by key; those without a key are left out. */
export function repeated<Act>(acts: readonly Act[], keyOf: (act: Act) => string | undefined): readonly (readonly Act[])[] {
  const keyed = acts.filter((act) => keyOf(act) !== undefined);
  return [...Map.groupBy(keyed, keyOf).values()].filter(({ length }) => length > 1);
}
