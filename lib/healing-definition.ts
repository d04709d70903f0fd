/** What the workflow calls: function ARNs by step and by remedy. */
export interface HealingFunctions {
  readonly triage: string;
  readonly verify: string;
  readonly conclude: string;
  readonly remedies: Readonly<Record<string, string>>;
}

/** An incident is over, one way or the other, long before this; it bounds what a defect could keep running. */
const LONGEST_INCIDENT_SECONDS = 86_400;

/** Above the functions' own timeout, so that theirs is the one that is seen. */
const STEP_TIMEOUT_SECONDS = 90;

/** A defect is not helped by repeating. Everything else is repeated: every step is safe to run again. */
const retry = [
  { ErrorEquals: ['Defect'], MaxAttempts: 0 },
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 4, BackoffRate: 2, MaxDelaySeconds: 30, JitterStrategy: 'FULL' },
];

const handOff = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Conclude' }];

function step(resource: string): object {
  return {
    Type: 'Task',
    Resource: resource,
    TimeoutSeconds: STEP_TIMEOUT_SECONDS,
    Retry: retry,
    Catch: handOff,
    ResultPath: '$.next',
    Next: 'Route',
  };
}

function stepName(remedy: string): string {
  return `Remediate: ${remedy}`;
}

/**
 * The healing workflow in Amazon States Language. Every step answers what to do next and when; `Route` follows it, and
 * the workflow, not a function, waits. Every step's failure ends in `Conclude`; if that fails too, the execution fails
 * and the watch over the healer tells people.
 */
export function healingDefinition(functions: HealingFunctions): object {
  const remedies = Object.entries(functions.remedies);
  return {
    Comment: 'Heals one symptom on one target: triage, remediate, settle, verify, next rung, conclude.',
    StartAt: 'Triage',
    TimeoutSeconds: LONGEST_INCIDENT_SECONDS,
    States: {
      Triage: step(functions.triage),
      Route: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.next.do', StringEquals: 'conclude', Next: 'Conclude' },
          { Variable: '$.next.do', StringEquals: 'triage', Next: 'Hold' },
          { Variable: '$.next.do', StringEquals: 'verify', Next: 'Settle' },
          ...remedies.map(([remedy]) => ({ Variable: '$.next.remedy', StringEquals: remedy, Next: stepName(remedy) })),
        ],
        Default: 'Conclude',
      },
      Hold: { Type: 'Wait', TimestampPath: '$.next.at', Next: 'Triage' },
      ...Object.fromEntries(remedies.map(([remedy, arn]) => [stepName(remedy), step(arn)])),
      Settle: { Type: 'Wait', TimestampPath: '$.next.at', Next: 'Verify' },
      Verify: step(functions.verify),
      Conclude: { Type: 'Task', Resource: functions.conclude, TimeoutSeconds: STEP_TIMEOUT_SECONDS, Retry: retry.slice(1), End: true },
    },
  };
}
