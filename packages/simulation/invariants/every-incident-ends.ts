import type { Execution } from '../state-machine/execution.ts';
import type { Invariant } from './invariant.ts';

/** The states whose failure fails the execution. */
const REPORTERS = ['Conclude', 'Report giving back'];

/** An incident that could not be concluded fails its execution, and the watch over the healer tells people; the sweep concludes what broke. */
function isOver({ name, status, visits }: Execution, concluded: ReadonlySet<string | undefined>): boolean {
  if (status === 'SUCCEEDED' || (status === 'FAILED' && REPORTERS.includes(visits.at(-1)?.state ?? ''))) return true;
  return status !== 'RUNNING' && concluded.has(name);
}

export const everyIncidentEnds: Invariant = {
  name: 'every incident ends, or its failing to end is seen',
  breaches({ executions, lines }) {
    const concluded = new Set(lines.filter(({ kind }) => kind === 'outcome').map(({ incident }) => incident));
    return [...executions.values()]
      .filter((execution) => !isOver(execution, concluded))
      .map(({ name, status, error, visits }) => `${name.slice(0, 8)} is ${status} at ${visits.at(-1)?.state} (${error})`);
  },
};
