import type { SavedQuery } from './saved-query.ts';

const seconds = (): string => {
  const percentile = (share: number) => `pct(milliseconds, ${share}) / 1000 as p${share}Seconds`;
  return `stats count(*) as incidents, ${percentile(50)}, ${percentile(90)} by policy`;
};

/** How long it took from the alarm. The metrics tell the same of one policy alone, since percentiles of several cannot be added. */
export const timeQueries: readonly SavedQuery[] = [
  { name: 'Seconds to the first act', lines: ['filter kind = "acted" and ispresent(milliseconds)', seconds(), 'sort p90Seconds desc'] },
  { name: 'Seconds to recovery', lines: ['filter kind = "outcome" and reason = "healed"', seconds(), 'sort p90Seconds desc'] },
];
