import { ALARM_NAME, anIncident, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { incidentLine } from '../../../lambdas/core/history-line.ts';

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
