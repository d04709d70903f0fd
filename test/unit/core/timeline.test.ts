import { describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import { reasonWords } from '../../../lambdas/core/reason-words.ts';
import { actionsOn, timelinesOf } from '../../../lambdas/core/timeline.ts';

const ID = 'abcdef01'.repeat(8);

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
  it.each(['i-0aaaabbbbccccdddd', 'instance i-0aaaabbbbccccdddd', 'healing-Web-memory', 'Web-memory', ID, 'abcdef01', ID.slice(0, 9)])(
    'is found by %s, in the order of time',
    (typed) => {
      expect(timelinesOf(story, typed).map(({ lines }) => lines)).toEqual([[aLine(20), ended]]);
    },
  );

  it.each(['i-0aaaabbbbccccddd', 'abcdef0', ID.slice(1, 60), ID.slice(1), 'nothing', ''])('is not found by "%s"', (typed) => {
    expect(timelinesOf(story, typed)).toEqual([]);
  });

  it('has its policy, its target, the meaning of its reason and what to do now', () => {
    expect(timelinesOf(story, ID)).toStrictEqual([
      {
        policy: 'Web-memory',
        incident: ID,
        target: 'instance i-0aaaabbbbccccdddd',
        lines: [aLine(20), ended],
        verdict: { reason: 'paused', means: reasonWords.paused.means, doNow: reasonWords.paused.doNow },
      },
    ]);
  });

  it('is that of an incident of which an operator wrote something else before it began', () => {
    const other = { kind: 'operator', target: 'instance i-00000002', policy: 'Web-disk' } as const;
    const written = [aLine(10, other), ...story, aLine(50, { kind: 'operator', incident: 'c'.repeat(64) })];
    expect(timelinesOf(written, 'Web-memory')).toMatchObject([
      { policy: 'Web-memory', incident: ID, target: 'instance i-0aaaabbbbccccdddd', lines: [aLine(10, other), aLine(20), ended] },
    ]);
    expect(timelinesOf(written, 'Web-disk').map(({ incident }) => incident)).toEqual(['b'.repeat(64)]);
  });

  it('has no verdict while the incident is open, whatever reason a decision had', () => {
    const waits = aLine(25, { reason: 'cooldown' });
    expect(timelinesOf([aLine(20), waits], ID)).toStrictEqual([
      { policy: 'Web-memory', incident: ID, target: 'instance i-0aaaabbbbccccdddd', lines: [aLine(20), waits] },
    ]);
  });

  it('has no verdict where a newer version ended it for a reason that this one does not know', () => {
    expect(timelinesOf([aLine(20), { ...ended, reason: 'solar-storm' }], ID)[0]).not.toHaveProperty('verdict');
  });

  it('has the lines that name its target in other words, and none of other incidents', () => {
    const elsewhere = aLine(25, { target: 'member 7 of Web' });
    expect(timelinesOf([...story, elsewhere], 'i-0aaaabbbbccccdddd').map(({ lines }) => lines)).toEqual([[aLine(20), elsewhere, ended]]);
  });

  it('comes after those that began before it', () => {
    expect(
      timelinesOf([aLine(50, { incident: 'b'.repeat(64) }), aLine(20), aLine(10, { incident: 'b'.repeat(64) })], 'Web-memory'),
    ).toEqual([expect.objectContaining({ incident: 'b'.repeat(64) }), expect.objectContaining({ incident: ID })]);
  });

  it('of an event that opened none stands alone, with its reason', () => {
    const { incident: _, ...rejected } = aLine(10, { kind: 'rejected', reason: 'late-event', outcome: 'skipped' });
    const timelines = timelinesOf([...story, rejected], 'healing-Web-memory');
    expect(timelines.map(({ lines, verdict }) => [lines.length, verdict?.reason])).toEqual([
      [1, 'late-event'],
      [2, 'paused'],
    ]);
  });

  it('of an event that names no target and no incident has neither', () => {
    const { incident: _, target: __, ...rejected } = aLine(10, { kind: 'rejected', reason: 'no-target', outcome: 'skipped' });
    expect(timelinesOf([rejected], 'healing-Web-memory')).toStrictEqual([
      {
        policy: 'Web-memory',
        lines: [rejected],
        verdict: { reason: 'no-target', means: reasonWords['no-target'].means, doNow: reasonWords['no-target'].doNow },
      },
    ]);
    expect(timelinesOf([rejected], '')).toEqual([]);
    expect(timelinesOf([rejected], 'another-alarm')).toEqual([]);
  });
});

describe('what operators did to a policy', () => {
  const { incident: _, ...line } = aLine(10, { kind: 'operator', action: 'demote' });
  const all = { ...line, policy: '(all)', action: 'pause' };
  const answer = { ...line, incident: ID, action: 'approve' };
  const other = { ...line, policy: 'Web-disk' };
  const rejected = { ...line, kind: 'rejected' } as const;

  it('is what they did to it and to all, without their answers about one incident', () => {
    expect(actionsOn([rejected, all, answer, other, line], 'Web-memory')).toEqual([all, line]);
  });

  it('is no timeline of its own', () => {
    expect(timelinesOf([line, all], 'Web-memory')).toEqual([]);
  });

  it('is in the timeline of the incident that they answered', () => {
    expect(timelinesOf([answer], 'Web-memory').map(({ lines }) => lines)).toEqual([[answer]]);
  });
});
