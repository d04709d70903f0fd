import type { Attempt, Incident } from '../../lambdas/core/incident.ts';
import type { Origin } from '../../lambdas/core/notice/origin.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import { type End, endFor } from '../../lambdas/core/reasons.ts';
import { anAttempt, anIncident, aPolicy } from '../../packages/simulation/builders.ts';
import type { ScenarioResult } from '../../rehearsal/report/scenario-result.ts';

/** What a recorded scenario with one act was about, as the report of its end gets it. */
export function recordedIncident({ messages, policy: name, target, timeline, alarm, rungs, end }: ScenarioResult): {
  readonly origin: Origin;
  readonly incident: Incident;
  readonly policy: Policy;
  readonly attempts: readonly Attempt[];
  readonly end: End;
  readonly now: number;
} {
  const body = messages[0]?.body ?? '';
  const found = (pattern: RegExp, text = body) => pattern.exec(text)?.[1] ?? '';
  const textOf = (kind: string) => timeline.find((entry) => entry.kind === kind)?.text ?? '';
  const openedAt = Date.parse(alarm ?? '');
  const why = (textOf('outcome').split(/: (.*)/)[1] ?? '').trim();
  const signal = textOf('decision');
  const incident = anIncident({
    id: found(/^([0-9a-f]{64})$/m),
    policy: name,
    symptom: found(/: ([a-z-]+) on /, messages[0]?.subject),
    target: { kind: 'instance', id: target.split(' ')[1] ?? '' },
    openedAt,
    alarmName: `healing-${name}`,
    reason: found(/: (Threshold.*)/, signal),
  });
  const attempt = anAttempt({
    summary: textOf('action'),
    remedy: rungs[0]?.remedy ?? '',
    at: Date.parse(rungs[0]?.at ?? ''),
    result: 'recovered',
    why,
    kept: [...body.matchAll(/^> (.*)$/gm)].map(([, line = '']) => line),
  });
  return {
    origin: {
      pipeline: found(/^Pipeline (\w+)/m),
      partition: 'aws',
      account: { id: found(/^account (\d+)/m) },
      region: found(/^account \d+, ([\w-]+)$/m),
    },
    incident,
    policy: aPolicy({ name, symptom: incident.symptom, seen: found(/^(.*) on instance /, signal) }),
    attempts: [attempt],
    end: endFor('healed', why, 1),
    now: Date.parse(end ?? ''),
  };
}
