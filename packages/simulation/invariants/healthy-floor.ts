import { groupKey } from '../../../lambdas/core/policy.ts';
import type { Act, GroupAtAct, StoryHistory } from '../history-of-story.ts';
import { policiesIn } from './groups.ts';
import { inWords, meetings } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

/** The share that must stay healthy: of the policy that acts, or in another group the strictest that holds there. */
function floorsIn(group: string, { by }: Act, { policies }: StoryHistory): readonly number[] {
  const own = policies.get(by.policy ?? '');
  if (own && groupKey(own.group) === group) return [own.guardrails.healthyFloor.percent];
  return policiesIn(policies, group).map(({ guardrails }) => guardrails.healthyFloor.percent);
}

function wrongIn({ key, members, healthy }: GroupAtAct, act: Act, others: readonly Act[], history: StoryHistory): string | undefined {
  if (!healthy.has(act.target) || members.length < 2) return undefined;
  const percent = Math.max(0, ...floorsIn(key, act, history));
  const floor = Math.min(members.length - 1, Math.max(1, Math.floor((members.length * percent) / 100)));
  const busy = new Set([act, ...others].map(({ target }) => target));
  const left = healthy.size - [...busy].filter((target) => healthy.has(target)).length;
  return left < floor ? `${left} others of ${members.length} members of ${key} are healthy and left alone; ${floor} must be` : undefined;
}

export const healthyFloor: Invariant = {
  name: 'enough members of every group of a machine stay healthy and alone while it is acted on',
  breaches: (history) =>
    meetings(history.acts).flatMap(({ act, others }) =>
      act.groups.flatMap((group) => {
        const wrong = wrongIn(group, act, others, history);
        return wrong === undefined ? [] : [`${inWords(act, history)}: ${wrong}`];
      }),
    ),
};
