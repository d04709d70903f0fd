import { anIncident, HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { type Answer, type ApprovalRequest, answerOf, isMeant, shortId, verdictOn } from '../../../lambdas/core/approval.ts';

const UNTIL = NOW + 15 * MINUTE;

function aRequest(given: Partial<ApprovalRequest> = {}): ApprovalRequest {
  const { id: incident, policy, target } = anIncident();
  return {
    ...{
      id: `${incident}-0`,
      incident,
      policy,
      target,
      rung: 0,
      remedy: 'restart-service',
      seen: 'memory',
      summary: 'use restart-service',
    },
    ...{ askedAt: NOW, until: UNTIL, approvers: 1 },
    ...given,
  };
}

const says = (answer: Answer['answer'], voter = 'anna', at = NOW + MINUTE): Answer => ({ voter, who: `arn:${voter}`, answer, at });
const two = aRequest({ approvers: 2 });

describe('an approval', () => {
  it.each<[string, ApprovalRequest, readonly Answer[], number, object]>([
    ['is open while nobody answered in time', aRequest(), [], UNTIL - 1, { kind: 'open', approvals: 0 }],
    ['is unanswered when the time is up', aRequest(), [], UNTIL, { kind: 'unanswered', why: '0 of 1 approvals were given in time' }],
    ['is given by one person where one is enough', aRequest(), [says('approve')], NOW + MINUTE, { kind: 'approved', by: ['arn:anna'] }],
    ['is open while one of two approved', two, [says('approve')], NOW + MINUTE, { kind: 'open', approvals: 1 }],
    ['counts one person who answered twice once', two, [says('approve'), says('approve')], NOW + MINUTE, { kind: 'open', approvals: 1 }],
    ['is given by two different people', two, [says('approve'), says('approve', 'ben')], NOW + MINUTE, { kind: 'approved' }],
    [
      'is refused by one who denies, however many approve',
      two,
      [says('approve'), says('approve', 'ben'), says('deny', 'eve')],
      NOW + MINUTE,
      { kind: 'denied' },
    ],
    ['does not count when it came too late', aRequest(), [says('approve', 'anna', UNTIL + 1)], UNTIL + 2, { kind: 'unanswered' }],
    [
      'does not count half of it when the other half came too late',
      two,
      [says('approve'), says('approve', 'ben', UNTIL + 1)],
      UNTIL + 2,
      { kind: 'unanswered' },
    ],
    [
      'does not count when it was given before the question, by more than clocks differ',
      aRequest(),
      [says('approve', 'anna', NOW - MINUTE - 1)],
      NOW + MINUTE,
      { kind: 'open' },
    ],
    ['counts by a clock that is behind', aRequest(), [says('approve', 'anna', NOW - MINUTE)], NOW + MINUTE, { kind: 'approved' }],
    [
      'does not count when its time is still to come, by more than clocks differ',
      aRequest(),
      [says('approve', 'anna', NOW + 2 * MINUTE + 1)],
      NOW + MINUTE,
      { kind: 'open' },
    ],
    ['counts by a clock that is ahead', aRequest(), [says('approve', 'anna', NOW + 2 * MINUTE)], NOW + MINUTE, { kind: 'approved' }],
    [
      'lapses no later by a clock that is ahead',
      aRequest(),
      [says('approve', 'anna', UNTIL)],
      UNTIL + 15 * MINUTE + 1,
      { kind: 'unanswered' },
    ],
    [
      'lapses no earlier by a clock that is behind',
      aRequest(),
      [says('approve', 'anna', NOW - MINUTE)],
      NOW + 15 * MINUTE,
      { kind: 'approved' },
    ],
    [
      'is refused by a denial whose time is still to come',
      aRequest(),
      [says('deny', 'eve', UNTIL + HOUR)],
      NOW + MINUTE,
      { kind: 'denied' },
    ],
    ['is refused by a denial whatever its time', aRequest(), [says('deny', 'eve', NOW - 1)], NOW + MINUTE, { kind: 'denied' }],
    [
      'is taken back by a denial after the question closed, while what was approved still waits',
      aRequest(),
      [says('approve'), says('deny', 'eve', UNTIL + 30_000)],
      UNTIL + 45_000,
      { kind: 'denied' },
    ],
    ['counts at the last instant', aRequest(), [says('approve', 'anna', UNTIL)], UNTIL, { kind: 'approved' }],
    ['is good for as long as there was to answer', aRequest(), [says('approve')], NOW + 16 * MINUTE, { kind: 'approved' }],
    [
      'lapses after that',
      aRequest(),
      [says('approve')],
      NOW + 16 * MINUTE + 1,
      { kind: 'unanswered', why: 'the approval by arn:anna lapsed before it could be used' },
    ],
    [
      'keeps its first time when more people than needed approve',
      aRequest(),
      [says('approve'), says('approve', 'ben', NOW + 10 * MINUTE)],
      NOW + 17 * MINUTE,
      { kind: 'unanswered' },
    ],
  ])('%s', (_, request, answers, now, verdict) => {
    expect(verdictOn({ request, answers }, now)).toMatchObject(verdict);
  });

  it('says who denied and why', () => {
    const denial = { ...says('deny'), reason: 'the release is under way' };
    expect(verdictOn({ request: aRequest(), answers: [denial] }, NOW + MINUTE)).toEqual({
      kind: 'denied',
      why: 'arn:anna denied it: the release is under way',
    });
  });
});

describe("a question's short id", () => {
  it('names its incident and rung, counted from one as people do', () => {
    expect(shortId(aRequest({ rung: 1 }))).toBe('aaaaaaaa-2');
  });

  it.each([
    ['aaaaaaaa-1', true],
    [`${'a'.repeat(64)}-1`, true],
    ['aaaaaaaa-2', false],
    ['bbbbbbbb-1', false],
    ['aaaaaaa-1', false],
    ['aaaaaaaa', false],
    ['', false],
  ])('is meant by %s: %s', (typed, meant) => {
    expect(isMeant(aRequest(), typed)).toBe(meant);
  });
});

describe('the verdict in words', () => {
  it('says who denied, and why if that was said', () => {
    const denied = (reason?: string) =>
      verdictOn({ request: aRequest(), answers: [{ ...says('deny', 'eve'), ...(reason && { reason }) }] }, NOW + MINUTE);
    expect(denied()).toEqual({ kind: 'denied', why: 'arn:eve denied it' });
    expect(denied('month end')).toEqual({ kind: 'denied', why: 'arn:eve denied it: month end' });
  });

  it('names those who approved, the earliest first, and counts the time from the last that was needed', () => {
    const answers = [says('approve', 'ben', NOW + 10 * MINUTE), says('approve', 'anna', NOW + MINUTE)];
    const verdict = (now: number) => verdictOn({ request: two, answers }, now);
    expect(verdict(NOW + 25 * MINUTE)).toEqual({ kind: 'approved', by: ['arn:anna', 'arn:ben'] });
    expect(verdict(NOW + 25 * MINUTE + 1)).toEqual({
      kind: 'unanswered',
      why: 'the approval by arn:anna, arn:ben lapsed before it could be used',
    });
  });
});

describe('what somebody typed', () => {
  const incident = `0123456789${'a'.repeat(54)}`;
  const request = { incident, rung: 11 };

  it.each(['01234567-12', '0123456789-12', `${incident}-12`])('means the question: %s', (typed) => {
    expect(isMeant(request, typed)).toBe(true);
  });

  it.each([
    '0123456-12',
    '01234567-1',
    '01234567-2',
    '01234567',
    'x01234567-12',
    '01234568-12',
    '01234567-12x',
    '12345678-12',
    `${'a'.repeat(8)}-12`,
    '',
  ])('does not mean it: "%s"', (typed) => {
    expect(isMeant(request, typed)).toBe(false);
  });
});

describe("what stands under a voter's key", () => {
  const item = { voter: 'AIDAEVE', who: 'arn:anna', answer: 'approve', at: NOW };

  it('is the answer of whoever the key belongs to, whatever it says of itself', () => {
    expect(answerOf('AIDABEN', item)).toStrictEqual({ voter: 'AIDABEN', who: 'arn:anna (AIDABEN)', answer: 'approve', at: NOW });
  });

  it('has its reason on one line', () => {
    expect(answerOf('AIDABEN', { ...item, reason: 'month\nend' })).toStrictEqual({
      voter: 'AIDABEN',
      who: 'arn:anna (AIDABEN)',
      answer: 'approve',
      at: NOW,
      reason: 'month end',
    });
  });

  it.each([[undefined], [{}], [{ ...item, answer: 'maybe' }], [{ ...item, at: 1.5 }], [{ ...item, approvers: 1 }]])(
    'is no answer where it is %j',
    (written) => {
      expect(answerOf('AIDABEN', written)).toBeUndefined();
    },
  );
});
