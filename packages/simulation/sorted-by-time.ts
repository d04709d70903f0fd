import type { Instant } from '../../lambdas/core/duration.ts';

/** The place in a list in order of time after all that was by the instant, found by halves: there may be ten thousand. */
export function placeAfter(sorted: readonly { readonly at: Instant }[], instant: Instant): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle]?.at ?? instant) <= instant) from = middle + 1;
    else to = middle;
  }
  return from;
}
