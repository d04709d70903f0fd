import { anAttempt, anIncident, aPolicy, aRung, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { Breaker } from '../../../lambdas/core/circuit-breaker.ts';
import type { ModeOverride } from '../../../lambdas/core/mode.ts';
import { type End, endFor, reasons, type Witness } from '../../../lambdas/core/reasons.ts';
import { rejectionReport, report, subject, unknownPolicyReport } from '../../../lambdas/core/report.ts';

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
    expect(rejectionReport(aPolicy(), endFor('late-event', '3 h ago', 0), 'an old event')).toEqual({
      subject: '[self-healing] NOT HEALED: late-event for policy Web-memory',
      body: [
        'SEEN       an old event',
        'DONE       nothing',
        `WHY        ${reasons['late-event'].means}`,
        '           3 h ago',
        `DO NOW     ${reasons['late-event'].doNow}`,
      ].join('\n'),
      attributes: { policy: 'Web-memory', outcome: 'skipped', reason: 'late-event' },
    });
  });

  it('about a policy that was not deployed repeats nothing of it but its name', () => {
    expect(unknownPolicyReport('Web-forged', endFor('unknown-policy', 'its digest is another', 0))).toEqual({
      subject: '[self-healing] NOT HEALED: unknown-policy Web-forged',
      body: [
        'SEEN       an event under a policy Web-forged',
        'DONE       nothing',
        `WHY        ${reasons['unknown-policy'].means}`,
        '           its digest is another',
        `DO NOW     ${reasons['unknown-policy'].doNow}`,
        '           If an alarm stands behind it, look at its target.',
      ].join('\n'),
      attributes: { policy: 'Web-forged', outcome: 'skipped', reason: 'unknown-policy' },
    });
  });

  it.each([
    ['line breaks', '\na\r\nBcc: everybody\n', 'a Bcc: everybody'],
    ['other alphabets', 'Größe', 'Gr e'],
    ['too much text', 'x'.repeat(300), 'x'.repeat(99)],
  ])('has a subject that SNS accepts in spite of %s', (_, given, expected) => {
    expect(subject(given)).toBe(expected);
  });
});

