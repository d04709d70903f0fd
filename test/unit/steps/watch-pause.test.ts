import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import type { PauseEntry, PauseNote } from '../../../lambdas/core/pause-watch.ts';
import { type WatchPausePorts, watchPause } from '../../../lambdas/steps/watch-pause.ts';

const settings = { pipeline: 'healing', alarmAfter: { days: 1 }, remindEvery: { hours: 4 } };
const noon: PauseEntry = { value: 'noon', at: NOW, by: 'arn:anna' };

let entry: PauseEntry | undefined;
let note: PauseNote | undefined;
let notes: number;
let lines: HistoryLine[];
let titles: string[];
let overdue: boolean[];
let broken: boolean;
beforeEach(() => {
  entry = noon;
  note = undefined;
  notes = 0;
  lines = [];
  titles = [];
  overdue = [];
  broken = false;
});

const ports: WatchPausePorts = {
  pauseRecord: { last: async () => entry },
  pauseNotes: {
    read: async () => note,
    write: async (next) => {
      notes += 1;
      note = next;
    },
  },
  pauseMetrics: { overdue: (isOverdue) => void overdue.push(isOverdue) },
  history: { write: async (line) => void lines.push(line) },
  notifier: {
    publish: async (compose) => {
      if (broken) throw new Error('no topic');
      titles.push(compose(someOrigin).title);
    },
  },
};
const swept = (after: number) => watchPause(ports, settings, NOW + after);

describe('the watch over the pause', () => {
  it('tells that it began, reminds of it, and tells that it ended; each once, in mail and history', async () => {
    for (const after of [1, 6, 239, 241, 246]) await swept(after * MINUTE);
    entry = { ...noon, value: 'running', at: NOW + 5 * HOUR };
    for (const after of [300, 305]) await swept(after * MINUTE);
    expect(titles.map((title) => title.replace(', 123456789012 eu-central-1', ''))).toEqual([
      'PAUSED: pipeline healing',
      'STILL PAUSED: pipeline healing',
      'RUNNING AGAIN: pipeline healing',
    ]);
    expect(lines.map(({ kind, policy, pause, by }) => [kind, policy, pause, by])).toEqual([
      ['pause', '(all)', 'began', 'arn:anna'],
      ['pause', '(all)', 'lasts', 'arn:anna'],
      ['pause', '(all)', 'ended', 'arn:anna'],
    ]);
    expect(notes).toBe(3);
  });

  it('says of every sweep whether it lasts too long', async () => {
    for (const after of [0, 25 * HOUR]) await swept(after);
    expect(overdue).toEqual([false, true]);
  });

  it('that could not tell fails, and tells with the next sweep', async () => {
    broken = true;
    await expect(swept(0)).rejects.toThrow('the pause could not be told: no topic');
    expect(note).toBeUndefined();
    broken = false;
    await swept(5 * MINUTE);
    expect(titles).toHaveLength(1);
  });
});
