import { describe, expect, it } from 'vitest';
import { Defect, messageOf, NotTaken, TargetGone, TryAgain, Uncertain } from '../../../lambdas/core/failure.ts';

describe('a failure', () => {
  it.each([
    [TryAgain, 'TryAgain'],
    [TargetGone, 'TargetGone'],
    [Defect, 'Defect'],
    [Uncertain, 'Uncertain'],
    [NotTaken, 'NotTaken'],
  ])('has the name by which the workflow knows it, its words and its cause', (Failure, name) => {
    const cause = new Error('AccessDenied');
    const failure = new Failure('read the table', cause);
    expect([failure.name, failure.message, failure.cause]).toEqual([name, 'read the table', cause]);
  });

  it('has words, whatever was thrown', () => {
    expect([messageOf(new Error('gone')), messageOf('gone'), messageOf(undefined)]).toEqual(['gone', 'gone', 'undefined']);
  });
});
