import type { Attempt, Incident } from '../../lambdas/core/incident.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import { type End, endFor } from '../../lambdas/core/reasons.ts';
import { anAttempt, anIncident, aPolicy } from '../../packages/simulation/builders.ts';
import type { ScenarioResult } from '../../rehearsal/report/scenario-result.ts';

/** What a recorded scenario with one act was about, as the report of its end gets it. */
export function recordedIncident({ messages, policy: name, target, timeline, alarm, rungs }: ScenarioResult): {
  readonly incident: Incident;
  readonly policy: Policy;
  readonly attempts: readonly Attempt[];
  readonly end: End;
  readonly now: number;
} {
  const body = messages[0]?.body ?? '';
  const found = (pattern: RegExp) => pattern.exec(body)?.[1] ?? '';
  const textOf = (kind: string) => timeline.find((entry) => entry.kind === kind)?.text ?? '';
  const openedAt = Date.parse(alarm ?? '');
  const why = (textOf('outcome').split(/: (.*)/)[1] ?? '').trim();
  const incident = anIncident({
    id: found(/incident ([0-9a-f]{64})/),
    policy: name,
    symptom: found(/^SEEN/m) === undefined ? '' : (/: ([a-z-]+) on /.exec(messages[0]?.subject ?? '')?.[1] ?? ''),
    target: { kind: 'instance', id: target.split(' ')[1] ?? '' },
    openedAt,
    alarmName: found(/alarm (\S+): Threshold/),
    reason: found(/alarm \S+: (Threshold[^\n]*)/),
  });
  const attempt = anAttempt({
    summary: textOf('action'),
    remedy: rungs[0]?.remedy ?? '',
    at: Date.parse(rungs[0]?.at ?? ''),
    result: 'recovered',
    why,
  });
  return {
    incident,
    policy: aPolicy({ name, symptom: incident.symptom, seen: found(/SEEN {7}(.*), since/) }),
    attempts: [attempt],
    end: endFor('healed', why, 1),
    now: openedAt + Number(found(/\((\d+) s ago\)/)) * 1_000,
  };
}
