import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LABEL_OFFSET, layOutTimeline } from '../../report/timeline-layout.ts';

const entry = fc.record({
  seconds: fc.double({ min: -5, max: 300, noNaN: true }),
  kind: fc.constant('action' as const),
  text: fc.string({ maxLength: 120 }),
});
const entries = fc
  .array(entry, { minLength: 1, maxLength: 20 })
  .map((list) => list.toSorted((left, right) => left.seconds - right.seconds));

/** Narrower than what the layout assumes for a letter, so that rounding cannot hide an overlap. */
const LETTER = 7.5;

describe('laying out a timeline', () => {
  it('never lets a label meet another label or the line of another mark', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const { marks } = layOutTimeline(list, 920);
        for (const [index, mark] of marks.entries()) {
          const end = mark.x + LABEL_OFFSET + (mark.time.length + 1 + mark.text.length) * LETTER;
          for (const later of marks.slice(index + 1)) {
            expect(later.x).toBeGreaterThan(mark.x);
            if (later.x < end) expect(mark.labelY).toBeLessThan(later.labelY);
          }
        }
      }),
    );
  });

  it('keeps labels of every realistic timeline inside the drawing', () => {
    const { marks, width } = layOutTimeline(
      Array.from({ length: 12 }, (_, index) => ({ seconds: index * 3, kind: 'action' as const, text: 'a long text '.repeat(12) })),
      920,
    );

    expect(Math.max(...marks.map(({ x, time, text }) => x + LABEL_OFFSET + (time.length + 1 + text.length) * LETTER))).toBeLessThanOrEqual(
      width,
    );
    expect(marks.map(({ text }) => text.endsWith('…'))).not.toContain(false);
  });

  it('names round seconds and places a moment between its neighbours', () => {
    const layout = layOutTimeline(
      [0, 4, 21].map((seconds) => ({ seconds, kind: 'action' as const, text: '' })),
      920,
    );
    const [, second, third] = layout.marks;

    expect(layout.ticks.map(({ label }) => label)).toEqual(['0 s', '5 s', '10 s', '15 s', '20 s']);
    expect(layout.xOf(12)).toBeGreaterThan(second?.x ?? 0);
    expect(layout.xOf(12)).toBeLessThan(third?.x ?? 0);
    expect(layout.xOf(99)).toBe(third?.x);
  });
});
