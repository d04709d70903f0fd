import { anAttempt } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { endFor } from '../../../lambdas/core/reasons.ts';
import { repairResult } from '../../../lambdas/core/repair-result.ts';

const inVain = anAttempt({ result: 'not-recovered' });

it.each([
  ['a healed incident', endFor('healed', '', 1), [anAttempt({ result: 'recovered' })], 'healed'],
  ['one that was handed off after an act that did not help', endFor('ladder-exhausted', '', 1), [inVain], 'failed'],
  ['one of whose acts one did not help', endFor('ladder-exhausted', '', 2), [anAttempt({ result: 'recovered' }), inVain], 'failed'],
  ['one that was handed off before anything was changed', endFor('symptom-unknown', '', 0), [], undefined],
  ['one whose only act left the target alone', endFor('unsafe-to-act', '', 1), [anAttempt({ result: 'not-applicable' })], undefined],
  ['one none of whose remedies applied', endFor('ladder-exhausted', '', 0), [anAttempt({ result: 'not-applicable' })], undefined],
  [
    'one of whose acts one was in vain and one did not apply',
    endFor('ladder-exhausted', '', 1),
    [anAttempt({ result: 'not-applicable' }), inVain],
    'failed',
  ],
  ['one whose act AWS did not take', endFor('act-not-taken', '', 0), [anAttempt({ result: 'not-taken' })], undefined],
  ['one of which nobody knows how its act went', endFor('ladder-exhausted', '', 1), [anAttempt({ result: 'interrupted' })], undefined],
  ['one whose act was not judged', endFor('unexpected-error', '', 1), [anAttempt()], undefined],
  ['one whose act ended badly and did not help', endFor('ladder-exhausted', '', 1), [anAttempt({ result: 'failed' })], 'failed'],
  ['one that had only made room for the next rung', endFor('ladder-exhausted', '', 1), [{ ...inVain, enabling: true as const }], undefined],
  ['one that many others shared', endFor('storm', '', 1), [inVain], undefined],
  ['one whose target is gone', endFor('target-gone', '', 1), [inVain], undefined],
  ['one during a problem of AWS', endFor('provider-event', '', 1), [inVain], undefined],
  ['one that only waited', endFor('ladder-exhausted', '', 1), [{ ...inVain, acts: false }], undefined],
  [
    'one whose act helped, and that was handed off for something else',
    endFor('paused', '', 1),
    [anAttempt({ result: 'recovered' })],
    undefined,
  ],
  ['one that went away by itself', endFor('recovered-by-itself', '', 1), [{ ...inVain, acts: false }], undefined],
  ['one that was skipped', endFor('already-open', '', 0), [inVain], undefined],
])('the breaker learns from %s', (_, end, attempts, result) => {
  expect(repairResult(end, attempts)).toBe(result);
});

it.each(['paused', 'policy-changed', 'muted', 'excluded', 'put-aside', 'not-in-fleet', 'shadow'] as const)(
  'the breaker learns nothing from one that a person interrupted: %s',
  (reason) => {
    expect(repairResult(endFor(reason, '', 1), [inVain])).toBeUndefined();
  },
);
