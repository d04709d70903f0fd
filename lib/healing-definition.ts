import { DIAGNOSIS_SECONDS } from '../lambdas/core/diagnosis.ts';

/** What the workflow calls: function ARNs by step and by remedy. */
export interface HealingFunctions {
  /** Of the AWS partition, as in ARNs. */
  readonly partition: string;
  readonly triage: string;
  readonly verify: string;
  readonly ask: string;
  readonly conclude: string;
  readonly diagnose: string;
  /** @default - the pipeline has no login to any database */
  readonly diagnoseAtDatabase?: string | undefined;
  readonly remedies: Readonly<Record<string, string>>;
  /** @default - no remedy in use gives back what it added */
  readonly giveBack?: GiveBackFunctions;
}

/** What the workflow calls after the end of an incident. */
export interface GiveBackFunctions {
  readonly consider: string;
  readonly report: string;
  /** Of the remedies that give back what they added. */
  readonly remedies: Readonly<Record<string, string>>;
}

/** An incident is over, one way or the other, long before this; it bounds what a defect could keep running. */
export const LONGEST_INCIDENT_SECONDS = 86_400;

/** What a remedy added is kept for at most a day before it is due to be given back, and then for at most another. */
const LONGEST_KEEPING_SECONDS = 2 * 86_400;

/** Above the functions' own timeout, so that theirs is the one that is seen. */
const STEP_TIMEOUT_SECONDS = 90;

/**
 * A defect is not helped by repeating. Everything else is repeated: every step is safe to run again. A function that
 * finds no room to run, since in a storm thousands want to at once, has done nothing yet and is asked for longer: about
 * six minutes. A new account runs ten functions at a time, which is some thousands of steps in that time.
 */
const retry = [
  { ErrorEquals: ['Defect'], MaxAttempts: 0 },
  {
    ErrorEquals: ['Lambda.TooManyRequestsException'],
    ...{ IntervalSeconds: 1, MaxAttempts: 16, BackoffRate: 2, MaxDelaySeconds: 60, JitterStrategy: 'FULL' },
  },
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 4, BackoffRate: 2, MaxDelaySeconds: 30, JitterStrategy: 'FULL' },
];

/** A step whose answer `choice` follows, and whose failure `reporter` reports. */
function step(resource: string, choice = 'Route', reporter = 'Conclude'): object {
  return {
    Type: 'Task',
    Resource: resource,
    TimeoutSeconds: STEP_TIMEOUT_SECONDS,
    Retry: retry,
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: reporter }],
    ResultPath: '$.next',
    Next: choice,
  };
}

/** A step that reports, and fails the execution if it cannot. */
function report(resource: string, then: object): object {
  return { Type: 'Task', Resource: resource, TimeoutSeconds: STEP_TIMEOUT_SECONDS, Retry: retry.slice(1), ResultPath: '$.next', ...then };
}

/**
 * Asks people and waits until the token is given back or the time is up. Either way triage reads their answers from the
 * table: the token only wakes, and what comes with it is dropped, so that whoever holds it cannot say what happens next.
 */
function ask({ ask, partition }: HealingFunctions): object {
  return {
    Type: 'Task',
    Resource: `arn:${partition}:states:::lambda:invoke.waitForTaskToken`,
    Parameters: {
      FunctionName: ask,
      Payload: { 'incident.$': '$.incident', 'policy.$': '$.policy', 'next.$': '$.next', 'token.$': '$$.Task.Token' },
    },
    TimeoutSecondsPath: '$.next.seconds',
    Retry: [{ ErrorEquals: ['Defect', 'States.Timeout'], MaxAttempts: 0 }, ...retry.slice(1)],
    Catch: [
      { ErrorEquals: ['States.Timeout'], ResultPath: null, Next: 'Triage' },
      { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Conclude' },
    ],
    ResultPath: null,
    Next: 'Triage',
  };
}

const AT_DATABASE = 'Diagnose at database';

/**
 * A look before a hand-off. It is not repeated, and whatever becomes of it, the hand-off goes on: people are told with what there is by
 * then.
 */
function look(resource: string, place: keyof typeof DIAGNOSIS_SECONDS, then: string): object {
  return {
    Type: 'Task',
    Resource: resource,
    TimeoutSeconds: DIAGNOSIS_SECONDS[place],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: then }],
    ResultPath: '$.diagnosis',
    Next: then,
  };
}

