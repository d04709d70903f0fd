import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { actionsOn, isAbout, type Timeline, timelinesOf } from '../../lambdas/core/timeline.ts';
import { CannotDo } from './cannot-do.ts';
import type { Operator } from './operator.ts';
import { type Output, table } from './output.ts';

export interface HistoryFilter {
  readonly target?: string;
  readonly policy?: string;
}

/** The ends of incidents, and the events that opened none. */
export async function history(operator: Operator, since: number, { target, policy }: HistoryFilter): Promise<Output> {
  const ends = (await operator.history(since))
    .filter(({ kind }) => kind === 'outcome' || kind === 'rejected' || kind === 'operator')
    .filter(
      (line) => (target === undefined || isAbout({ ...line, policy: '' }, target)) && (policy === undefined || line.policy === policy),
    );
  const text =
    ends.length === 0
      ? 'Nothing has ended in that time.'
      : table(
          ['AT', 'POLICY', 'TARGET', 'OUTCOME', 'REASON', 'INCIDENT'],
          ends.map(({ at, policy: name, target: on = '-', outcome = 'operator', reason, action, incident = '-' }) => [
            ...[at.slice(0, 19), name, on, String(outcome), String(reason ?? action), incident.slice(0, 8)],
          ]),
        );
  return { data: ends, text };
}

/** The latest incident of a target, an alarm or a policy (else the latest event that opened none), and what to do now. */
export async function why(operator: Operator, about: string, since: number): Promise<Output> {
  const lines = await operator.history(since);
  const timelines = timelinesOf(lines, about);
  const last = timelines.findLast(({ incident }) => incident !== undefined) ?? timelines.at(-1);
  const actions = actionsOn(lines, last?.policy ?? about);
  if (!last && actions.some(({ policy }) => policy === about)) return { data: { timelines, actions }, text: actionsText(actions) };
  if (!last)
    throw new CannotDo(
      `the history has nothing about "${about}" in that time`,
      'give a longer --since, or look whether the alarm ever entered ALARM and whether the dead-letter queue is empty',
    );
  return {
    data: { timelines, actions },
    text: [timelineText(last, timelines.length), ...(actions.length === 0 ? [] : ['', actionsText(actions)])].join('\n'),
  };
}

const MOST_ACTIONS = 10;

function actionsText(actions: readonly HistoryLine[]): string {
  return table(
    ['AT', 'OPERATORS'],
    actions.slice(-MOST_ACTIONS).map(({ at, text }) => [at.slice(0, 19), text]),
  );
}

function timelineText({ incident, policy, target, lines, verdict }: Timeline, timelines: number): string {
  return [
    `${incident === undefined ? 'An event' : `Incident ${incident.slice(0, 8)}`} of policy ${policy}${target ? ` on ${target}` : ''}:`,
    ...(timelines > 1 ? [`(one of ${timelines} accounts; all of them with --json)`] : []),
    '',
    table(
      ['AT', 'WHAT', 'SAID'],
      lines.filter(isNews).map((line) => [line.at.slice(0, 19), line.kind, said(line)]),
    ),
    '',
    ...(verdict
      ? [`REASON  ${verdict.reason}`, `MEANS   ${verdict.means}`, `DO NOW  ${verdict.doNow}`]
      : ['It is still open: nothing has ended it yet.']),
  ].join('\n');
}

/** A look that saw the same as the one before is left out. */
function isNews({ kind, text }: HistoryLine, index: number, lines: readonly HistoryLine[]): boolean {
  const before = lines[index - 1];
  return before?.kind !== kind || before.text !== text;
}

function said({ kind, outcome, text }: HistoryLine): string {
  return kind === 'outcome' ? `${outcome}: ${text}` : text;
}
