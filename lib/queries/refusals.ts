import type { SavedQuery } from './saved-query.ts';

/** Why something was not done, by guardrails, remedies, breakers and people. */
export const refusalQueries: readonly SavedQuery[] = [
  {
    name: 'Not acted on, by reason',
    lines: [
      'filter kind in ["outcome", "rejected"] and outcome != "recovered"',
      'stats count(*) as times by reason, policy',
      'sort times desc',
    ],
  },
  {
    name: 'Waited, by reason',
    lines: ['filter kind = "decision" and decision.kind = "wait"', 'stats count(*) as looks by decision.reason, policy', 'sort looks desc'],
  },
  {
    name: 'Refused by remedies',
    lines: ['filter kind = "decision" and ispresent(refusal)', 'stats count(*) as times by remedy, refusal, policy', 'sort times desc'],
  },
  { name: 'Breakers that opened', lines: ['filter kind = "breaker"', 'fields at, policy, text', 'sort at desc', 'limit 25'] },
  { name: 'What operators did', lines: ['filter kind = "operator"', 'fields at, by, text', 'sort at desc', 'limit 25'] },
];
