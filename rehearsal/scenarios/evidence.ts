import { iso } from '../../lambdas/core/duration.ts';
import { messageOf } from '../../lambdas/core/failure.ts';
import type { HistoryKind, HistoryLine } from '../../lambdas/core/history-line.ts';
import { type Target, targetInWords } from '../../lambdas/core/target.ts';
import type { RungResult, ScenarioOutcome, ScenarioResult, SentMessage, TimelineEntry, TimelineKind } from '../report/scenario-result.ts';
import type { Scenario } from './scenario.ts';

/** All that is known of a scenario after it was simulated. */
export interface Evidence {
  readonly scenario: Scenario;
  readonly target: Target;
  readonly faultAt: number;
  readonly alarmAt?: number;
  /** The pipeline's own history of the target under the scenario's policy. */
  readonly lines: readonly HistoryLine[];
  /** What the gateway recorded as done to the target. */
  readonly acts: readonly { readonly at: string; readonly call: string }[];
  readonly messages: readonly SentMessage[];
  /** Whether the fault is still there, by the machine itself. */
  readonly broken: boolean;
  readonly error?: unknown;
}

const kinds: Readonly<Record<HistoryKind, TimelineKind>> = {
  signal: 'decision',
  rejected: 'decision',
  sweep: 'decision',
  pause: 'decision',
  'hub-pause': 'decision',
  'hub-drill': 'decision',
  notice: 'decision',
  report: 'decision',
  decision: 'decision',
  attempt: 'action',
  acted: 'action',
  verification: 'verification',
  outcome: 'outcome',
  breaker: 'decision',
  'given-back': 'action',
  'not-given-back': 'decision',
  'not-sent': 'decision',
  'provider-event': 'decision',
  operator: 'decision',
};

/** Judges the evidence. The history must agree with what was really done; where they differ, the scenario fails. */
export function resultOf(evidence: Evidence): ScenarioResult {
  const { scenario, target, lines, acts, messages, faultAt, alarmAt } = evidence;
  const ended = lines.findLast(({ kind }) => kind === 'outcome');
  const outcome = scenario.expected.outcome === 'no-incident' && lines.length === 0 ? noIncident(scenario, messages) : ended;
  const problems = problemsOf(evidence, outcome);
  return {
    name: scenario.name,
    title: scenario.title,
    policy: scenario.policy,
    target: targetInWords(target),
    outcome: (outcome?.outcome as ScenarioOutcome | undefined) ?? 'unfinished',
    reason: String(outcome?.reason ?? 'no outcome'),
    expected: { outcome: scenario.expected.outcome, reason: scenario.expected.reason },
    passed: problems.length === 0,
    ...(problems.length > 0 && { why: problems.join('; ') }),
    rungs: rungsOf(lines, ended),
    fault: iso(faultAt),
    ...(alarmAt !== undefined && { alarm: iso(alarmAt) }),
    ...(acts[0] && { firstAction: acts[0].at }),
    ...(outcome && { end: outcome.at }),
    timeline: timelineOf(evidence),
    messages,
    acts,
    real: scenario.real,
    simulated: scenario.simulated,
  };
}

/** How it ended: by a line of the history, or in place of one. */
type Ended = { readonly at: string; readonly outcome?: unknown; readonly reason?: unknown; readonly text: string };

/** What stands for the outcome where no incident was meant to be opened: who was told, and of what. */
function noIncident({ expected }: Scenario, messages: Evidence['messages']): Ended | undefined {
  const [told] = messages;
  if (!told) return undefined;
  const reason = told.subject.includes(expected.reason) ? expected.reason : told.subject;
  return { at: told.at, outcome: 'no-incident', reason, text: told.subject };
}

function problemsOf({ scenario, acts, messages, broken, lines, error }: Evidence, outcome: Ended | undefined): string[] {
  const { expected } = scenario;
  const problems: string[] = [];
  if (error !== undefined) problems.push(messageOf(error));
  if (outcome?.outcome !== expected.outcome || outcome?.reason !== expected.reason) {
    problems.push(`ended as ${outcome?.outcome}, ${outcome?.reason}: ${outcome?.text ?? 'no outcome in the history'}`);
  }
  const done = acts.map(({ call }) => call);
  if (done.join() !== expected.acts.join()) problems.push(`acts were [${done.join(', ')}], expected [${expected.acts.join(', ')}]`);
  if (broken === scenario.endsCured)
    problems.push(broken ? 'the fault is still there' : 'the fault is gone, but nothing should have cured it');
  if (messages.length !== 1) problems.push(`${messages.length} messages went out, expected one`);
  const duplicates = lines.filter(({ reason }) => reason === 'duplicate-delivery').length;
  if (duplicates !== (expected.duplicates ?? 0))
    problems.push(`${duplicates} duplicate deliveries were recorded, expected ${expected.duplicates ?? 0}`);
  return problems;
}

/** What was tried and what refused. The remedies of the outcome line are in the order of the attempts. An act has one line, or more where a step was repeated. */
function rungsOf(lines: readonly HistoryLine[], outcome: HistoryLine | undefined): RungResult[] {
  const results = (outcome?.remedies ?? []) as readonly { readonly remedy: string; readonly result?: string }[];
  const acts = lines.filter(({ kind, refusal }) => kind === 'acted' || refusal !== undefined);
  const firsts = acts.filter(({ rung }, index) => acts.findIndex((act) => act.rung === rung) === index);
  return firsts.map(({ at, rung, remedy, refusal, text }) => ({
    rung: Number(rung) + 1,
    remedy: String(remedy),
    at,
    result: refusal === undefined ? (results.find((result) => result.remedy === remedy)?.result ?? 'not known') : text,
  }));
}

function timelineOf({ scenario, faultAt, alarmAt, lines, messages, target }: Evidence): TimelineEntry[] {
  return [
    { at: iso(faultAt), kind: 'fault' as const, text: scenario.title },
    ...(alarmAt === undefined
      ? []
      : [{ at: iso(alarmAt), kind: 'alarm' as const, text: `alarm of ${scenario.policy} for ${targetInWords(target)}` }]),
    ...lines.map((line) => ({ at: line.at, kind: kinds[line.kind], text: textOf(line) })),
    ...messages.map(({ at, subject }) => ({ at, kind: 'message' as const, text: subject })),
  ]
    .toSorted((left, right) => left.at.localeCompare(right.at))
    .filter(isNews);
}

/** The outcome by its name first: where the text is cut, that must still be seen. */
function textOf({ kind, text, outcome, reason }: HistoryLine): string {
  return kind === 'outcome' ? `${outcome} (${reason}): ${text}` : text;
}

/** A look that saw the same as the one before is left out. */
function isNews(entry: TimelineEntry, index: number, entries: readonly TimelineEntry[]): boolean {
  const before = entries[index - 1];
  return before?.kind !== entry.kind || before.text !== entry.text;
}

/** A scenario that could not be simulated here. */
export function notExecuted(scenario: Scenario, why: string): ScenarioResult {
  return {
    name: scenario.name,
    title: scenario.title,
    policy: scenario.policy,
    target: 'none',
    outcome: 'not-executed',
    reason: 'not-executed',
    expected: { outcome: scenario.expected.outcome, reason: scenario.expected.reason },
    passed: false,
    why,
    rungs: [],
    timeline: [],
    messages: [],
    acts: [],
    real: [],
    simulated: [],
  };
}
