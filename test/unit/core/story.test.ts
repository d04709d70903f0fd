import { anIncident, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { type HistoryKind, type HistoryLine, incidentLine } from '../../../lambdas/core/history-line.ts';
import { storyOf, triedIn } from '../../../lambdas/core/story.ts';

const line = (kind: HistoryKind, text: string, after = 0, more: Parameters<typeof incidentLine>[4] = {}) =>
  incidentLine(kind, anIncident(), text, NOW + after, more);
const told = (...lines: readonly HistoryLine[]) => storyOf({ policy: 'Web-memory', lines });
const said = (...lines: readonly HistoryLine[]) => told(...lines).steps.map(({ what, said }) => `${what}: ${said}`);

describe('the story of an incident', () => {
  it.each([
    [line('signal', 'memory above 90 %'), 'seen: memory above 90 %'],
    [
      line('decision', 'rung 1: restart-service', 0, { decision: { kind: 'remediate' } }),
      'decided: rung 1: restart-service; no guardrail objects',
    ],
    [
      line('decision', 'wait (cooldown): 3 min are left', 0, { decision: { kind: 'wait', reason: 'cooldown', why: '3 min are left' } }),
      'held back: by the guardrail cooldown: 3 min are left',
    ],
    [line('decision', 'another incident took the slot', 0, { lost: 'slot' }), 'held back: another incident took the slot'],
    [line('decision', 'refuses: disk full', 0, { refusal: { kind: 'unsafe-to-act' } }), 'not done: refuses: disk full'],
    [line('decision', 'asks people', 0, { asked: 'id' }), 'people: asks people'],
    [line('decision', 'does not know', 0, { decision: null }), 'decided: does not know'],
    [line('acted', 'restart nginx'), 'done: restart nginx'],
    [line('acted', 'did not restart', 0, { notTaken: true }), 'not done: did not restart'],
    [line('verification', 'recovered: it is OK'), 'looked: recovered: it is OK'],
    [line('operator', 'anna says yes'), 'people: anna says yes'],
    [line('breaker', 'the breaker is open'), 'noted: the breaker is open'],
    [line('outcome', 'it is OK', 0, { outcome: 'recovered', reason: 'healed' }), 'ended: recovered (healed): it is OK'],
    [line('rejected', 'old', 0, { outcome: 'skipped', reason: 'signal-too-old' }), 'ended: skipped (signal-too-old): old'],
  ])('tells a line in words: %#', (given, words) => {
    expect(said(given)).toEqual([words]);
  });

  it('leaves out the decision that only says how it ends, and deliveries of the same event', () => {
    const end = line('outcome', 'noon', 0, { outcome: 'skipped', reason: 'paused' });
    const decided = line('decision', 'skipped (paused): noon', 0, { decision: { kind: 'end' } });
    const again = line('rejected', 'delivered before', 0, { outcome: 'skipped', reason: 'duplicate-delivery' });
    expect(said(decided, again, end)).toEqual(['ended: skipped (paused): noon']);
    expect(said(again)).toEqual(['ended: skipped (duplicate-delivery): delivered before']);
  });

  it('tells looks that saw the same once, with how often and until when, whatever their times and ids say', () => {
    const looks = [5, 10, 15].map((seconds) =>
      line('verification', `not-yet: gone for ${seconds} s, by event 3e62a808-07bc`, seconds * SECOND),
    );
    expect(told(...looks, line('verification', 'recovered: gone', MINUTE)).steps).toEqual([
      {
        at: '2026-11-02T10:20:05.000Z',
        until: '2026-11-02T10:20:15.000Z',
        times: 3,
        what: 'looked',
        said: 'not-yet: gone for 15 s, by event 3e62a808-07bc',
      },
      { at: '2026-11-02T10:21:00.000Z', times: 1, what: 'looked', said: 'recovered: gone' },
    ]);
  });

  it('says what was tried with which result, and how long it took', () => {
    const remedies = [{ remedy: 'clear-caches', result: 'not-recovered' }, { remedy: 'restart-service' }];
    expect(told(line('outcome', 'OK', 0, { remedies, milliseconds: 3 * MINUTE }))).toMatchObject({ tried: remedies, took: '3 min' });
    expect(told(line('signal', 'seen'))).toEqual({ steps: [expect.anything()], tried: [], kept: [], found: [] });
  });

  it('reads remedies of any version, and none of what is no remedy', () => {
    expect(triedIn(line('outcome', '', 0, { remedies: [{ remedy: 'x' }, { other: 1 }, null, 'y'] }))).toEqual([{ remedy: 'x' }]);
    expect(triedIn(line('outcome', '', 0, { remedies: 'x' }))).toEqual([]);
    expect(triedIn(undefined)).toEqual([]);
  });

  it('keeps the last twenty lines that a script wrote, and not the empty words of a later look', () => {
    const detail = `${Array.from({ length: 30 }, (_, number) => `line ${number}`).join('\n')}\n`;
    const { kept } = told(
      line('verification', 'a', 0, { detail }),
      line('verification', 'b', 1, { detail: ' \n' }),
      line('verification', 'c', 2),
    );
    expect(kept).toHaveLength(20);
    expect(kept.at(-1)).toBe('line 29');
  });
});
