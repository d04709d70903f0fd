import { describe, expect, it } from 'vitest';
import { reasonWords } from '../../../lambdas/core/reason-words.ts';
import { endFor, isReason, isTold, reasonNames, reasons } from '../../../lambdas/core/reasons.ts';

describe('the reasons', () => {
  it('make a hand-off of every skip after something was changed, so that a person knows', () => {
    for (const reason of reasonNames.filter((name) => reasons[name].outcome === 'skipped')) {
      expect(endFor(reason, 'why', 1), reason).toEqual({ outcome: 'handed-off', reason, why: 'why' });
      expect(endFor(reason, 'why', 0).outcome, reason).toBe('skipped');
    }
  });

  it('never make less of a recovery or a hand-off', () => {
    expect(endFor('healed', '', 3).outcome).toBe('recovered');
    expect(endFor('ladder-exhausted', '', 0).outcome).toBe('handed-off');
  });

  it('tell people of every hand-off, but of those in a storm by the message of its lead', () => {
    const witness = { kind: 'storm', id: 'the storm' } as const;
    const changed = reasonNames.filter((reason) => !reasons[reason].tell);
    expect(changed.filter((reason) => !isTold({ outcome: 'handed-off', reason, why: '', witness }))).toEqual(['part-of-storm']);
    expect(reasonNames.filter((reason) => !isTold({ outcome: 'handed-off', reason, why: '' }))).toEqual([]);
    expect(isTold({ outcome: 'handed-off', reason: 'storm', why: '' })).toBe(true);
    expect(reasonNames.filter((reason) => reasons[reason].outcome === 'handed-off' && !reasons[reason].tell)).toEqual([]);
  });

  it('tell nobody of a duplicate whose first delivery is named', () => {
    expect(isTold(endFor('duplicate-delivery', '', 0, { kind: 'incident', id: 'the first' }))).toBe(false);
  });

  it.each(reasonNames)('are silent only of what is gone, or by a witness: %s', (reason) => {
    const end = endFor(reason, '', 0);
    expect(isTold(end)).toBe(reason !== 'already-recovered' && reason !== 'unconfirmed');
    for (const kind of ['incident', 'storm', 'person'] as const) expect(isTold({ ...end, witness: { kind, id: 'somebody' } })).toBe(false);
  });

  it('are known by their names, and by nothing that only looks alike', () => {
    expect(['healed', 'toString', 'healing', ['healed'], undefined].map(isReason)).toEqual([true, false, false, false, false]);
  });

  it('say in sentences what each means and what to do now', () => {
    for (const reason of reasonNames) {
      expect(reasonWords[reason].means, reason).toMatch(/^[A-Z].*\.$/);
      expect(reasonWords[reason].doNow, reason).toMatch(/^[A-Z].*\.$/);
    }
  });
});
