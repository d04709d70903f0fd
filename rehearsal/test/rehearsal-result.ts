import type { RehearsalResult, ScenarioResult, TimelineKind } from '../report/scenario-result.ts';

/** Seconds after the start of the sample rehearsal, as the ISO time that results hold. */
export function at(seconds: number): string {
  return new Date(Date.parse('2026-11-02T10:00:00.000Z') + seconds * 1000).toISOString();
}

/** A scenario in which two rungs were needed. */
export function aScenario(overrides: Partial<ScenarioResult> = {}): ScenarioResult {
  return {
    name: 'memory-leak',
    title: 'The web service leaks memory',
    policy: 'Web memory',
    target: 'i-0aaaabbbbccccdddd',
    outcome: 'recovered',
    reason: 'symptom-gone',
    expected: { outcome: 'recovered', reason: 'symptom-gone' },
    passed: true,
    rungs: [
      { rung: 1, remedy: 'clear-caches', at: at(5.2), result: 'not recovered: memory still at 94.1 %' },
      { rung: 2, remedy: 'restart-service', at: at(13.4), result: 'recovered' },
    ],
    fault: at(0),
    alarm: at(4.1),
    firstAction: at(5.2),
    end: at(21.9),
    timeline: timeline([
      [0, 'fault', 'The service begins to leak 20 MB a second'],
      [4.1, 'alarm', 'healing-web-memory: contributor i-0aaaabbbbccccdddd in ALARM'],
      [4.6, 'decision', 'remediate with rung 1, clear-caches'],
      [5.2, 'action', 'ssm:SendCommand Heal-ClearCaches'],
      [9.3, 'verification', 'not recovered: memory still at 94.1 %'],
      [12.8, 'decision', 'remediate with rung 2, restart-service'],
      [13.4, 'action', 'ssm:SendCommand Heal-RestartService web'],
      [17.6, 'verification', 'not yet: the alarm is OK, probation until 21.5 s'],
      [21.6, 'verification', 'recovered'],
      [21.9, 'outcome', 'recovered after 2 attempts'],
      [22.1, 'message', 'Recovered: memory on i-0aaaabbbbccccdddd'],
    ]),
    messages: [
      {
        at: at(22.1),
        subject: 'Recovered: memory on i-0aaaabbbbccccdddd after restart-service',
        body: 'Target: i-0aaaabbbbccccdddd\nSeen: mem_used_percent above 90 % for 3 minutes.\nDone: cleared caches (no effect), then restarted the service "web".\nNot done: replace-instance, because it was not needed.\nNow: nothing. Look at the service if this comes back.\n',
      },
    ],
    acts: [
      { at: at(5.2), call: 'ssm:SendCommand Heal-ClearCaches on i-0aaaabbbbccccdddd' },
      { at: at(13.4), call: 'ssm:SendCommand Heal-RestartService {"Service":["web"]} on i-0aaaabbbbccccdddd' },
    ],
    real: ['The memory, the service and both documents, on a systemd node.'],
    simulated: ['Run Command, which hands the documents to the node.'],
    ...overrides,
  };
}

export function timeline(entries: readonly (readonly [seconds: number, kind: TimelineKind, text: string])[]): ScenarioResult['timeline'] {
  return entries.map(([seconds, kind, text]) => ({ at: at(seconds), kind, text }));
}

export function aRehearsal(scenarios: readonly ScenarioResult[], overrides: Partial<RehearsalResult> = {}): RehearsalResult {
  return {
    startedAt: at(-60),
    endedAt: at(84),
    exitCode: 0,
    durationSeconds: 144,
    timeScale: 30,
    versions: { ministack: '1.5.33', 'aws-cdk': '2.1148.1', node: '24.21.0' },
    scenarios,
    simulated: ['CloudWatch evaluates alarms at the gateway, thirty times faster than AWS.', 'IAM is not enforced by the local AWS.'],
    nodes: { how: 'systemd-nspawn' },
    ...overrides,
  };
}
