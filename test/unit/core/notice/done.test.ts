import { anAttempt, anIncident, aPolicy, aRung, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../../lambdas/core/incident.ts';
import { doneOf, keptBy, notDoneOf } from '../../../../lambdas/core/notice/done.ts';

const incident = anIncident();
const begun = { at: '2026-11-02T10:16:00.000Z', remedy: 'restart-service', rung: 0, summary: 'restart service nginx' };
const refused = anAttempt({ rung: 0, remedy: 'clear-caches', result: 'not-applicable', why: 'nothing of 1234567 bytes' });
const notTaken = anAttempt({ rung: 1, remedy: 'reboot', result: 'not-taken' });
const unfinished = (given: Partial<Attempt> = {}) => {
  const { result: _, why: __, receipt: ___, ...attempt } = anAttempt();
  return { ...attempt, ...given } as Attempt;
};

describe('what was done', () => {
  it.each<[string, Attempt, object]>([
    ['helped', unfinished({ result: 'recovered', why: 'alarm is OK at 93.4567' }), { result: 'recovered', why: 'alarm is OK at 93.5' }],
    ['helped, and nobody says by what', unfinished({ result: 'recovered' }), { result: 'recovered', why: undefined }],
    ['failed', unfinished({ result: 'failed', why: 'exit code 1' }), { result: 'failed', why: 'exit code 1' }],
    ['has no answer', unfinished(), { result: 'unknown', why: 'it is not known whether it took place' }],
    ['has no result', unfinished({ receipt: 'r' } as never), { result: 'unknown', why: 'its result is not known' }],
    ['has no result, and says why', unfinished({ why: 'lost' }), { result: 'unknown', why: 'lost' }],
  ])('is told where it %s', (_, attempt, expected) => {
    expect(doneOf([attempt], incident, NOW)).toEqual([{ ...begun, ...expected }]);
  });

  it('is nothing that was refused or not taken, and not "nothing" where it could not be read', () => {
    expect(doneOf([refused, notTaken], incident, NOW)).toEqual([]);
    expect(doneOf(undefined, incident, NOW)).toEqual([
      {
        ...{ at: '2026-11-02T10:20:00.000Z', remedy: '(unknown)', rung: 0, summary: 'not known', result: 'unknown' },
        why: 'the attempts could not be read; the history has them',
      },
    ]);
  });
});

describe('what was not done', () => {
  const policy = aPolicy({ ladder: ['clear-caches', 'reboot', 'replace-instance'].map((remedy) => aRung({ remedy })) });
  const of = (attempts: readonly Attempt[] | undefined, outcome: 'recovered' | 'handed-off') =>
    notDoneOf(policy, attempts, { outcome, reason: 'target-busy' }, incident);
  const looked = [
    { remedy: 'clear-caches', why: 'nothing of 1,234,567 bytes' },
    { remedy: 'reboot', why: 'it was not-taken' },
  ];
  const left = (remedy: string) => ({ remedy, why: 'not tried, because: target-busy' });

  it('is what was refused, and of an incident that did not recover the rungs that were never come to', () => {
    expect(of([refused, notTaken], 'recovered')).toEqual(looked);
    expect(of([refused, notTaken], 'handed-off')).toEqual([...looked, left('replace-instance')]);
    expect(of([anAttempt({ rung: 1 })], 'handed-off')).toEqual([left('clear-caches'), left('replace-instance')]);
    expect(of(undefined, 'handed-off')).toEqual(['clear-caches', 'reboot', 'replace-instance'].map(left));
  });
});

it('of what scripts kept the newest lines of all attempts are told', () => {
  const kept = Array.from({ length: 45 }, (_, number) => `line ${number}`);
  expect(keptBy([anAttempt({ kept: kept.slice(0, 20) }), anAttempt(), anAttempt({ kept: kept.slice(20) })])).toEqual(kept.slice(5));
  expect(keptBy()).toEqual([]);
});
