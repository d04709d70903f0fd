import { anAttempt, anIncident, aPolicy, aRung, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { endFor } from '../../../lambdas/core/reasons.ts';
import { rejectionReport, report, subject } from '../../../lambdas/core/report.ts';

describe('a message', () => {
  it('names the event, not an alarm, where the database itself shows the symptom', () => {
    const incident = anIncident({ alarmName: 'RDS-EVENT-0221', reason: 'The storage is full.' });
    const { body } = report(
      incident,
      aPolicy({ evidence: { kind: 'database-status' } }),
      [],
      endFor('ladder-exhausted', 'none helped', 0),
      NOW,
    );
    expect(body).toContain('\n           event RDS-EVENT-0221: The storage is full.\n');
  });

  it('tells a tired person what was seen, done, not done and why, and what to do now', () => {
    const policy = aPolicy({ ladder: [aRung({ remedy: 'clear-caches', params: {} }), aRung()], runbook: 'https://wiki.example.com/web' });
    const attempts = [
      anAttempt({ remedy: 'clear-caches', summary: 'clear old temporary files', result: 'not-recovered', why: 'alarm is ALARM' }),
    ];

    const { body } = report(anIncident(), policy, attempts, endFor('attempts-used-up', '5 are allowed', 1), NOW);

    expect(body.split('\n')).toEqual([
      `instance ${INSTANCE_ID}: handed off to you.`,
      '',
      'SEEN       memory used above 90 %, since 2026-11-02T10:19:00.000Z (60 s ago)',
      '           alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater than the threshold (90.0).',
      'DONE       2026-11-02T10:16:00.000Z clear old temporary files: not-recovered (alarm is ALARM)',
      'NOT DONE   restart-service, because: attempts-used-up',
      'WHY        The target already had as many attempts as the policy allows in the period.',
      '           5 are allowed',
      'DO NOW     Find the cause: the repairs do not last.',
      '           Runbook: https://wiki.example.com/web',
      '',
      `Policy Web-memory, reason attempts-used-up, incident ${'a'.repeat(64)}`,
    ]);
  });

  it('says so when nothing was done', () => {
    const { body } = report(anIncident(), aPolicy(), [], endFor('paused', 'noon', 0), NOW);
    expect(body).toContain('left alone.');
    expect(body).toContain('DONE       nothing');
    expect(body).toContain('NOT DONE   restart-service, because: paused');
  });

  it('says so when it is not known whether an act took place', () => {
    const { body } = report(anIncident(), aPolicy(), [anAttempt()], endFor('unexpected-error', 'crash', 1), NOW);
    expect(body).toContain('restart service nginx: not known whether it took place');
  });

  it('lists nothing as not done when the target recovered', () => {
    const policy = aPolicy({ ladder: [aRung(), aRung()] });
    const { body, subject: line } = report(anIncident(), policy, [anAttempt({ result: 'recovered' })], endFor('healed', 'OK', 1), NOW);
    expect(body).not.toContain('NOT DONE');
    expect(line).toBe(`[self-healing] RECOVERED: memory on instance ${INSTANCE_ID}`);
  });

  it('carries what subscriptions filter by', () => {
    expect(report(anIncident(), aPolicy(), [], endFor('paused', '', 0), NOW).attributes).toEqual({
      policy: 'Web-memory',
      outcome: 'skipped',
      reason: 'paused',
    });
  });

  it('about an event that opened no incident says that nothing was done', () => {
    const message = rejectionReport(aPolicy(), endFor('late-event', '3 h ago', 0), 'an old event');
    expect(message.subject).toBe('[self-healing] NOT HEALED: late-event for policy Web-memory');
    expect(message.body).toContain('DONE       nothing');
  });

  it.each([
    ['line breaks', 'a\r\nBcc: everybody', 'a Bcc: everybody'],
    ['other alphabets', 'Größe', 'Gr e'],
    ['too much text', 'x'.repeat(300), 'x'.repeat(99)],
  ])('has a subject that SNS accepts in spite of %s', (_, given, expected) => {
    expect(subject(given)).toBe(expected);
  });
});
