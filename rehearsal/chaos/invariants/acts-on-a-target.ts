import { byTarget, repeated, tooMany, tooSoon } from '@self-healing/simulation/invariants/acts-in-time.ts';
import { milliseconds } from '../../../lambdas/core/duration.ts';
import type { Act } from '../act.ts';
import { decidedAt, guardrailsOf, type Invariant, meetings, repairs, seconds } from './invariant.ts';

export const writtenFirst: Invariant = {
  name: 'written-first',
  words: 'every act was written down as an attempt before',
  violations: (happenings) =>
    repairs(happenings)
      .filter((act) => happenings.attemptOf(act) === undefined)
      .map((act) => ({ invariant: 'written-first', what: `${act.action} on ${act.target} was not written down before`, acts: [act] })),
};

export const oneActPerAttempt: Invariant = {
  name: 'one-act-per-attempt',
  words: 'one act for each attempt, however often events are delivered and steps are run',
  violations: (happenings) =>
    repeated(repairs(happenings), (act) => happenings.attemptOf(act)?.token).map((acts) => {
      const [{ token = '', target = '' } = {}] = acts.map((act) => happenings.attemptOf(act) ?? {});
      const what = `attempt ${token.slice(0, 8)}…${token.slice(-2)} acted ${acts.length} times on ${target}`;
      return { invariant: 'one-act-per-attempt', what, acts };
    }),
};

export const oneActInFlight: Invariant = {
  name: 'one-act-in-flight',
  words: 'one act in flight on a target, over all policies',
  violations: ({ acts, now }) =>
    byTarget(acts)
      .flatMap((own) => meetings(own, now))
      .filter(({ others }) => others.length > 0)
      .map(({ act, others }) => ({
        invariant: 'one-act-in-flight',
        what: `a second act on ${act.target} while the first was under way`,
        acts: [...others, act],
      })),
};

export const cooldown: Invariant = {
  name: 'cooldown',
  words: 'no two acts on a target within the cooldown',
  violations(happenings) {
    const decided = (act: Act) => decidedAt(act, happenings);
    const wait = (act: Act) => milliseconds(guardrailsOf(act, happenings)?.cooldown ?? { seconds: 0 });
    return tooSoon(repairs(happenings), decided, wait).map(([earlier, later]) => ({
      invariant: 'cooldown',
      what: `${later.target} was acted on again after ${seconds(later.at - decided(earlier))}; the cooldown is ${seconds(wait(later))}`,
      acts: [earlier, later],
    }));
  },
};

export const attempts: Invariant = {
  name: 'attempts',
  words: 'no more acts on a target in the period than the policy that acts allows',
  violations(happenings) {
    const limit = (act: Act) => {
      const given = guardrailsOf(act, happenings)?.attempts;
      return given && { acts: given.most, milliseconds: milliseconds(given.per) };
    };
    return byTarget(repairs(happenings))
      .flatMap((own) => tooMany(own, ({ at }) => at, limit))
      .map(({ act, counted, most }) => ({
        invariant: 'attempts',
        what: `${act.target} was acted on ${counted.length} times; ${most.acts} are allowed`,
        acts: counted,
      }));
  },
};

export const excluded: Invariant = {
  name: 'excluded',
  words: 'no act on a target that is excluded by its tag',
  violations: (happenings) =>
    happenings.acts
      .filter(({ target }) => happenings.excluded.includes(target))
      .map((act) => ({ invariant: 'excluded', what: `${act.target} is excluded and was acted on`, acts: [act] })),
};
