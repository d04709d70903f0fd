import { NOW } from '@self-healing/simulation/builders.ts';
import { expect, it, vi } from 'vitest';
import { clock } from '../../../../lambdas/core/doctor/clock.ts';
import { examine, exitCodeOf, type ReadAccount } from '../../../../lambdas/core/doctor/examine.ts';
import type { FindingState } from '../../../../lambdas/core/doctor/finding.ts';
import { rules } from '../../../../lambdas/core/doctor/rules.ts';
import { healthy } from '../../../support/healthy-account.ts';

const place = { pipeline: 'healing', now: NOW };
const dark = (says: string, mend?: string) => ({
  state: 'unknown',
  about: 'rules',
  says: `it could not be looked: ${says}`,
  ...(mend && { mend }),
});
const read = { manifest: { value: healthy.manifest }, rules: { value: healthy.rules } };

it.each<[string, ReadAccount, object]>([
  ['all was read', read, { state: 'ok', about: 'healing', says: 'all 1 policies have an enabled rule' }],
  ['something was not read', { manifest: read.manifest }, dark('it was not read')],
  ['it failed', { ...read, manifest: { why: 'throttled', refused: false } }, dark('throttled')],
  [
    'it was refused, with what to ask for',
    { ...read, rules: { why: 'AccessDenied', refused: true } },
    dark('AccessDenied', 'ask for events:ListRules, events:ListTargetsByRule: the managed policy healing-doctor-<Region>'),
  ],
  ['much of it failed, which is told once', { rules: { why: 'throttled', refused: false } }, dark('it was not read')],
])('a check is judged where %s', (_, account, finding) => {
  expect(examine(rules, account, place)).toStrictEqual([finding]);
});

it('a check gets no reading but those that it needs', () => {
  const judge = vi.fn(() => []);
  examine({ ...clock, judge }, { ...read, ahead: { value: 0 } }, place);
  expect(judge).toHaveBeenCalledExactlyOnceWith({ ahead: 0 }, place);
});

it.each<[readonly FindingState[], number]>([
  [[], 0],
  [['ok', 'warning'], 0],
  [['ok', 'unknown'], 2],
  [['unknown', 'wrong'], 1],
])('findings that are %j end with %i', (states, code) => {
  expect(exitCodeOf(states.map((state) => ({ state, about: 'it', says: 'is so' })))).toBe(code);
});
