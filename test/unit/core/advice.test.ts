import { anIncident, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { approvalAdvice } from '../../../lambdas/core/approval-advice.ts';
import { type HistoryLine, incidentLine } from '../../../lambdas/core/history-line.ts';
import { operatorLine } from '../../../lambdas/core/operator-action.ts';
import type { Reason } from '../../../lambdas/core/reasons.ts';
import { remedyAdvice } from '../../../lambdas/core/remedy-advice.ts';
import { restlessTargets } from '../../../lambdas/core/restless-targets.ts';

const idOf = (number: number) => number.toString(16).padStart(64, '0');
const end = (number: number, reason: Reason, target = 'i-0aaaabbbbccccdddd'): HistoryLine =>
  incidentLine('outcome', anIncident({ id: idOf(number), target: { kind: 'instance', id: target } }), '', NOW + number * MINUTE, {
    reason,
  });
const yes = (number: number) =>
  operatorLine({ action: 'approve', by: 'arn:anna', policy: 'Web-memory', incident: idOf(number) }, NOW + number * MINUTE);
const times = (count: number, make: (number: number) => HistoryLine) => Array.from({ length: count }, (_, number) => make(number));

describe('advice on a remedy', () => {
  it.each([
    [2, 0, undefined],
    [3, 0, 'it never helped: take it out of the ladder'],
    [10, 1, 'it seldom helps: put what helps before it'],
    [10, 2, undefined],
    [3, 3, undefined],
  ])('of %i tries with %i that helped is %s', (tries, helped, advice) => {
    expect(remedyAdvice({ tries, helped, share: helped / tries })).toBe(advice);
  });
});

describe('a restless target', () => {
  it('is one whose symptom passed by itself three times, in whichever words', () => {
    const lines = [end(1, 'recovered-by-itself'), end(2, 'already-recovered'), end(3, 'recovered-by-itself')];
    expect(restlessTargets(lines)).toEqual([
      { policy: 'Web-memory', target: 'instance i-0aaaabbbbccccdddd', kind: 'passes', times: 3, last: '2026-11-02T10:23:00.000Z' },
    ]);
    expect(restlessTargets(lines.slice(1))).toEqual([]);
    expect(restlessTargets([...lines.slice(1), end(4, 'recovered-by-itself', 'i-00000002')])).toEqual([]);
  });

  it('is one that was stopped as flapping even once, and the most restless comes first', () => {
    const lines = [end(1, 'flapping', 'i-00000002'), ...times(2, (number) => end(number, 'flapping'))];
    expect(restlessTargets(lines).map(({ target, kind, times }) => [target, kind, times])).toEqual([
      ['instance i-0aaaabbbbccccdddd', 'flapping', 2],
      ['instance i-00000002', 'flapping', 1],
    ]);
  });

  it('is none that was healed, or that opened no incident', () => {
    expect(restlessTargets([...times(5, (number) => end(number, 'healed')), { ...end(9, 'flapping'), kind: 'rejected' }])).toEqual([]);
    expect(restlessTargets([{ ...end(1, 'flapping'), target: undefined as never }])).toEqual([]);
  });
});

describe('advice on a policy that asks', () => {
  const advise = (...lines: readonly HistoryLine[]) => approvalAdvice(lines, ['Web-memory'])[0];

  it('is to let it act when people said yes five times and it healed', () => {
    const lines = times(5, (number) => end(number, number === 0 ? 'ladder-exhausted' : 'healed'));
    expect(advise(...lines, ...times(5, yes))).toEqual({
      ...{ policy: 'Web-memory', approved: 5, healed: 4, denied: 0, unanswered: 0, promote: true },
      because: '4 of 5 approved repairs healed, and none was denied',
    });
  });

  it.each([
    [4, 4, 'people said yes 4 of the 5 times that are needed to say anything'],
    [5, 3, 'only 3 of 5 approved repairs healed'],
  ])('is to wait after %i approvals of which %i healed', (approved, healed, because) => {
    const lines = times(approved, (number) => end(number, number < healed ? 'healed' : 'ladder-exhausted'));
    expect(advise(...lines, ...times(approved, yes))).toMatchObject({ promote: false, because });
  });

  it('is to ask why when somebody said no, and counts what nobody answered', () => {
    const lines = [
      ...times(6, (number) => end(number, 'healed')),
      ...times(6, yes),
      end(7, 'approval-denied'),
      end(8, 'approval-unanswered'),
    ];
    expect(advise(...lines)).toMatchObject({
      denied: 1,
      unanswered: 1,
      promote: false,
      because: 'people said no 1 times: find out why first',
    });
  });

  it('counts an incident once however many people approved, and none that healed unasked or under another policy', () => {
    const others = [{ ...yes(1), policy: 'Web-disk' }, end(2, 'healed')];
    expect(advise(yes(0), yes(0), end(0, 'healed'), ...others)).toMatchObject({ approved: 1, healed: 1 });
    expect(approvalAdvice([], [])).toEqual([]);
  });
});
