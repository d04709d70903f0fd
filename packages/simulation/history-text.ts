import type { Instant } from '../../lambdas/core/duration.ts';
import type { StoryHistory } from './history-of-story.ts';
import { inWords } from './invariants/in-flight.ts';

/** A history as a list for people: every line of the log, every act at AWS, and every callFault, in order of time. */
export function historyText(history: StoryHistory): string {
  const { startedAt, lines, acts, invocations, executions } = history;
  const entries: { readonly at: Instant; readonly text: string }[] = [
    ...lines.map((line) => ({ at: Date.parse(line.at), text: `${line.kind.padEnd(12)} ${line.incident?.slice(0, 8) ?? ''} ${line.text}` })),
    ...acts.map((act) => ({ at: act.at, text: `ACT          ${inWords(act, history)}` })),
    ...invocations
      .filter(({ callFault }) => callFault !== undefined)
      .map(({ startedAt: at, function: name, execution, callFault }) => ({
        at,
        text: `callFault       ${execution?.slice(0, 8) ?? ''} ${name} ${callFault}`,
      })),
    ...[...executions.values()].map(({ name, endedAt, status }) => ({
      at: endedAt ?? 0,
      text: `ended        ${name.slice(0, 8)} ${status}`,
    })),
  ];
  return entries
    .sort((left, right) => left.at - right.at)
    .map(({ at, text }) => `${`${((at - startedAt) / 1_000).toFixed(1)} s`.padStart(10)}  ${text}`)
    .join('\n');
}
