import { anAttempt, aPolicy, aQuestion, aRung, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../lambdas/core/decide.ts';
import type { AttemptResult } from '../../../lambdas/core/incident.ts';
import { nextRung, type RungRecord } from '../../../lambdas/core/ladder.ts';
import { type RemedyRecord, whyUnhelpful, withEnd } from '../../../lambdas/core/remedy-record.ts';

const DAY = 86_400_000;
const passOver = { belowPercent: 20, tries: 10 };

/** A record of so many uses of which so many helped, the last one now. */
function used(times: number, helped: number, result: AttemptResult = 'not-recovered'): RemedyRecord {
  const ends = Array.from({ length: times }, (_, number) => number);
  return ends.reduce<RemedyRecord>(
    (record, number) =>
      withEnd(
        record,
        String(number).padStart(64, '0').split('').reverse().join(''),
        [anAttempt({ result: number < helped ? 'recovered' : result })],
        number < helped ? 'healed' : 'ladder-exhausted',
        NOW,
      ),
    {},
  );
}

describe('the record of a remedy', () => {
  it('makes it unhelpful below the share, after enough uses, and says in how many it helped', () => {
    expect(whyUnhelpful(used(10, 1), 'restart-service', passOver, NOW)).toBe(
      'restart-service helped in 1 of its last 10 uses under the policy',
    );
    expect(whyUnhelpful(used(10, 2), 'restart-service', passOver, NOW)).toBeUndefined();
    expect(whyUnhelpful(used(9, 0), 'restart-service', passOver, NOW)).toBeUndefined();
  });

  it('forgets after 90 days, so that what is passed over gets another chance', () => {
    expect(whyUnhelpful(used(10, 0), 'restart-service', passOver, NOW + 91 * DAY)).toBeUndefined();
  });

  it('counts an end once that is told twice', () => {
    const attempts = [anAttempt({ result: 'not-recovered' })];
    const once = withEnd({}, 'a'.repeat(64), attempts, 'ladder-exhausted', NOW);
    expect(withEnd(once, 'a'.repeat(64), attempts, 'ladder-exhausted', NOW)).toEqual(once);
  });

  it('learns nothing from a storm, from what was not taken, and from a rung that only waits', () => {
    expect(withEnd({}, 'a', [anAttempt({ result: 'not-recovered' })], 'storm', NOW)).toEqual({});
    expect(withEnd({}, 'a', [anAttempt({ result: 'not-taken' })], 'ladder-exhausted', NOW)).toEqual({});
    expect(withEnd({}, 'a', [anAttempt({ result: 'not-recovered', acts: false })], 'ladder-exhausted', NOW)).toEqual({});
  });

  it('keeps the last thirty uses', () => {
    expect(used(40, 0)['restart-service']).toHaveLength(30);
  });
});

describe('a ladder with an unhelpful rung', () => {
  const ladder = [aRung(), aRung({ remedy: 'clear-caches', params: {} }), aRung({ remedy: 'restart-instance', params: {} })];
  const seldom = 'restart-service helped in 1 of its last 10 uses under the policy';
  const records: RungRecord[] = [{ cost: 'service', unhelpful: seldom }, { cost: 'service' }, { cost: 'machine' }];

  it('passes it over for the next one, unasked where that costs no more', () => {
    const next = nextRung(aPolicy({ ladder }), [], [], NOW, { rungRecords: records });
    expect(next).toMatchObject({ number: 1, passedOver: [0] });
    expect(next.dearer).toBeUndefined();
    expect(decide(aQuestion({ policy: aPolicy({ ladder }), snapshot: { rungRecords: records } }))).toMatchObject({
      kind: 'remediate',
      rung: 1,
    });
  });

  it('asks people before a dearer remedy in its place, even in mode automatic, and says why', () => {
    const dear = { ladder: [aRung(), aRung({ remedy: 'restart-instance', params: {} })] };
    const rungRecords: RungRecord[] = [{ cost: 'service', unhelpful: seldom }, { cost: 'machine' }];
    expect(decide(aQuestion({ policy: aPolicy(dear), snapshot: { rungRecords } }))).toMatchObject({
      kind: 'ask',
      rung: 1,
      because: seldom,
    });
  });

  it('uses it all the same where nothing else is left', () => {
    const alone = nextRung(aPolicy(), [], [], NOW, { rungRecords: [{ cost: 'service', unhelpful: seldom }] });
    expect(alone).toMatchObject({ number: 0, passedOver: [] });
  });
});
