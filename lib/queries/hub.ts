import type { SavedQuery } from './saved-query.ts';

/** What a hub sees of its pipelines, on its own history: reports and notices of every account and Region, and what operators did. */
export const hubQueries: readonly SavedQuery[] = [
  {
    name: 'Pipelines, the longest silent first',
    lines: [
      'filter kind = "report"',
      'stats latest(at) as reportedAt, latest(openIncidents) as open, latest(wrong) as isWrong, latest(hubPaused) as pausedByHub, latest(ownPause) as pausedThere, latest(release) as deployed by account, region, pipeline',
      'sort reportedAt asc',
    ],
  },
  {
    name: 'Told and not ended',
    lines: [
      'filter kind = "notice" and ispresent(incident)',
      'stats count(outcome) as ends, earliest(at) as since, latest(text) as told by account, region, pipeline, incident',
      'filter ends = 0',
      'sort since asc',
    ],
  },
  {
    name: 'Outcomes by account and Region',
    lines: [
      // The end of a drill is none of an incident.
      'filter kind = "notice" and ispresent(outcome) and text not like "DRILL: "',
      'stats count(*) as incidents by account, region, pipeline, outcome',
      'sort incidents desc',
    ],
  },
  {
    name: 'Last hand-offs and storms',
    lines: [
      'filter kind = "notice" and stage in ["handed-off", "storm", "not-given-back"]',
      'fields at, account, region, pipeline, policy, target, reason, text',
      'sort at desc',
      'limit 25',
    ],
  },
  {
    name: 'Pauses of pipelines',
    lines: ['filter kind = "notice" and stage = "pause"', 'fields at, account, region, pipeline, text', 'sort at desc', 'limit 25'],
  },
  { name: 'What operators did at the hub', lines: ['filter kind = "operator"', 'fields at, by, text', 'sort at desc', 'limit 25'] },
];
