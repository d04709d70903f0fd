import { milliseconds } from '../../../lambdas/core/duration.ts';
import type { Incident } from '../../../lambdas/core/incident.ts';
import { type Policy, symptomKey } from '../../../lambdas/core/policy.ts';
import { targetKey } from '../../../lambdas/core/target.ts';
import { remediatorNamed } from '../../../lambdas/remediators/registry.ts';
import { longestAct } from '../../../lambdas/remediators/remediator.ts';
import type { Spell, StoryHistory } from '../history-of-story.ts';
import { groupedOnce } from './grouped-once.ts';
import type { Invariant } from './invariant.ts';
import { deathsOf, departuresOf } from './looks.ts';

const MINUTE = 60_000;

/** Two sweeps of five minutes: one may fail. */
const SWEPT_WITHIN = 10 * MINUTE;

/** The longest that the retries of a step may take. */
const RETRIES = 663_000;

/** Who died so soon was seen by nobody but an event that may have been lost. */
const SEEN_WITHIN = 15 * MINUTE;

/**
 * Within what time a symptom that lasts is healed or told of: until it is taken up, again after an end without a change
 * that may pass; then for each rung the longest wait, the question to people, the act and its verification, with all retries
 * of the steps between; then its report, by the sweep if the workflow cannot.
 */
export function toldWithin({ ladder, guardrails, probation, approval, mode }: Policy): number {
  const rungs = ladder.map(({ remedy, params, settle, verifyWithin }) => {
    const remediator = remediatorNamed(remedy);
    const longest = remediator?.acts ? longestAct(remediator, remediator.params.parse(params)) : undefined;
    const asked = mode === 'approval' ? milliseconds(approval.within) : 0;
    return asked + (longest ? milliseconds(longest) : 0) + milliseconds(settle) + milliseconds(verifyWithin) + milliseconds(probation);
  });
  const climbing = rungs.reduce((sum, rung) => sum + rung + milliseconds(guardrails.waitAtMost) + 3 * RETRIES, 0);
  const takenUp = SWEPT_WITHIN + 2 * (milliseconds(guardrails.tryAgainAfter) + SWEPT_WITHIN);
  return takenUp + climbing + milliseconds(guardrails.waitAtMost) + 2 * RETRIES + SWEPT_WITHIN;
}

/** That a symptom comes and goes is said again once a day. */
const TOLD_FOR = 24 * 60 * MINUTE;

interface Told {
  readonly at: number;
  readonly reason: string;
  /** `policy target` of an incident; of a storm its symptom and group. */
  readonly about: string;
}

const toldAbout = groupedOnce(({ about }: Told) => about);

/** What people were told that was no recovery: of which policy and target, or of which storm. */
function toldOf({ notices, executions, policies }: StoryHistory): readonly Told[] {
  return notices.flatMap(({ at, notice: { outcome, reason = '', incident: named, policy: under } }): Told[] => {
    if (outcome !== 'handed-off' && outcome !== 'skipped') return [];
    const policy = policies.get(under?.name ?? '');
    const { incident } = (executions.get(named?.id ?? '')?.input ?? {}) as { readonly incident?: Incident };
    const told = incident ? [{ at, reason, about: `${incident.policy} ${targetKey(incident.target)}` }] : [];
    return reason === 'storm' && policy ? [...told, { at, reason, about: symptomKey(policy) }] : told;
  });
}

/** Whether the policy protects the target at all: a symptom of others is not its own. */
function isProtected({ group }: Policy, { target, from }: Spell, history: StoryHistory): boolean {
  return group.kind === 'single' || !departuresOf(history.departed, target).some((gone) => gone.at <= from + SEEN_WITHIN);
}

function isUntold(spell: Spell, policy: Policy, told: readonly Told[], history: StoryHistory): boolean {
  const within = toldWithin(policy);
  const until = spell.from + within;
  if ((spell.to ?? history.sweptUntil ?? 0) < until || (history.sweptUntil ?? 0) < until) return false;
  if (!isProtected(policy, spell, history)) return false;
  if (deathsOf(history.deaths, spell.target).some(({ from }) => from < spell.from + SEEN_WITHIN)) return false;
  const own = `${spell.policy} ${spell.target}`;
  // The alarm of a whole group does not say when one of its targets fell ill; within its state people have the target.
  const ofGroup = policy.targets.kind === 'unhealthy-targets';
  const exit = milliseconds(policy.guardrails.storm.exitAfter);
  const ofStorm = toldAbout(told, symptomKey(policy)).some(
    ({ at }) => at <= until && at >= spell.from - exit - milliseconds(policy.guardrails.storm.within),
  );
  const isOwn = ({ at, reason }: Told) => at <= until && at >= spell.from - (reason === 'flapping' || ofGroup ? TOLD_FOR : 0);
  return !ofStorm && !toldAbout(told, own).some(isOwn);
}

export const healedOrTold: Invariant = {
  name: 'a symptom that lasts is healed or told',
  breaches(history) {
    if (history.sweptUntil === undefined) return [];
    const told = toldOf(history);
    return history.spells
      .filter((spell) => {
        const policy = history.policies.get(spell.policy);
        return policy !== undefined && isUntold(spell, policy, told, history);
      })
      .map(({ policy, target, from }) => {
        const { name } = history.policies.get(policy) as Policy;
        return `${name} on ${target} since ${((from - history.startedAt) / 1_000).toFixed(0)} s: nobody was told`;
      });
  },
};
