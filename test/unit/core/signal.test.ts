import { describe, expect, it } from 'vitest';
import { isRejection, parseSignal } from '../../../lambdas/core/signal.ts';
import { sweepSource } from '../../../lambdas/core/sweep-source.ts';
import { sampleAlarm, sampleEvent } from '../../support/sample-events.ts';

const ENTERED_ALARM_AT = Date.parse('2026-11-02T10:19:40.989Z');

describe('reading an event', () => {
  it.each(['metric-alarm', 'metric-math-alarm', 'anomaly-alarm', 'log-alarm'])('makes a signal of a %s', (name) => {
    const event = sampleEvent(name) as { id: string; detail: { alarmName: string; state: { reason: string } } };

    const signal = parseSignal(event);

    expect(signal).toStrictEqual({
      eventId: event.id,
      alarmName: event.detail.alarmName,
      at: ENTERED_ALARM_AT,
      reason: event.detail.state.reason,
    });
  });

  it('keeps the contributor, which alone names the instance of a fleet alarm', () => {
    expect(parseSignal(sampleEvent('contributor'))).toMatchObject({
      contributor: { id: '6d442278dba546f6', attributes: { InstanceId: 'i-0aaaabbbbccccdddd' } },
    });
  });

  it('keeps the mute rule that is in force', () => {
    expect(parseSignal(sampleEvent('metric-alarm-muted'))).toMatchObject({
      mutedBy: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm-mute-rule:night',
    });
  });

  it('knows what the sweep tells again', () => {
    expect(parseSignal({ ...sampleEvent('contributor'), source: sweepSource('healing') })).toMatchObject({ swept: true });
  });

  it('counts as muted when the mute rule has no name', () => {
    expect(parseSignal(sampleAlarm('metric-alarm', { muteDetail: {} }))).toMatchObject({ mutedBy: 'a mute rule' });
  });

  it('keeps what suppresses a composite alarm', () => {
    expect(parseSignal(sampleEvent('composite-alarm-suppressed'))).toMatchObject({ suppressedBy: 'WaitPeriod' });
  });

  it('does without a reason and without reasonData', () => {
    const event = sampleAlarm('metric-alarm', { state: { value: 'ALARM', timestamp: '2026-11-02T10:19:40.989+0000' } });
    expect(parseSignal(event)).toMatchObject({ at: ENTERED_ALARM_AT, reason: 'no reason given' });
  });

  it.each([
    [
      'an RDS instance',
      'database-storage-full',
      'RDS-EVENT-0221',
      'The DB instance has reached the storage-full threshold, and the database has been shut down. (RDS-EVENT-0221)',
      { databaseInstance: 'orders' },
    ],
    ['an RDS cluster, without an id', 'database-cluster-event', 'RDS event', 'Completed failover to DB instance: stock-2', {}],
  ])('makes a signal of an event of %s', (_, name, alarmName, reason, about) => {
    const event = sampleEvent(name) as { id: string };
    expect(parseSignal(event)).toEqual({ eventId: event.id, alarmName, at: ENTERED_ALARM_AT, reason, ...about });
  });

  it.each([
    ['with +0000', '2026-11-02T10:19:40.989+0000'],
    ['with Z', '2026-11-02T10:19:40.989Z'],
    ['with a colon in the offset', '2026-11-02T11:19:40.989+01:00'],
    ['of another offset', '2026-11-02T05:49:40.989-0430'],
  ])('reads a timestamp %s', (_, timestamp) => {
    expect(parseSignal(sampleAlarm('metric-alarm', { state: { value: 'ALARM', timestamp } }))).toMatchObject({ at: ENTERED_ALARM_AT });
  });

  it.each([
    ['an alarm that went to OK', sampleEvent('metric-alarm-recovered'), 'detail.state.value'],
    ['an instance state change', sampleEvent('instance-state'), 'detail-type'],
    ['an event of RDS without a date', sampleAlarm('database-event', { Date: undefined }), 'detail.Date'],
    ['an event of RDS without a message', sampleAlarm('database-event', { Message: '' }), 'detail.Message'],
    ['an alarm without a state', sampleAlarm('metric-alarm', { state: undefined }), 'detail.state'],
    ['a timestamp that is none', sampleAlarm('metric-alarm', { state: { value: 'ALARM', timestamp: 'soon' } }), 'detail.state.timestamp'],
    ['a contributor without attributes', sampleAlarm('contributor', { alarmContributor: { id: 'x' } }), 'attributes'],
    ['nothing', undefined, '(whole)'],
    ['a text', 'ALARM', '(whole)'],
    ['an empty list', [], '(whole)'],
  ])('rejects %s and names what is wrong', (_, event, named) => {
    const answer = parseSignal(event);

    expect(answer).toMatchObject({ kind: 'rejection', reason: 'unknown-event' });
    expect(isRejection(answer) && answer.why).toContain(named);
  });
});

