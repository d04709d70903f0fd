import type { Instant } from './duration.ts';
import { type Target, targetKey } from './target.ts';

interface Reached {
  readonly at: Instant;
  readonly target: Target;
}

/** How many targets were reached within so many milliseconds from each of these instants on. */
export function reachedFrom(arrivals: readonly Reached[], begins: ReadonlySet<Instant>, length: number): ReadonlyMap<Instant, number> {
  const sorted = arrivals.toSorted((left, right) => left.at - right.at);
  const here = new Map<string, number>();
  const count = (arrival: Reached, change: 1 | -1) => {
    const key = targetKey(arrival.target);
    const left = (here.get(key) ?? 0) + change;
    if (left > 0) here.set(key, left);
    else here.delete(key);
  };
  const upTo = (from: number, isPassed: (at: Instant) => boolean, change: 1 | -1) => {
    let index = from;
    for (let next = sorted[index]; next && isPassed(next.at); next = sorted[index]) {
      count(next, change);
      index += 1;
    }
    return index;
  };
  let [come, gone] = [0, 0];
  return new Map(
    [...begins]
      .sort((left, right) => left - right)
      .map((begin) => {
        come = upTo(come, (at) => at <= begin + length, 1);
        gone = upTo(gone, (at) => at < begin, -1);
        return [begin, here.size];
      }),
  );
}
