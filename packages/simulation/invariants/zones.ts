import { slotLimits } from '../../../lambdas/core/claim.ts';
import { groupKey, type Policy } from '../../../lambdas/core/policy.ts';
import type { Act, GroupAtAct, StoryHistory } from '../history-of-story.ts';
import { policiesIn, zoneSizes } from './groups.ts';
import { inWords, meetings } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

/** The blast radius that holds in a group: of the policy that acts, or in another group the strictest that holds there. */
function blastRadiiIn(group: string, act: Act, { policies }: StoryHistory): readonly Policy['guardrails']['blastRadius'][] {
  const own = policies.get(act.by.policy ?? '');
  if (own && groupKey(own.group) === group) return [own.guardrails.blastRadius];
  return policiesIn(policies, group).map(({ guardrails }) => guardrails.blastRadius);
}

/** What is wrong in a group when another member is acted on: too many of it, or of one of its zones, at once. */
function wrongIn(of: GroupAtAct, act: Act, others: readonly Act[], history: StoryHistory): string | undefined {
  const { key, members, zoneOf } = of;
  const zone = zoneOf.get(act.target);
  const busy = [...new Set([act, ...others].map(({ target }) => target))].filter((target) => zoneOf.has(target));
  const inZone = busy.filter((target) => zone !== undefined && zoneOf.get(target) === zone);
  const sizes = { group: members.length, zone: zoneSizes(of).get(zone) ?? 0 };
  const limits = blastRadiiIn(key, act, history).map((radius) => slotLimits(radius, sizes));
  const [most, mostInZone] = [Math.min(...limits.map(({ group }) => group)), Math.min(...limits.map((limit) => limit.zone))];
  if (busy.length > most) return `${busy.length} of ${sizes.group} members of ${key}; ${most} are allowed`;
  return inZone.length > mostInZone
    ? `${inZone.length} of ${sizes.zone} members of ${key} in ${zone}; ${mostInZone} are allowed`
    : undefined;
}

export const zones: Invariant = {
  name: 'never more members in remediation than any group of a machine allows, nor than its zone allows',
  breaches: (history) =>
    meetings(history.acts).flatMap(({ act, others }) =>
      act.groups.flatMap((group) => {
        // Whoever claimed last, which need not be who acts last, went by the limits of its own policy.
        const all = [act, ...others].filter(({ groups }) => groups.some(({ key }) => key === group.key));
        const wrong = all.map((each) =>
          wrongIn(
            group,
            each,
            all.filter((other) => other !== each),
            history,
          ),
        );
        return wrong.includes(undefined) ? [] : [`${inWords(act, history)}: ${wrong[0]}`];
      }),
    ),
};
