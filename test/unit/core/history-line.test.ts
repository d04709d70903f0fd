import { ALARM_NAME, anIncident, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { incidentLine, redactedLine } from '../../../lambdas/core/history-line.ts';

it('a line about an incident has the fields by which it is found, and what is told besides', () => {
  expect(incidentLine('acted', anIncident(), 'restart service nginx', NOW, { rung: 0 })).toEqual({
    at: '2026-11-02T10:20:00.000Z',
    kind: 'acted',
    policy: 'Web-memory',
    text: 'restart service nginx',
    incident: 'a'.repeat(64),
    symptom: 'memory',
    target: `instance ${INSTANCE_ID}`,
    alarm: ALARM_NAME,
    rung: 0,
  });
});

it('what its target is called is no secret of a line, and what follows is looked at', () => {
  const line = incidentLine('signal', anIncident({ target: { kind: 'database', id: 'auth' } }), '', NOW, { event: 'token: hunter2' });
  const text = 'memory on database auth: password: hunter2 x';
  expect(redactedLine({ ...line, text })).toEqual({ ...line, text: text.replace('hunter2', '[redacted]'), event: 'token: [redacted]' });
});

it.each(['policy Shop-auth: 3of4 looks failed', 'alarm shop-token: x1 datapoint', 'database auth: 10of10 sessions wait'])(
  'nor is what its policy and its alarm are called: %s',
  (text) => {
    const incident = anIncident({ policy: 'Shop-auth', alarmName: 'shop-token', target: { kind: 'database', id: 'auth' } });
    expect(redactedLine(incidentLine('outcome', incident, text, NOW)).text).toBe(text);
  },
);