/** What is read before a hand-off: of every target, and of a database from inside as well. */
function diagnosisStates({ diagnose, diagnoseAtDatabase }: HealingFunctions): object {
  if (diagnoseAtDatabase === undefined) return { Diagnose: look(diagnose, 'aws', 'Conclude') };
  const isDatabase = (kind: string) => ({ Variable: '$.incident.target.kind', StringEquals: kind, Next: AT_DATABASE });
  return {
    Diagnose: look(diagnose, 'aws', 'Has sessions'),
    'Has sessions': { Type: 'Choice', Choices: [isDatabase('database'), isDatabase('database-cluster')], Default: 'Conclude' },
    [AT_DATABASE]: look(diagnoseAtDatabase, 'database', 'Conclude'),
  };
}

function stepName(remedy: string): string {
  return `Remediate: ${remedy}`;
}

function givingBack(remedy: string): string {
  return `Give back: ${remedy}`;
}

/**
 * The healing workflow in Amazon States Language. Every step answers what to do next and when; `Route` follows it, and
 * the workflow, not a function, waits. Every step's failure ends in `Conclude`; if that fails too, the execution fails
 * and the watch over the healer tells people. Where a remedy gives back what it added, that follows after the end.
 */
export function healingDefinition(functions: HealingFunctions): object {
  const remedies = Object.entries(functions.remedies);
  const { giveBack } = functions;
  return {
    Comment: 'Heals one symptom on one target: triage, remediate, settle, verify, next rung, conclude.',
    StartAt: 'Triage',
    TimeoutSeconds: LONGEST_INCIDENT_SECONDS + (giveBack ? LONGEST_KEEPING_SECONDS : 0),
    States: {
      Triage: step(functions.triage),
      Route: {
        Type: 'Choice',
        Choices: [
          {
            And: [
              { Variable: '$.next.end.outcome', IsPresent: true },
              { Variable: '$.next.end.outcome', StringEquals: 'handed-off' },
            ],
            Next: 'Diagnose',
          },
          { Variable: '$.next.do', StringEquals: 'conclude', Next: 'Conclude' },
          { Variable: '$.next.do', StringEquals: 'triage', Next: 'Hold' },
          { Variable: '$.next.do', StringEquals: 'verify', Next: 'Settle' },
          { Variable: '$.next.do', StringEquals: 'ask', Next: 'Ask' },
          ...remedies.map(([remedy]) => ({ Variable: '$.next.remedy', StringEquals: remedy, Next: stepName(remedy) })),
        ],
        Default: 'Conclude',
      },
      Ask: ask(functions),
      Hold: { Type: 'Wait', TimestampPath: '$.next.at', Next: 'Triage' },
      ...Object.fromEntries(remedies.map(([remedy, arn]) => [stepName(remedy), step(arn)])),
      Settle: { Type: 'Wait', TimestampPath: '$.next.at', Next: 'Verify' },
      Verify: step(functions.verify),
      ...diagnosisStates(functions),
      Conclude: report(functions.conclude, giveBack ? { Next: 'After the end' } : { End: true }),
      ...(giveBack && giveBackStates(giveBack)),
    },
  };
}

/** What follows the end of an incident: wait, consider, give back, report; again for each change that is to be given back. */
function giveBackStates({ consider, report: reporting, remedies }: GiveBackFunctions): object {
  const returning = Object.entries(remedies);
  const choice = 'After the end';
  const reporter = 'Report giving back';
  return {
    [choice]: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.next.do', StringEquals: 'end', Next: 'Over' },
        { Variable: '$.next.do', StringEquals: 'keep', Next: 'Keep' },
        { Variable: '$.next.do', StringEquals: 'report-give-back', Next: reporter },
        ...returning.map(([remedy]) => ({ Variable: '$.next.remedy', StringEquals: remedy, Next: givingBack(remedy) })),
      ],
      Default: reporter,
    },
    Keep: { Type: 'Wait', TimestampPath: '$.next.at', Next: 'Consider giving back' },
    'Consider giving back': step(consider, choice, reporter),
    ...Object.fromEntries(returning.map(([remedy, arn]) => [givingBack(remedy), step(arn, choice, reporter)])),
    [reporter]: report(reporting, { Next: choice }),
    Over: { Type: 'Succeed' },
  };
}
