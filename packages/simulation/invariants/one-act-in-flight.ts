import type { Act } from '../history-of-story.ts';
import { inWords, meetings } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

/** On the same target, or on what contains it. */
function areTogether(one: Act, other: Act): boolean {
  return one.target === other.target || one.containers.includes(other.target) || other.containers.includes(one.target);
}

export const oneActInFlight: Invariant = {
  name: 'one act in flight on a target, and on what contains it, until it has really ended',
  breaches: (history) =>
    meetings([...history.acts, ...history.returns]).flatMap(({ act, others }) =>
      others.filter((other) => areTogether(act, other)).map((other) => `${inWords(act, history)} during ${inWords(other, history)}`),
    ),
};
