import { describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import { reasons } from '../../../lambdas/core/reasons.ts';
import { timelinesOf } from '../../../lambdas/core/timeline.ts';

const ID = 'a'.repeat(64);

function aLine(at: number, given: Partial<HistoryLine> = {}): HistoryLine {
  const about = { policy: 'Web-memory', target: 'instance i-0aaaabbbbccccdddd', alarm: 'healing-Web-memory', incident: ID };
  return { at: `2026-11-02T10:${at}:00.000Z`, kind: 'decision', text: 'rung 1', ...about, ...given };
}

const ended = aLine(30, { kind: 'outcome', outcome: 'skipped', reason: 'paused', text: 'noon' });
const story = [
  ended,
  aLine(20),
  aLine(40, { incident: 'b'.repeat(64), target: 'instance i-00000002', policy: 'Web-disk', alarm: 'healing-Web-disk' }),
];

describe('the timeline of an incident', () => {
  it.each(['i-0aaaabbbbccccdddd', 'instance i-0aaaabbbbccccdddd', 'healing-Web-memory', 'Web-memory', ID, 'aaaaaaaa'])(
    'is found by %s, in the order of time',
    (typed) => {
      expect(timelinesOf(story, typed).map(({ lines }) => lines)).toEqual([[aLine(20), ended]]);
    },
  );

  it.each(['i-0aaaabbbbccccddd', 'aaaaaaa', 'nothing', ''])('is not found by "%s"', (typed) => {
    expect(timelinesOf(story, typed)).toEqual([]);
  });

  it('has the meaning of its reason and what to do now', () => {
    expect(timelinesOf(story, ID)[0]?.verdict).toEqual({ reason: 'paused', means: reasons.paused.means, doNow: reasons.paused.doNow });
  });

  it('has no verdict while the incident is open', () => {
    expect(timelinesOf([aLine(20)], ID)[0]?.verdict).toBeUndefined();
  });

  it('of an event that opened none stands alone, with its reason', () => {
    const { incident: _, ...rejected } = aLine(10, { kind: 'rejected', reason: 'late-event', outcome: 'skipped' });
    const timelines = timelinesOf([...story, rejected], 'healing-Web-memory');
    expect(timelines.map(({ lines, verdict }) => [lines.length, verdict?.reason])).toEqual([
      [1, 'late-event'],
      [2, 'paused'],
    ]);
  });
});
