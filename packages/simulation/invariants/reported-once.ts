import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import { type End, isTold } from '../../../lambdas/core/reasons.ts';
import type { Invocation, StoryHistory } from '../history-of-story.ts';
import type { Invariant } from './invariant.ts';

interface Reports {
  readonly outcomes: readonly HistoryLine[];
  /** The reason of each notice of an end. */
  readonly told: readonly string[];
  /** Whether a notice of it went out before its end. */
  readonly wasHeardOf: boolean;
  /** Runs of the function that reports. */
  readonly runs: readonly Invocation[];
}

/** What is wrong with the reports of one incident that was concluded. A run that died may have reported, so that the next reports again. */
function wrongWith({ outcomes, told: reasons, wasHeardOf, runs }: Reports): string | undefined {
  const [end] = outcomes;
  if (!end) return 'its end is not in the history';
  // A storm has a message of its own, which its lead owes besides.
  const messages = reasons.filter((reason) => reason !== 'storm' || end.reason === reason).length;
  if (new Set(outcomes.map(({ reason }) => reason)).size > 1) return 'it has several ends';
  const told = isTold({ outcome: end.outcome, reason: end.reason, why: '', witness: end.witness } as End, wasHeardOf);
  if (told && messages === 0) return 'nobody was told';
  if (!told && messages > 0) return 'people were told of what they need not know';
  const most = runs.length;
  return outcomes.length > most || messages > most ? `it was reported ${Math.max(outcomes.length, messages)} times` : undefined;
}

function reportsByIncident({ lines, notices, invocations }: StoryHistory): (incident: string) => Reports {
  const outcomes = Map.groupBy(
    lines.filter(({ kind }) => kind === 'outcome'),
    ({ incident }) => incident,
  );
  const told = Map.groupBy(
    notices.filter(({ notice }) => notice.outcome !== undefined),
    ({ notice }) => notice.incident?.id,
  );
  const heardOf = new Set(notices.filter(({ notice }) => notice.outcome === undefined).map(({ notice }) => notice.incident?.id));
  const runs = Map.groupBy(
    invocations.filter((invocation) => invocation.function === 'conclude'),
    ({ execution }) => execution,
  );
  return (incident) => ({
    outcomes: outcomes.get(incident) ?? [],
    told: (told.get(incident) ?? []).map(({ notice }) => notice.reason ?? ''),
    wasHeardOf: heardOf.has(incident),
    runs: runs.get(incident) ?? [],
  });
}

export const reportedOnce: Invariant = {
  name: 'every incident is reported once, with one end, and again only when a report was interrupted',
  breaches(history) {
    const reportsOf = reportsByIncident(history);
    return [...history.executions.values()].flatMap(({ name, status }) => {
      const wrong = status === 'SUCCEEDED' ? wrongWith(reportsOf(name)) : undefined;
      return wrong === undefined ? [] : [`${name.slice(0, 8)}: ${wrong}`];
    });
  },
};
