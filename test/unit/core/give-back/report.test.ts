import { anIncident, aPolicy, HOUR, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { giveBackReport } from '../../../../lambdas/core/give-back/report.ts';

const report = (given: Parameters<typeof aPolicy>[0] = {}, added?: string) =>
  giveBackReport(anIncident(), aPolicy(given), { added, since: NOW - 2 * HOUR }, { reason: 'failed', why: 'AccessDenied' }, NOW);

describe('the report that something could not be given back', () => {
  it('says what, seen, done, not done, why and what to do now', () => {
    expect(report({}, 'raise the capacity of web to 3').body).toBe(
      [
        'instance i-0aaaabbbbccccdddd: what was added against "memory used above 90 %" is still there, or may be.',
        '',
        'SEEN       the incident ended as recovered 2 h ago',
        'DONE       raise the capacity of web to 3',
        'NOT DONE   giving it back',
        'WHY        It could not be given back, or it is not known whether it was.',
        '           AccessDenied',
        'DO NOW     Nothing is urgent: it costs money. Look at the target, and lower it by hand when it is not needed.',
        '',
        `Policy Web-memory, reason failed, incident ${'a'.repeat(64)}`,
      ].join('\n'),
    );
  });

  it('does not claim to know what was added when it could not be read, and names the runbook of the team', () => {
    const { body } = report({ runbook: 'https://wiki.example.com/web' });
    expect(body).toContain('DONE       not known');
    expect(body).toContain('Runbook: https://wiki.example.com/web');
  });

  it('can be filtered by subscribers', () => {
    expect(report().attributes).toEqual({ policy: 'Web-memory', outcome: 'not-given-back', reason: 'failed' });
    expect(report().subject).toBe('[self-healing] NOT GIVEN BACK: memory on instance i-0aaaabbbbccccdddd');
  });
});
