import type { SavedQuery } from './saved-query.ts';

/** What is open, and how incidents ended. */
export const incidentQueries: readonly SavedQuery[] = [
  {
    name: 'Open incidents',
    lines: [
      'filter kind in ["signal", "outcome"]',
      'fields strcontains(kind, "outcome") as isOver',
      'stats max(isOver) as over, earliest(at) as since by policy, target, incident',
      'filter over = 0',
      'sort since asc',
      'display since, policy, target, incident',
    ],
  },
  {
    name: 'Outcomes by hour',
    lines: [
      'filter kind = "outcome"',
      'fields strcontains(outcome, "recovered") as isRecovered, strcontains(outcome, "handed-off") as isHandedOff, strcontains(outcome, "skipped") as isSkipped',
      'stats sum(isRecovered) as recovered, sum(isHandedOff) as handedOff, sum(isSkipped) as skipped by bin(1h)',
    ],
    view: 'bar',
  },
  {
    name: 'Last ends',
    lines: ['filter kind = "outcome"', 'fields at, outcome, reason, policy, target, text', 'sort at desc', 'limit 25'],
  },
];
