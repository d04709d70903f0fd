import { MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { keptOf, type Progress, type SymptomReading, verify } from '../../../lambdas/core/verification.ts';

const done: Progress = { kind: 'done' };
const running: Progress = { kind: 'running', why: 'the command is In Progress' };
const gone: SymptomReading = { kind: 'gone', why: 'alarm is OK' };
const present: SymptomReading = { kind: 'present', why: 'alarm is ALARM' };
const unseen: SymptomReading = { kind: 'unknown', why: 'no data' };
const times = { verifyBy: NOW + 4 * MINUTE, probation: { minutes: 3 }, lookEvery: { seconds: 30 } };
const flying = { ...times, flightEnds: NOW + 10 * MINUTE, settle: { seconds: 30 } };

describe('the progress that is kept', () => {
  const said = { detail: 'stdout: password', withoutOutput: 'exit code 1' };
  const all: readonly Progress[] = [
    { kind: 'done', detail: 'stdout', targetReplaced: true },
    { kind: 'failed', why: 'exit code 1: stderr', untouched: 'refused', ...said },
    { kind: 'failed', why: 'timed out' },
    { kind: 'left-alone', why: 'exit code 1: stderr', ...said },
    { kind: 'stopped', why: 'exit code 1: stderr', ...said },
    { kind: 'running', why: 'in progress' },
    { kind: 'unknown', why: 'interrupted' },
  ];

  it('is all of it, unless the policy keeps no output of machines', () => {
    expect(all.map((each) => keptOf(each, undefined))).toEqual(all);
  });

  it('is without the words of the machine where the policy keeps none', () => {
    expect(all.map((each) => keptOf(each, false))).toStrictEqual([
      { kind: 'done', targetReplaced: true },
      { kind: 'failed', why: 'exit code 1', untouched: 'refused' },
      { kind: 'failed', why: 'timed out' },
      { kind: 'left-alone', why: 'exit code 1' },
      { kind: 'stopped', why: 'exit code 1' },
      { kind: 'running', why: 'in progress' },
      { kind: 'unknown', why: 'interrupted' },
    ]);
  });
});

describe('verifying an attempt', () => {
  it('says while it waits what it sees', () => {
    expect(verify(done, present, times, NOW)).toStrictEqual({
      kind: 'not-yet',
      lookAgainAt: NOW + 30 * SECOND,
      verifyBy: NOW + 4 * MINUTE,
      why: 'the symptom is present: alarm is ALARM',
    });
    expect(verify(done, gone, times, NOW)).toMatchObject({ why: 'on probation: alarm is OK' });
  });

  it('begins the probation when the act is done and the symptom gone', () => {
    expect(verify(done, gone, times, NOW)).toMatchObject({ kind: 'not-yet', goneSince: NOW, lookAgainAt: NOW + 30 * SECOND });
  });

  it('recovers when the symptom stayed gone for the probation', () => {
    expect(verify(done, gone, { ...times, goneSince: NOW - 3 * MINUTE }, NOW)).toEqual({
      kind: 'recovered',
      why: 'alarm is OK, and it stayed so for 3 min',
    });
  });

  it('recovers at once when there is no probation', () => {
    expect(verify(done, gone, { ...times, probation: { seconds: 0 } }, NOW).kind).toBe('recovered');
  });

  it('lets a probation that began in time end after the deadline', () => {
    const late = { ...times, verifyBy: NOW - MINUTE, goneSince: NOW - 2 * MINUTE };
    expect(verify(done, gone, late, NOW)).toMatchObject({ kind: 'not-yet', goneSince: NOW - 2 * MINUTE });
  });

  it('looks again only at the end of the probation where the alarm says since when it is OK', () => {
    const told = { ...gone, okSince: NOW - MINUTE };
    expect(verify(done, told, times, NOW)).toStrictEqual({
      kind: 'not-yet',
      lookAgainAt: NOW + 3 * MINUTE,
      verifyBy: times.verifyBy,
      unwatchedSince: NOW,
      why: 'on probation: alarm is OK',
    });
    const unwatched = { ...times, unwatchedSince: NOW - 3 * MINUTE };
    expect(verify(done, { ...told, okSince: NOW - 4 * MINUTE }, unwatched, NOW).kind).toBe('recovered');
  });

  it('begins the probation anew where the alarm was in ALARM during an unwatched one', () => {
    const broke = { ...gone, okSince: NOW - MINUTE };
    const unwatched = { ...times, unwatchedSince: NOW - 3 * MINUTE };
    expect(verify(done, broke, unwatched, NOW)).toMatchObject({ lookAgainAt: NOW + 2 * MINUTE, unwatchedSince: NOW - MINUTE });
  });

  it('gives up where the alarm was not OK during an unwatched probation, and went OK again only after the deadline', () => {
    const unwatched = { ...times, verifyBy: NOW - 2 * MINUTE, unwatchedSince: NOW - 3 * MINUTE };
    expect(verify(done, { ...gone, okSince: NOW - MINUTE }, unwatched, NOW)).toEqual({
      kind: 'not-recovered',
      why: 'the alarm was not OK in between, and is again since 2026-11-02T10:19:00.000Z: alarm is OK',
    });
    expect(verify(done, { ...gone, okSince: NOW - 2 * MINUTE }, unwatched, NOW)).toMatchObject({
      kind: 'not-yet',
      lookAgainAt: NOW + MINUTE,
      unwatchedSince: NOW - 2 * MINUTE,
    });
  });

  it('goes by looks where an alarm that watches others, too, was not OK during an unwatched probation', () => {
    const shared = { ...gone, okSince: NOW - MINUTE, watchesOthers: true } as const;
    const unwatched = { ...times, verifyBy: NOW - 2 * MINUTE, unwatchedSince: NOW - 3 * MINUTE };
    expect(verify(done, shared, times, NOW)).toMatchObject({ unwatchedSince: NOW, lookAgainAt: NOW + 3 * MINUTE });
    expect(verify(done, { ...shared, okSince: NOW - 4 * MINUTE }, unwatched, NOW).kind).toBe('recovered');
    const looked = verify(done, shared, unwatched, NOW);
    expect(looked).toMatchObject({ kind: 'not-yet', goneSince: NOW, lookAgainAt: NOW + 30 * SECOND });
    expect(looked).not.toHaveProperty('unwatchedSince');
    const watched = { ...times, verifyBy: NOW - 2 * MINUTE, goneSince: NOW - MINUTE };
    expect(verify(done, { ...shared, okSince: NOW }, watched, NOW)).toMatchObject({ goneSince: NOW - MINUTE });
    expect(verify(done, shared, { ...watched, goneSince: NOW - 3 * MINUTE }, NOW).kind).toBe('recovered');
  });

  it('begins the probation anew where nothing tells of an unwatched one', () => {
    const unwatched = { ...times, unwatchedSince: NOW - 3 * MINUTE };
    expect(verify(done, gone, unwatched, NOW)).toMatchObject({ kind: 'not-yet', goneSince: NOW, lookAgainAt: NOW + 30 * SECOND });
    expect(verify(done, present, unwatched, NOW)).not.toHaveProperty('unwatchedSince');
  });

  it('looks as usual where the act may be under way, whatever the alarm says', () => {
    const told = { ...gone, okSince: NOW - MINUTE };
    const unknown: Progress = { kind: 'unknown', why: 'interrupted' };
    expect(verify(unknown, told, { ...times, flightEnds: NOW + 10 * MINUTE }, NOW)).toMatchObject({ goneSince: NOW });
  });

  it('looks at the end of a probation when the datapoint is there that proves it', () => {
    const reporting = { ...gone, okSince: NOW - MINUTE, reportedAt: NOW - MINUTE };
    expect(NOW % MINUTE).toBe(0);
    expect(verify(done, reporting, times, NOW + SECOND)).toMatchObject({ lookAgainAt: NOW + 5 * MINUTE + 5 * SECOND });
    const often = { ...times, lookEvery: { seconds: 1 } };
    expect(verify(done, reporting, often, NOW + SECOND)).toMatchObject({ lookAgainAt: NOW + 3 * MINUTE + 6 * SECOND });
    const over = { ...times, unwatchedSince: NOW - 3 * MINUTE };
    expect(verify(done, { ...reporting, okSince: NOW - 5 * MINUTE }, over, NOW)).toMatchObject({
      kind: 'not-yet',
      unwatchedSince: NOW - 3 * MINUTE,
      lookAgainAt: NOW + 30 * SECOND,
    });
  });

  it('looks exactly at the end of the probation when that comes before the next look', () => {
    const almost = { ...times, goneSince: NOW - 3 * MINUTE + 5 * SECOND };
    expect(verify(done, gone, almost, NOW)).toMatchObject({ lookAgainAt: NOW + 5 * SECOND });
  });

  it.each([
    ['the symptom is still there', done, present],
    ['the symptom cannot be seen', done, unseen],
    ['the symptom is gone but the act still runs', running, gone],
    ['the act still runs', running, present],
  ])('looks again, without a probation, while there is time and %s', (_, progress, symptom) => {
    const answer = verify(progress, symptom, { ...flying, goneSince: NOW - MINUTE }, NOW);

    expect(answer).toMatchObject({ kind: 'not-yet', lookAgainAt: NOW + 30 * SECOND });
    expect(answer).not.toHaveProperty('goneSince');
  });

  it.each([
    ['the symptom is still there', done, present, 'alarm is ALARM'],
    ['the symptom cannot be seen', done, unseen, 'no data'],
  ])('gives up at the deadline when %s', (_, progress, symptom, why) => {
    const answer = verify(progress, symptom, { ...times, verifyBy: NOW }, NOW);

    expect(answer.kind).toBe('not-recovered');
    expect(answer.why).toContain(why);
  });

  describe('while the act is under way', () => {
    const due = { ...flying, verifyBy: NOW };
    const unknown: Progress = { kind: 'unknown', why: 'its answer was lost' };

    it.each([
      ['runs', running, present],
      ['runs, though the symptom is gone', running, gone],
      ['may run, since its answer was lost', unknown, present],
      ['may run, though the symptom was gone for the probation', unknown, gone],
    ])('judges nothing, whatever the deadline says, when it %s', (_, progress, symptom) => {
      const given = { ...due, goneSince: NOW - 3 * MINUTE };
      expect(verify(progress, symptom, given, NOW)).toMatchObject({ kind: 'not-yet', lookAgainAt: NOW + 30 * SECOND });
    });

    it('gives the symptom its settle time and as long as a probation after an act that ends late', () => {
      const seen = verify(running, present, due, NOW);
      expect(seen).toMatchObject({ verifyBy: NOW + 30 * SECOND + 3 * MINUTE });
      const settling = verify(running, present, { ...due, settle: { minutes: 5 } }, NOW);
      expect(settling).toMatchObject({ verifyBy: NOW + 30 * SECOND + 5 * MINUTE });
    });

    it('says so, and for an act without a settle time counts the probation alone', () => {
      const { settle: _, ...unsettled } = due;
      expect(verify(running, present, unsettled, NOW)).toStrictEqual({
        kind: 'not-yet',
        lookAgainAt: NOW + 30 * SECOND,
        verifyBy: NOW + 30 * SECOND + 3 * MINUTE,
        why: 'the remedy is still running: the command is In Progress',
      });
    });

    it('says that the act may be under way when the probation is over before that is known', () => {
      expect(verify(unknown, gone, { ...due, flightEnds: NOW + SECOND, goneSince: NOW - 3 * MINUTE }, NOW)).toStrictEqual({
        kind: 'not-yet',
        lookAgainAt: NOW + SECOND,
        verifyBy: NOW,
        goneSince: NOW - 3 * MINUTE,
        why: 'alarm is OK, but the act may be under way',
      });
    });

    it('says of one that ran for longer than it may take that it did', () => {
      const over = { ...due, flightEnds: NOW };
      const why = 'the command is In Progress; that is longer than it may take; the symptom is present: alarm is ALARM';
      expect(verify(running, present, over, NOW)).toEqual({ kind: 'not-recovered', why });
      expect(verify(running, present, { ...over, verifyBy: NOW + MINUTE }, NOW)).toMatchObject({ kind: 'not-yet', why });
    });

    it('keeps the deadline of one that ends early', () => {
      expect(verify(running, present, { ...flying, verifyBy: NOW + 9 * MINUTE }, NOW)).toMatchObject({ verifyBy: NOW + 9 * MINUTE });
    });

    it('looks when its longest time has passed, and then lets the symptom decide, whatever AWS says', () => {
      expect(verify(running, present, { ...due, flightEnds: NOW + SECOND }, NOW)).toMatchObject({ lookAgainAt: NOW + SECOND });
      const over = { ...due, flightEnds: NOW };
      expect(verify(running, present, over, NOW)).toMatchObject({ kind: 'not-recovered' });
      expect(verify(running, gone, { ...over, goneSince: NOW - 3 * MINUTE }, NOW).kind).toBe('recovered');
      expect(verify(running, present, { ...over, verifyBy: NOW + MINUTE }, NOW).kind).toBe('not-yet');
    });

    it('waits no longer for one that is known to have ended', () => {
      expect(verify(done, present, due, NOW).kind).toBe('not-recovered');
      expect(verify(done, present, { ...flying, flightEnds: NOW + SECOND }, NOW)).toMatchObject({ lookAgainAt: NOW + 30 * SECOND });
    });
  });

  describe('of an act that failed', () => {
    const failed: Progress = { kind: 'failed', why: 'exit code 1' };

    it('lets the symptom decide, since it may have been done in part', () => {
      expect(verify(failed, gone, times, NOW)).toMatchObject({ kind: 'not-yet', goneSince: NOW });
      expect(verify(failed, gone, { ...times, goneSince: NOW - 3 * MINUTE }, NOW).kind).toBe('recovered');
    });

    it('gives the symptom until the deadline', () => {
      expect(verify(failed, present, times, NOW).kind).toBe('not-yet');
      expect(verify(failed, present, { ...times, verifyBy: NOW }, NOW)).toEqual({
        kind: 'not-recovered',
        why: 'the remedy failed: exit code 1',
      });
    });

    it.each([{ untouched: 'refused' }, { untouched: 'not-taken' }, { hopeless: true }] as const)(
      'gives up at once when nothing can have come of it (%j), unless the symptom is gone',
      (more) => {
        expect(verify({ ...failed, ...more }, present, times, NOW).kind).toBe('not-recovered');
        expect(verify({ ...failed, ...more }, gone, times, NOW)).toMatchObject({ kind: 'not-yet', goneSince: NOW });
      },
    );
  });

  it('believes the symptom when nobody knows whether the act took place', () => {
    const unknown: Progress = { kind: 'unknown', why: 'interrupted' };
    expect(verify(unknown, gone, { ...times, goneSince: NOW - 3 * MINUTE }, NOW).kind).toBe('recovered');
    expect(verify(unknown, present, { ...times, verifyBy: NOW }, NOW).kind).toBe('not-recovered');
  });

  it.each([
    ['there was nothing to do', { kind: 'left-alone', why: 'it is up' }],
    ['nothing more is done, since somebody stopped the act', { kind: 'stopped', why: 'Cancelled' }],
  ] as const)('leaves to a person what stays though %s', (_, progress) => {
    expect(verify(progress, present, times, NOW).kind).toBe('not-yet');
    expect(verify(progress, present, { ...times, verifyBy: NOW }, NOW)).toEqual({ kind: 'left-alone', why: progress.why });
    expect(verify(progress, gone, { ...times, goneSince: NOW - 3 * MINUTE }, NOW).kind).toBe('recovered');
  });

  it('takes nobody for recovered who has not reported since the end of the probation: the dead have no symptom either', () => {
    const times3 = { ...times, goneSince: NOW - 3 * MINUTE };
    expect(verify(done, { ...gone, reportedAt: NOW }, times3, NOW).kind).toBe('recovered');
    expect(verify(done, { ...gone, reportedAt: NOW - 1 }, times3, NOW)).toMatchObject({
      kind: 'not-yet',
      goneSince: NOW - 3 * MINUTE,
      lookAgainAt: NOW + 30 * SECOND,
      why: 'on probation: alarm is OK; waits for it to report of after 2026-11-02T10:20:00.000Z',
    });
    const late = NOW + MINUTE;
    expect(verify(done, { ...gone, reportedAt: NOW - 1 }, { ...times3, verifyBy: NOW }, late).kind).toBe('not-yet');
    expect(verify(done, { ...gone, reportedAt: NOW }, { ...times3, verifyBy: NOW }, late).kind).toBe('recovered');
  });

  it('asks no report of a target that was replaced on purpose', () => {
    const replaced: Progress = { kind: 'done', targetReplaced: true };
    const reading = { ...gone, reportedAt: NOW - 4 * MINUTE };
    expect(verify(replaced, reading, { ...times, goneSince: NOW - 3 * MINUTE }, NOW).kind).toBe('recovered');
  });

  it('never looks later than the deadline', () => {
    expect(verify(done, present, { ...times, verifyBy: NOW + SECOND }, NOW)).toMatchObject({ lookAgainAt: NOW + SECOND });
  });

  describe('of a target that was replaced on purpose', () => {
    const replaced: Progress = { kind: 'done', targetReplaced: true };
    const silent: SymptomReading = { kind: 'unknown', silent: true, why: 'it has not reported' };
    const atTheEnd = { ...times, goneSince: NOW - 3 * MINUTE };

    it('takes its silence for recovery, after the probation', () => {
      expect(verify(replaced, silent, times, NOW)).toMatchObject({ kind: 'not-yet', goneSince: NOW });
      expect(verify(replaced, silent, atTheEnd, NOW)).toEqual({
        kind: 'recovered',
        why: 'the target was replaced and its symptom is not there (it has not reported), and it stayed so for 3 min',
      });
    });

    it.each([
      ['the alarm cannot be read', replaced, unseen],
      ['the symptom is present', replaced, present],
      ['the replacement still runs', running, silent],
      ['the act replaced nothing', done, silent],
      ['it is not known whether the act took place', { kind: 'unknown', why: 'interrupted' } as const, silent],
    ])('recovers from nothing while %s', (_, progress, symptom) => {
      expect(verify(progress, symptom, atTheEnd, NOW)).not.toHaveProperty('goneSince');
      expect(verify(progress, symptom, { ...atTheEnd, verifyBy: NOW }, NOW).kind).toBe('not-recovered');
    });
  });
});
