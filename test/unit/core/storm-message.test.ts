import { aStorm, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { afterSilent, type Storm } from '../../../lambdas/core/storm.ts';
import { isOverdue, isOwed, mayNowSpeak, spokenForNow, toldOf } from '../../../lambdas/core/storm-message.ts';

describe('the message that a storm owes', () => {
  const { told: _, ...silent } = aStorm();
  const owing: Storm = { ...silent, since: NOW, speaksAt: NOW + MINUTE };

  it.each<[string, Partial<Storm>, number, boolean]>([
    ['is not late while the lead may still speak', {}, 3 * MINUTE - 1, false],
    ['is late two minutes after the lead was to speak', {}, 3 * MINUTE, true],
    ['is late five minutes after the storm began, however many leads followed', { speaksAt: NOW + 5 * MINUTE }, 5 * MINUTE, true],
    ['is not late so soon when people know of the storm', { speaksAt: NOW + 5 * MINUTE, told: 10 }, 5 * MINUTE, false],
    ['is not late when it went out', { toldFor: owing.lead }, 60 * MINUTE, false],
    ['is late when that of an earlier lead went out', { toldFor: 'x', told: 10 }, 3 * MINUTE, true],
  ])('%s', (_, given, later, late) => {
    expect(isOverdue({ ...owing, ...given }, NOW + later)).toBe(late);
  });

  it('is sent by one at a time', () => {
    const first = spokenForNow(owing, 'one', NOW);
    expect([mayNowSpeak(first, 'one'), mayNowSpeak(first, 'two')]).toEqual([true, false]);
    expect(spokenForNow(first, 'two', NOW + 90 * SECOND - 1)).toBe(first);
    expect(mayNowSpeak(spokenForNow(first, 'two', NOW + 90 * SECOND), 'two')).toBe(true);
    expect(spokenForNow(first, 'one', NOW + SECOND).speaker).toEqual({ name: 'one', until: NOW + 91 * SECOND });
    expect(mayNowSpeak(owing, 'one')).toBe(false);
  });

  it('is sent by nobody any more when it went out', () => {
    const told = toldOf(spokenForNow(owing, 'one', NOW), 12);
    expect(told).toMatchObject({ told: 12, toldFor: owing.lead });
    expect(told).not.toHaveProperty('speaker');
    expect(spokenForNow(told, 'two', NOW)).toBe(told);
    expect(isOwed({ ...told, lead: 'another' })).toBe(true);
  });

  it('passes to the next storm where it never went out, and only there', () => {
    const next = { ...owing, since: NOW + 20 * MINUTE, span: { from: NOW + 19 * MINUTE, to: NOW + 20 * MINUTE } };
    expect(afterSilent(undefined, next)).toBe(next);
    expect(afterSilent(aStorm(), next)).toBe(next);
    expect(afterSilent({ ...owing, span: { from: NOW - MINUTE, to: NOW } }, next)).toMatchObject({
      since: NOW,
      span: { from: NOW - MINUTE, to: NOW + 20 * MINUTE },
    });
    expect(afterSilent(owing, next)).not.toHaveProperty('span');
  });
});