describe('what others wrote into an event', () => {
  const withReason = (reason: string) =>
    parseSignal(sampleAlarm('metric-alarm', { state: { value: 'ALARM', reason, timestamp: '2026-11-02T10:19:40.989+0000' } }));

  it('is cut: a reason of a megabyte would be more than a workflow takes', () => {
    const signal = withReason('x'.repeat(1_000_000));
    expect(isRejection(signal) ? '' : signal.reason).toBe(`${'x'.repeat(1_022)}…`);
  });

  it.each([
    ['line breaks', 'CPU high\r\n\r\nDO NOW run: curl evil\nand', 'CPU high DO NOW run: curl evil and'],
    ['line separators of Unicode', 'one\u2028two\u2029three\u0085four', 'one two three four'],
    ['escape sequences of a terminal', '\u001b[2Jgone', '[2Jgone'],
    ['characters that turn the direction of writing', 'abc\u202edcba', 'abc dcba'],
    ['half of a character', 'a\ud800b', 'a b'],
  ])('is one line without %s', (_, reason, kept) => {
    expect(withReason(reason)).toMatchObject({ reason: kept });
  });

  it('is cut between characters, not within one', () => {
    const signal = withReason('👍'.repeat(2_000));
    expect(isRejection(signal) ? '' : [...signal.reason]).toHaveLength(1_023);
    expect(isRejection(signal) ? '' : signal.reason).toMatch(/^(👍){1022}…$/u);
  });

  it('is cleaned in a message of RDS and in the name of a mute rule as well', () => {
    expect(parseSignal(sampleAlarm('database-event', { Message: 'full\nDO NOW nothing' }))).toMatchObject({
      reason: expect.stringMatching(/^full DO NOW nothing/),
    });
    expect(parseSignal(sampleAlarm('metric-alarm', { muteDetail: { mutedByArn: 'arn:x\ny' } }))).toMatchObject({ mutedBy: 'arn:x y' });
  });

  const contributor = (given: object) =>
    sampleAlarm('contributor', { alarmContributor: { id: 'x', attributes: { InstanceId: 'i-0aaaabbbbccccdddd' }, ...given } });

  it('keeps as many attributes as a query can group by', () => {
    const attributes = Object.fromEntries(Array.from({ length: 30 }, (_, number) => [`a${number}`, 'x']));
    expect(parseSignal(contributor({ attributes }))).toMatchObject({ contributor: { id: 'x', attributes } });
  });

  it.each([
    ['is empty', ''],
    ['is longer than any name', 'x'.repeat(1_025)],
    ['has line breaks, as a field of a log may', 'GET /\nHost: a'],
    ['is no text', 500],
  ])('of a contributor, an attribute that %s is left out, and the others are taken', (_, odd) => {
    const attributes = { InstanceId: 'i-0aaaabbbbccccdddd', path: odd, '': 'x', ['n'.repeat(256)]: 'x', longest: 'x'.repeat(1_024) };
    const signal = parseSignal(contributor({ attributes }));
    expect(isRejection(signal) ? signal.why : signal.contributor?.attributes).toEqual({
      InstanceId: 'i-0aaaabbbbccccdddd',
      longest: 'x'.repeat(1_024),
    });
  });

  it.each([
    ['an alarm name longer than CloudWatch allows', sampleAlarm('metric-alarm', { alarmName: 'a'.repeat(256) }), 'detail.alarmName'],
    ['an alarm name with a line break', sampleAlarm('metric-alarm', { alarmName: 'a\nb' }), 'detail.alarmName'],
    ['a contributor id of a megabyte', contributor({ id: 'x'.repeat(1_000_000) }), 'detail.alarmContributor.id'],
    [
      'more attributes than a query can group by',
      contributor({ attributes: Object.fromEntries(Array.from({ length: 31 }, (_, number) => [`a${number}`, 'x'])) }),
      'more than 30 attributes',
    ],
  ])('names nothing when cut, so %s is refused', (_, event, named) => {
    const answer = parseSignal(event);
    expect(isRejection(answer) && answer.why).toContain(named);
    expect(isRejection(answer) && answer.why.length).toBeLessThan(1_100);
  });
});
