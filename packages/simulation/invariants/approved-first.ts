import { attemptToken } from '../../../lambdas/core/incident.ts';
import type { Act, SaidAnswer, StoryHistory } from '../history-of-story.ts';
import { groupedOnce } from './grouped-once.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

const answersTo = groupedOnce(({ question }: SaidAnswer) => question);

/** How many people had said yes to the act, and not taken it back. */
function approversOf({ at, by }: Act, { answers }: StoryHistory): number {
  const question = attemptToken(by.execution ?? '', by.rung ?? -1);
  const given = answersTo(answers, question).filter((answer) => answer.at <= at);
  const last = new Map(given.map(({ voter, answer }) => [voter, answer]));
  return [...last.values()].filter((answer) => answer === 'approve').length;
}

export const approvedFirst: Invariant = {
  name: 'a policy that asks changes nothing before enough people said yes',
  breaches: (history) =>
    history.acts
      .filter((act) => {
        const policy = history.policies.get(act.by.policy ?? '');
        return policy?.mode === 'shadow' || (policy?.mode === 'approval' && approversOf(act, history) < policy.approval.approvers);
      })
      .map((act) => `${inWords(act, history)} without enough approvals`),
};
