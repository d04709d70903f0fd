import type { Breaker } from './circuit-breaker.ts';
import { commandName } from './command-name.ts';
import { type Instant, inWords, iso } from './duration.ts';
import type { Attempt, Incident } from './incident.ts';
import type { ModeOverride } from './mode.ts';
import type { Policy } from './policy.ts';
import { type End, reasons, type Witness } from './reasons.ts';
import { targetInWords } from './target.ts';

/** A notification: email text, and attributes for the subscriptions' filter policies. */
export interface Message {
  readonly subject: string;
  readonly body: string;
  readonly attributes: Readonly<Record<'policy' | 'outcome' | 'reason', string>>;
}

/** What will be given back after the incident, and when at the earliest. */
export interface Later {
  readonly at: Instant;
  readonly summaries: readonly string[];
}

/** SNS refuses subjects of 100 characters and more, and line breaks or other control characters in them. */
const SUBJECT_LIMIT = 99;

const outcomeWords = { recovered: 'RECOVERED', 'handed-off': 'NEEDS YOU', skipped: 'NOT HEALED' } as const;

export function subject(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, SUBJECT_LIMIT);
}

/**
 * Reports the end of an incident so that a tired person understands it: what, seen, done, not done and why, what to do
 * now, what will be given back later, and that the policy is blocked where its breaker opened. Without attempts it says that
 * they could not be read, never that nothing was done.
 */
export function report(
  incident: Incident,
  policy: Policy,
  attempts: readonly Attempt[] | undefined,
  end: End,
  now: Instant,
  {
    breaker,
    later,
    demotion,
  }: { readonly breaker?: Breaker | undefined; readonly later?: Later | undefined; readonly demotion?: ModeOverride | undefined } = {},
): Message {
  const target = targetInWords(incident.target);
  const body = [
    isOfMany(end)
      ? `${manyInWords(policy)}: handed off to you as one incident with a common cause; ${target} speaks for all.`
      : `${target}: ${end.outcome === 'recovered' ? 'recovered' : end.outcome === 'handed-off' ? 'handed off to you' : 'left alone'}.`,
    '',
    `SEEN       ${policy.seen}, since ${iso(incident.openedAt)} (${inWords(now - incident.openedAt)} ago)`,
    `           ${policy.evidence?.kind === 'database-status' ? 'event' : 'alarm'} ${incident.alarmName}: ${incident.reason}`,
    ...(end.details ?? []),
    ...(attempts ? doneLines(attempts) : ['DONE       not known: the attempts could not be read']),
    ...notDoneLines(policy, attempts, end),
    `WHY        ${reasons[end.reason].means}`,
    `           ${end.why}`,
    ...(breaker?.state === 'open'
      ? [`BREAKER    open: nothing more is done under policy ${policy.name} until ${iso(breaker.until)}, since ${breaker.why}`]
      : []),
    ...stillLines(incident, end),
    ...(end.witness ? [`FOLLOWS    ${witnessInWords(end.witness)}`] : []),
    `DO NOW     ${reasons[end.reason].doNow}`,
    ...(policy.runbook ? [`           Runbook: ${policy.runbook}`] : []),
    ...laterLines(later),
    ...(demotion
      ? [
          'FROM NOW   the policy asks before it acts, because of this failure. To let it act by itself again:',
          `           ${commandName} promote ${policy.name}`,
        ]
      : []),
    '',
    `Policy ${policy.name}, reason ${end.reason}, incident ${incident.id}`,
  ].join('\n');
  return {
    subject: subject(`[self-healing] ${outcomeWords[end.outcome]}: ${policy.symptom} on ${isOfMany(end) ? manyInWords(policy) : target}`),
    body,
    attributes: { policy: policy.name, outcome: end.outcome, reason: end.reason },
  };
}

/** What lasts and was told before is said again, and said to be so. */
function stillLines({ follows }: Incident, { reason }: End): string[] {
  const before = follows?.told?.find((told) => told.reason === reason);
  return before ? [`STILL SO   as people were told at ${iso(before.at)} (incident ${before.id}); said again once a day`] : [];
}

function laterLines(later: Later | undefined): string[] {
  if (!later) return [];
  return later.summaries.map((summary) => `LATER      from ${iso(later.at)} on, if the symptom stays away, gives back: ${summary}`);
}

function witnessInWords({ kind, id, at }: Witness): string {
  return `${kind} ${id}${at === undefined ? '' : `, of which people were told at ${iso(at)}`}`;
}

/** A storm's lead has gathered what is known of the others. */
function isOfMany(end: End): boolean {
  return end.reason === 'storm' && end.details !== undefined;
}

function manyInWords({ group }: Policy): string {
  return group.kind === 'single' ? targetInWords(group.target) : `many members of ${group.name}`;
}

/** Reports an event that opened no incident and that people should know of. */
export function rejectionReport(policy: Policy, end: End, about: string): Message {
  return {
    subject: subject(`[self-healing] NOT HEALED: ${end.reason} for policy ${policy.name}`),
    body: [
      `SEEN       ${about}`,
      'DONE       nothing',
      `WHY        ${reasons[end.reason].means}`,
      `           ${end.why}`,
      `DO NOW     ${reasons[end.reason].doNow}`,
    ].join('\n'),
    attributes: { policy: policy.name, outcome: end.outcome, reason: end.reason },
  };
}

/** Reports a policy that was not deployed. Nothing that it says of itself is repeated but its name. */
export function unknownPolicyReport(policy: string, end: End): Message {
  return {
    subject: subject(`[self-healing] NOT HEALED: ${end.reason} ${policy}`),
    body: [
      `SEEN       an event under a policy ${policy}`,
      'DONE       nothing',
      `WHY        ${reasons[end.reason].means}`,
      `           ${end.why}`,
      `DO NOW     ${reasons[end.reason].doNow}`,
      '           If an alarm stands behind it, look at its target.',
    ].join('\n'),
    attributes: { policy, outcome: end.outcome, reason: end.reason },
  };
}

function doneLines(attempts: readonly Attempt[]): string[] {
  if (attempts.length === 0) return ['DONE       nothing'];
  return attempts.map(
    (attempt, index) => `${index === 0 ? 'DONE      ' : '          '} ${iso(attempt.at)} ${attempt.summary}: ${resultInWords(attempt)}`,
  );
}

function resultInWords(attempt: Attempt): string {
  const result = attempt.result ?? (attempt.receipt === undefined ? 'not known whether it took place' : 'result not known');
  return attempt.why ? `${result} (${attempt.why})` : result;
}

function notDoneLines(policy: Policy, attempts: readonly Attempt[] | undefined, end: End): string[] {
  if (end.outcome === 'recovered') return [];
  const tried = new Set(attempts?.map((attempt) => attempt.rung));
  const left = policy.ladder.filter((_, rung) => !tried.has(rung)).map((rung) => rung.remedy);
  return left.length === 0 ? [] : [`NOT DONE   ${left.join(', ')}, because: ${end.reason}`];
}
