import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { anIncident, NOW } from '@self-healing/simulation/builders.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { historySince, pastHistory } from '../../../lambdas/adapters/cloudwatch-logs.ts';
import type { HistoryFilter } from '../../../lambdas/core/history-filter.ts';
import { incidentLine } from '../../../lambdas/core/history-line.ts';

const end = incidentLine('outcome', anIncident(), 'alarm is OK', NOW, { outcome: 'recovered', reason: 'healed' });
const { at, policy } = end;

/** The history with a real end and one event more. */
function logs(message: string | undefined, logStreamName: string) {
  const events = [
    { message: JSON.stringify(end), logStreamName: 'conclude/2026-11-02' },
    { logStreamName, ...(message !== undefined && { message }) },
  ];
  return { send: async () => ({ events }) } as unknown as CloudWatchLogsClient;
}

const filters: readonly HistoryFilter[] = [{}, { about: policy }, { target: 'i-0aaaabbbbccccdddd' }, { kinds: ['outcome', 'operator'] }];

afterEach(() => vi.restoreAllMocks());

describe.each([
  ['no text', undefined],
  ['no JSON', 'somebody was here'],
  ['a line that was cut', '{"at":"2026-11-02T10:2'],
  ['a list', '[1]'],
  ['null', 'null'],
  ['no moment', JSON.stringify({ kind: 'operator', policy, text: 'x' })],
  ['a number as its moment', JSON.stringify({ at: 5, kind: 'operator', policy, text: 'x' })],
  ['words as its moment', JSON.stringify({ at: 'Monday', kind: 'operator', policy, text: 'x' })],
  ['a moment that never was', JSON.stringify({ at: '2026-99-02T10:20:00Z', kind: 'operator', policy, text: 'x' })],
  ['no kind', JSON.stringify({ at, policy, text: 'x' })],
  ['no policy', JSON.stringify({ at, kind: 'operator', text: 'x' })],
  ['no words', JSON.stringify({ at, kind: 'operator', policy })],
  ['a number as its target', JSON.stringify({ at, kind: 'operator', policy, text: 'x', target: 5 })],
  ['a list as its incident', JSON.stringify({ at, kind: 'operator', policy, text: 'x', incident: ['a'] })],
])('an event of the history that has %s', (_, message) => {
  it.each(filters)('is left out and counted, and the others are read with %j', async (filter) => {
    for (const stream of ['operators/2026-11-02', 'conclude/2026-11-02']) {
      const counts: number[] = [];
      const read = historySince('g', { since: 0, filter, onUnreadable: (count) => counts.push(count) }, logs(message, stream));
      expect(await read).toEqual([end]);
      expect(counts).toEqual([1]);
    }
  });

  it('is said in the log of the function that looks back', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    expect(await pastHistory('g', logs(message, 'operators/2026-11-02')).since(0, {})).toEqual([end]);
    expect(warn.mock.calls).toEqual([['1 events of the history are no lines that this version reads; they are left out']]);
  });
});

it('says nothing of a history that can be read', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  const line = JSON.stringify({ at, kind: 'operator', policy, text: 'pauses' });
  expect(await historySince('g', { since: 0 }, logs(line, 'operators/2026-11-02'))).toHaveLength(2);
  expect(warn).not.toHaveBeenCalled();
});

it('reads a line of a kind and with fields of another version', async () => {
  const line = { at, kind: 'a-later-kind', policy, text: 'x', more: { a: 1 } };
  expect(await historySince('g', { since: 0 }, logs(JSON.stringify(line), 'conclude/2026-11-02'))).toContainEqual(line);
});
