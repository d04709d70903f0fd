import { RECURRING_FROM } from '../../lambdas/core/remedy-success.ts';
import type { SavedQuery } from './saved-query.ts';

/** Which remedies help, what comes back, and how much is done. */
export const remedyQueries: readonly SavedQuery[] = [
  {
    name: 'Success by remedy',
    lines: [
      'filter kind = "verification" and ispresent(helped)',
      // A look after the judgement may have seen it help late.
      'stats max(helped) as hasHelped by policy, symptom, remedy, incident, rung',
      'stats count(*) as tries, sum(hasHelped) as timesHelped, avg(hasHelped) * 100 as percentHelped by policy, symptom, remedy',
      'sort percentHelped asc',
    ],
  },
  {
    name: 'Healed again and again',
    lines: [
      'filter kind = "outcome" and reason = "healed"',
      'stats count(*) as healed, latest(at) as lastAt by policy, target',
      `filter healed >= ${RECURRING_FROM}`,
      'sort healed desc',
    ],
  },
  {
    name: 'Acts by hour, of which the budget is counted',
    // A drill for real spends it, too.
    withDrills: true,
    lines: ['filter kind = "acted" and remedy != "wait-and-see" and not ispresent(notTaken)', 'stats count(*) as acts by bin(1h)'],
    view: 'bar',
  },
];