describe('the lines of a message that only some have', () => {
  const seen = [
    'SEEN       memory used above 90 %, since 2026-11-02T10:19:00.000Z (60 s ago)',
    '           alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater than the threshold (90.0).',
  ];
  const last = (reason: string) => ['', `Policy Web-memory, reason ${reason}, incident ${'a'.repeat(64)}`];
  const recovered = anAttempt({ result: 'recovered' });
  const linesOf = (...given: Parameters<typeof report>) => report(...given).body.split('\n');

  it('are the open breaker, what is given back later, and how to undo a stricter mode', () => {
    const breaker: Breaker = { state: 'open', since: NOW, until: NOW + 60_000, why: '3 repairs failed' };
    const demotion: ModeOverride = { mode: 'approval', why: '3 repairs failed', at: NOW, by: 'self-healing' };
    const later = { at: NOW + 60_000, summaries: ['one instance of web', 'a second one'] };
    expect(linesOf(anIncident(), aPolicy(), [recovered], endFor('healed', 'OK', 1), NOW, { breaker, demotion, later })).toEqual([
      `instance ${INSTANCE_ID}: recovered.`,
      '',
      ...seen,
      'DONE       2026-11-02T10:16:00.000Z restart service nginx: recovered',
      `WHY        ${reasons.healed.means}`,
      '           OK',
      'BREAKER    open: nothing more is done under policy Web-memory until 2026-11-02T10:21:00.000Z, since 3 repairs failed',
      `DO NOW     ${reasons.healed.doNow}`,
      'LATER      from 2026-11-02T10:21:00.000Z on, if the symptom stays away, gives back: one instance of web',
      'LATER      from 2026-11-02T10:21:00.000Z on, if the symptom stays away, gives back: a second one',
      'FROM NOW   the policy asks before it acts, because of this failure. To let it act by itself again:',
      '           self-healing-pipeline promote Web-memory',
      ...last('healed'),
    ]);
  });

  it('are not there for a closed breaker', () => {
    const breaker: Breaker = { state: 'closed', failures: [{ incident: 'a'.repeat(64), at: NOW }] };
    expect(linesOf(anIncident(), aPolicy(), [recovered], endFor('healed', 'OK', 1), NOW, { breaker })).toEqual([
      `instance ${INSTANCE_ID}: recovered.`,
      '',
      ...seen,
      'DONE       2026-11-02T10:16:00.000Z restart service nginx: recovered',
      `WHY        ${reasons.healed.means}`,
      '           OK',
      `DO NOW     ${reasons.healed.doNow}`,
      ...last('healed'),
    ]);
  });

  it('say nothing of remedies that were not done when every one was', () => {
    const failed = anAttempt({ result: 'not-recovered', why: 'alarm is ALARM' });
    expect(linesOf(anIncident(), aPolicy(), [failed], endFor('ladder-exhausted', 'none helped', 1), NOW)).toEqual([
      `instance ${INSTANCE_ID}: handed off to you.`,
      '',
      ...seen,
      'DONE       2026-11-02T10:16:00.000Z restart service nginx: not-recovered (alarm is ALARM)',
      `WHY        ${reasons['ladder-exhausted'].means}`,
      '           none helped',
      `DO NOW     ${reasons['ladder-exhausted'].doNow}`,
      ...last('ladder-exhausted'),
    ]);
  });

  it('say that the attempts could not be read, and name all remedies as not done', () => {
    expect(linesOf(anIncident(), aPolicy(), undefined, endFor('unexpected-error', 'crash', 1), NOW).slice(4, 6)).toEqual([
      'DONE       not known: the attempts could not be read',
      'NOT DONE   restart-service, because: unexpected-error',
    ]);
  });

  it('tell an act whose end nobody saw from one of which nobody knows whether it began', () => {
    const attempts = [anAttempt({ receipt: 'command' }), anAttempt({ rung: 1 })];
    expect(linesOf(anIncident(), aPolicy(), attempts, endFor('unexpected-error', 'crash', 1), NOW).slice(4, 6)).toEqual([
      'DONE       2026-11-02T10:16:00.000Z restart service nginx: result not known',
      '           2026-11-02T10:16:00.000Z restart service nginx: not known whether it took place',
    ]);
  });

  it.each<[string, Witness, string]>([
    [
      'people were told',
      { kind: 'storm', id: 'Web', at: NOW },
      'FOLLOWS    storm Web, of which people were told at 2026-11-02T10:20:00.000Z',
    ],
    ['they will be told', { kind: 'incident', id: 'b'.repeat(64) }, `FOLLOWS    incident ${'b'.repeat(64)}`],
  ])('name the witness of a silent end: %s', (_, witness, line) => {
    const lines = linesOf(anIncident(), aPolicy(), [], endFor('paused', 'noon', 0, witness), NOW);
    expect(lines.filter((each) => each.startsWith('FOLLOWS'))).toEqual([line]);
    expect(lines.indexOf(line)).toBe(lines.indexOf('           noon') + 1);
  });

  it('say that it is still so, where people were told of the same before', () => {
    const told = [
      { reason: 'cooldown', id: 'b'.repeat(64), at: NOW - 60_000 },
      { reason: 'paused', id: 'c'.repeat(64), at: NOW - 120_000 },
    ];
    const still = (reason: 'paused' | 'excluded', follows: NonNullable<Parameters<typeof report>[0]['follows']>) =>
      linesOf(anIncident({ follows }), aPolicy(), [], endFor(reason, '', 0), NOW).filter((line) => line.startsWith('STILL SO'));
    const follows = { id: 'b'.repeat(64), reason: 'cooldown', told } as const;
    expect(still('paused', { ...follows, told })).toEqual([
      `STILL SO   as people were told at 2026-11-02T10:18:00.000Z (incident ${'c'.repeat(64)}); said again once a day`,
    ]);
    expect(still('excluded', { ...follows, told })).toEqual([]);
    expect(still('paused', { id: follows.id, reason: follows.reason })).toEqual([]);
  });

  it.each<[string, End, ReturnType<typeof aPolicy>, string, string]>([
    [
      'many members where the lead of a storm speaks',
      { ...endFor('storm', '10 of 50', 0), details: ['MEMBERS    10'] },
      aPolicy(),
      `many members of Web: handed off to you as one incident with a common cause; instance ${INSTANCE_ID} speaks for all.`,
      '[self-healing] NEEDS YOU: memory on many members of Web',
    ],
    [
      'the target, where it is its own group',
      { ...endFor('storm', '1 of 1', 0), details: ['MEMBERS    1'] },
      aPolicy({ group: { kind: 'single', target: { kind: 'database', id: 'orders' } } }),
      `database orders: handed off to you as one incident with a common cause; instance ${INSTANCE_ID} speaks for all.`,
      '[self-healing] NEEDS YOU: memory on database orders',
    ],
    [
      'its one target where it speaks for itself in a storm',
      endFor('storm', '10 of 50', 0),
      aPolicy(),
      `instance ${INSTANCE_ID}: handed off to you.`,
      `[self-healing] NEEDS YOU: memory on instance ${INSTANCE_ID}`,
    ],
    [
      'its one target where another end has details',
      { ...endFor('paused', 'noon', 0), details: ['MORE       of it'] },
      aPolicy(),
      `instance ${INSTANCE_ID}: left alone.`,
      `[self-healing] NOT HEALED: memory on instance ${INSTANCE_ID}`,
    ],
  ])('begin with %s', (_, end, policy, first, title) => {
    const { body, subject: line } = report(anIncident(), policy, [], end, NOW);
    expect(body.split('\n')[0]).toBe(first);
    expect(line).toBe(title);
    expect(body.split('\n').slice(4, 5)).toEqual(end.details ?? ['DONE       nothing']);
  });
});
