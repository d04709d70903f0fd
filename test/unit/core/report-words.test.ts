import { anAttempt, anIncident, aPolicy, aRung, INSTANCE_ID, NOW, waitRung } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { endFor, reasons } from '../../../lambdas/core/reasons.ts';
import { rejectionReport, report } from '../../../lambdas/core/report.ts';

const policy = aPolicy({ ladder: [waitRung, aRung(), aRung({ remedy: 'restart-instance', params: {} })] });
const SEEN = `SEEN       memory used above 90 %, since 2026-11-02T10:19:00.000Z (60 s ago)
           alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater than the threshold (90.0).`;
const FOOT = (reason: string) => `Policy Web-memory, reason ${reason}, incident ${'a'.repeat(64)}`;

describe('the message of an incident, word for word', () => {
  it('that was handed off: what was done, how it went, what was not done and why', () => {
    const attempts = [
      anAttempt({ rung: 0, remedy: 'wait-and-see', summary: 'wait and see', acts: false, result: 'not-recovered', why: 'still there' }),
      anAttempt({ rung: 1, receipt: {} }),
    ];
    const end = endFor('paused', 'the pause switch says: noon', 1);
    expect(report(anIncident(), policy, attempts, end, NOW).body).toBe(`instance ${INSTANCE_ID}: handed off to you.

${SEEN}
DONE       2026-11-02T10:16:00.000Z wait and see: not-recovered (still there)
           2026-11-02T10:16:00.000Z restart service nginx: result not known
NOT DONE   restart-instance, because: paused
WHY        ${reasons.paused.means}
           the pause switch says: noon
DO NOW     ${reasons.paused.doNow}

${FOOT('paused')}`);
  });

  it('that was left alone, with everything not done', () => {
    expect(report(anIncident(), policy, [], endFor('paused', 'noon', 0), NOW).body).toBe(`instance ${INSTANCE_ID}: left alone.

${SEEN}
DONE       nothing
NOT DONE   wait-and-see, restart-service, restart-instance, because: paused
WHY        ${reasons.paused.means}
           noon
DO NOW     ${reasons.paused.doNow}

${FOOT('paused')}`);
  });

  it('that recovered, with the page of the team and nothing under "not done"', () => {
    const given = { ...policy, runbook: 'https://wiki.example.com/web' };
    expect(report(anIncident(), given, [anAttempt()], endFor('healed', 'OK', 1), NOW).body).toBe(`instance ${INSTANCE_ID}: recovered.

${SEEN}
DONE       2026-11-02T10:16:00.000Z restart service nginx: not known whether it took place
WHY        ${reasons.healed.means}
           OK
DO NOW     ${reasons.healed.doNow}
           Runbook: https://wiki.example.com/web

${FOOT('healed')}`);
  });

  it('whose attempts could not be read never says that nothing was done', () => {
    const { body } = report(anIncident(), policy, undefined, endFor('unexpected-error', 'the table is away', 0), NOW);
    expect(body).toContain('\nDONE       not known: the attempts could not be read\nNOT DONE   wait-and-see');
  });

  it('all of whose rungs were tried has nothing under "not done"', () => {
    const tried = [0, 1, 2].map((rung) => anAttempt({ rung, result: 'not-recovered' }));
    expect(report(anIncident(), policy, tried, endFor('ladder-exhausted', 'still there', 1), NOW).body).not.toContain('NOT DONE');
  });
});

it('the message of an event that opened no incident, word for word', () => {
  expect(
    rejectionReport(policy, endFor('late-event', '20 min old', 0), 'an event of policy Web-memory').body,
  ).toBe(`SEEN       an event of policy Web-memory
DONE       nothing
WHY        ${reasons['late-event'].means}
           20 min old
DO NOW     ${reasons['late-event'].doNow}`);
});
