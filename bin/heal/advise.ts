import { approvalAdvice } from '../../lambdas/core/approval-advice.ts';
import { inWords } from '../../lambdas/core/duration.ts';
import { endsIn } from '../../lambdas/core/ends-in.ts';
import { promotionAdvice } from '../../lambdas/core/promotion-advice.ts';
import { remedyAdvice } from '../../lambdas/core/remedy-advice.ts';
import { recurringIncidents, remedySuccess } from '../../lambdas/core/remedy-success.ts';
import { type RestlessTarget, restlessTargets } from '../../lambdas/core/restless-targets.ts';
import { withoutDrills } from '../../lambdas/core/without-drills.ts';
import type { Operator } from './operator.ts';
import { type Output, table } from './output.ts';
import type { Screen } from './screen.ts';

/** What the history teaches: what helped and what never did, what comes back, and which policy is ready for its next mode. */
export async function advise(operator: Operator, since: number, now: number, screen: Screen): Promise<Output> {
  const past = withoutDrills(await operator.history(since, { kinds: ['outcome', 'operator'] }));
  const ends = endsIn(past);
  const watched = withoutDrills(await operator.history(since, { kinds: ['verification'], shadowed: true }));
  const remedies = remedySuccess(ends).map((success) => ({ ...success, advice: remedyAdvice(success) ?? null }));
  const recurring = recurringIncidents(ends, now);
  const restless = restlessTargets(ends);
  const shadow = promotionAdvice([...ends, ...watched]);
  const asking = Object.keys(operator.policies).filter((policy) => operator.policies[policy] === 'approval');
  const approval = approvalAdvice([...ends, ...past.filter(({ kind }) => kind === 'operator')], asking);
  const span = inWords(now - since);
  const section = (head: string, nothing: string, heads: readonly string[], rows: readonly (readonly string[])[]) => [
    '',
    screen.style('head', head),
    rows.length === 0 ? nothing : table(heads, rows, screen),
  ];
  const text = [
    `What pipeline ${operator.pipeline} has seen in the last ${span}.`,
    ...section(
      'WHAT HELPED',
      'No remedy was judged in that time.',
      ['POLICY', 'REMEDY', 'HELPED', 'ADVICE'],
      remedies.map(({ policy, remedy, tries, helped, advice }) => [
        ...[policy, remedy, `${helped} of ${tries}`],
        advice === null ? '' : screen.style('attention', advice),
      ]),
    ),
    ...section(
      'WHAT COMES BACK',
      'Nothing came back often enough to speak of it.',
      ['TARGET', 'POLICY', 'HOW OFTEN', 'ADVICE'],
      [
        ...recurring.map(({ policy, target, healed }) => [
          target,
          policy,
          `healed ${healed} times this week`,
          'the cause is still there: look for it',
        ]),
        ...restless.map((each) => [each.target, each.policy, ...restlessText(each)]),
      ],
    ),
    ...section(
      'WHICH POLICY IS READY FOR MORE',
      'No policy ended an incident in shadow mode, and none asks before it acts.',
      ['POLICY', 'SEEN', 'ADVICE'],
      [
        ...shadow.map(({ policy, incidents, wouldHaveActed, vetoes, promote, because }) => [
          policy,
          [
            `in shadow: ${incidents} incidents, would have acted ${wouldHaveActed} times`,
            ...Object.entries(vetoes).map(([reason, count]) => `${reason} ${count}`),
          ].join('; '),
          readyText(promote, 'deploy it as approval or automatic', because, screen),
        ]),
        ...approval.map(({ policy, approved, healed, denied, unanswered, promote, because }) => [
          policy,
          `in approval: ${approved} approved, ${healed} of them healed, ${denied} denied, ${unanswered} unanswered`,
          readyText(promote, 'deploy it as automatic', because, screen),
        ]),
      ],
    ),
  ].join('\n');
  return { data: { since: new Date(since).toISOString(), remedies, recurring, restless, shadow, approval }, text };
}

function restlessText({ kind, times }: RestlessTarget): readonly string[] {
  return kind === 'passes'
    ? [`passed by itself ${times} times`, 'raise the threshold, or lengthen sustainedFor']
    : [`stopped as flapping ${times} times`, 'healing does not last: find the cause before it is healed again'];
}

function readyText(promote: boolean, how: string, because: string, { style }: Screen): string {
  return promote ? style('good', `ready: ${how}, because ${because}`) : `not yet, because ${because}`;
}
