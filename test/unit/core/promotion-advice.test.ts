import { describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import { promotionAdvice } from '../../../lambdas/core/promotion-advice.ts';

/** The lines of one incident in shadow: what became of its symptom, or the reason of a guardrail. */
function shadowed(incident: string, how: 'passed' | 'stayed' | string, policy = 'Web-memory'): readonly HistoryLine[] {
  const line = { at: '2026-11-02T10:20:00.000Z', policy, incident, text: '' };
  const isWatched = how === 'passed' || how === 'stayed';
  return [
    ...(isWatched ? [{ ...line, kind: 'verification' as const, shadow: how }] : []),
    { ...line, kind: 'outcome', outcome: 'skipped', reason: isWatched ? 'shadow' : how },
  ];
}

const times = (count: number, how: string) => Array.from({ length: count }, (_, index) => shadowed(`${how}-${index}`, how)).flat();

describe('advice on promotion', () => {
  it('is to promote when most symptoms stayed without the remedy', () => {
    expect(promotionAdvice([...times(4, 'stayed'), ...times(1, 'passed')])).toEqual([
      {
        policy: 'Web-memory',
        ...{ incidents: 5, wouldHaveActed: 5, passedByThemselves: 1, vetoes: {} },
        promote: true,
        because: '4 of 5 symptoms stayed without the remedy',
      },
    ]);
  });

  it.each([
    ['too little was seen', times(4, 'stayed'), /it would have acted 4 of the 5 times/],
    [
      'too many symptoms passed by themselves',
      [...times(4, 'stayed'), ...times(2, 'passed')],
      /2 of 6 symptoms passed by themselves: lengthen/,
    ],
  ])('is not yet when %s', (_, lines, because) => {
    expect(promotionAdvice(lines)).toMatchObject([{ promote: false, because: expect.stringMatching(because) }]);
  });

  it('counts what guardrails ended apart, and what had gone before anything was due not at all', () => {
    const [advice] = promotionAdvice([
      ...times(5, 'stayed'),
      ...times(2, 'paused'),
      ...times(1, 'excluded'),
      ...times(3, 'already-recovered'),
    ]);
    expect(advice?.vetoes).toEqual({ paused: 2, excluded: 1 });
    expect(advice).toMatchObject({ incidents: 11, wouldHaveActed: 5 });
  });

  it('is to promote when as many symptoms passed by themselves as may', () => {
    expect(promotionAdvice([...times(7, 'stayed'), ...times(3, 'passed')])).toMatchObject([{ promote: true }]);
  });

  it('takes no recovery for a veto, as of a symptom that went away while a person looked', () => {
    const recovered = { ...times(1, 'recovered-by-itself')[0], outcome: 'recovered' } as HistoryLine;
    expect(promotionAdvice([...times(5, 'stayed'), recovered])[0]?.vetoes).toEqual({});
  });

  it('counts an incident whose lines were written twice once', () => {
    expect(promotionAdvice([...times(5, 'stayed'), ...times(5, 'stayed')])).toMatchObject([{ wouldHaveActed: 5 }]);
  });

  it('speaks of each policy in shadow, and of no other', () => {
    const acting = {
      at: '',
      policy: 'Web-disk',
      incident: 'x',
      text: '',
      kind: 'outcome',
      outcome: 'recovered',
      reason: 'healed',
    } as const;
    const lines = [...shadowed('1', 'stayed', 'B'), ...shadowed('2', 'stayed', 'A'), acting];
    expect(promotionAdvice(lines).map(({ policy, incidents }) => [policy, incidents])).toEqual([
      ['A', 1],
      ['B', 1],
    ]);
  });
});
