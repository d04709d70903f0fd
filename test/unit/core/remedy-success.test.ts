import { describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import { recurringIncidents, remedySuccess } from '../../../lambdas/core/remedy-success.ts';

const NOW = Date.parse('2026-03-08T00:00:00.000Z');

let count = 0;

function outcome(remedies: readonly unknown[], more: Partial<HistoryLine> = {}): HistoryLine {
  count += 1;
  const common = { kind: 'outcome' as const, policy: 'Web-memory', symptom: 'memory', target: 'instance i-1', text: 'over' };
  return { at: '2026-03-07T00:00:00.000Z', incident: `incident-${count}`, reason: 'healed', ...common, remedies, ...more };
}

const failed = (remedy: string) => [{ remedy, result: 'not-recovered' }];
const healed = (remedy: string) => [{ remedy, result: 'recovered' }];

describe('the success of remedies', () => {
  it('counts what helped and what did not, for each policy', () => {
    const lines = [
      outcome([...failed('clear-caches'), ...healed('restart-service')]),
      outcome(healed('clear-caches'), { at: '2026-03-07T12:00:00.000Z' }),
      outcome(failed('clear-caches'), { reason: 'ladder-exhausted' }),
      outcome(healed('restart-service'), { policy: 'Api-memory' }),
    ];
    expect(remedySuccess(lines)).toEqual([
      {
        policy: 'Api-memory',
        symptom: 'memory',
        remedy: 'restart-service',
        tries: 1,
        helped: 1,
        share: 1,
        last: '2026-03-07T00:00:00.000Z',
      },
      {
        policy: 'Web-memory',
        symptom: 'memory',
        remedy: 'clear-caches',
        tries: 3,
        helped: 1,
        share: 1 / 3,
        last: '2026-03-07T12:00:00.000Z',
      },
      {
        policy: 'Web-memory',
        symptom: 'memory',
        remedy: 'restart-service',
        tries: 1,
        helped: 1,
        share: 1,
        last: '2026-03-07T00:00:00.000Z',
      },
    ]);
  });

  it('counts no act that was not taken, did not apply or whose end nobody saw', () => {
    const remedies = ['not-taken', 'not-applicable', 'interrupted', undefined].map((result) => ({ remedy: 'restart-service', result }));
    expect(remedySuccess([outcome(remedies, { reason: 'ladder-exhausted' })])).toEqual([]);
  });

  it('holds nothing against a remedy that only makes what the next one uses', () => {
    expect(remedySuccess([outcome([{ remedy: 'grow-volume', result: 'not-recovered', enabling: true }])])).toEqual([]);
  });

  it('holds nothing against a remedy where a storm or an outage of AWS explains the end, or a person interrupted it', () => {
    const lines = ['storm', 'provider-event', 'paused', 'policy-changed', 'target-gone'].map((reason) =>
      outcome(failed('restart-service'), { reason }),
    );
    expect(remedySuccess(lines)).toEqual([]);
  });

  it('counts an end once that was written twice', () => {
    const line = outcome(healed('restart-service'));
    expect(remedySuccess([line, line])).toMatchObject([{ tries: 1 }]);
  });

  it('reads lines of other kinds, and ends without remedies, as nothing', () => {
    const lines: HistoryLine[] = [outcome([], { remedies: undefined }), { at: '', kind: 'decision', policy: 'Web-memory', text: '' }];
    expect(remedySuccess(lines)).toEqual([]);
  });
});

describe('recurring incidents', () => {
  it('names the target that was healed three times in a week', () => {
    const lines = [1, 2, 3].map((day) => outcome(healed('restart-service'), { at: `2026-03-0${day + 1}T00:00:00.000Z` }));
    expect(recurringIncidents(lines, NOW)).toEqual([
      { policy: 'Web-memory', symptom: 'memory', target: 'instance i-1', healed: 3, last: '2026-03-04T00:00:00.000Z' },
    ]);
  });

  it('names none that was healed twice, or longer ago, or on another target each time', () => {
    const old = outcome([], { at: '2026-02-20T00:00:00.000Z' });
    expect(recurringIncidents([outcome([]), outcome([]), old], NOW)).toEqual([]);
    const apart = ['i-1', 'i-2', 'i-3'].map((id) => outcome([], { target: `instance ${id}` }));
    expect(recurringIncidents(apart, NOW)).toEqual([]);
  });

  it('counts no incident that ended otherwise', () => {
    expect(
      recurringIncidents(
        [1, 2, 3].map(() => outcome([], { reason: 'ladder-exhausted', outcome: 'handed-off' })),
        NOW,
      ),
    ).toEqual([]);
  });
});
