import { aPolicy, aQuestion, MINUTE, NOW, someFacts } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { atLeastIll } from '../../../../lambdas/core/guardrails/at-least-ill.ts';
import type { Snapshot } from '../../../../lambdas/core/guardrails/guardrail.ts';

const asked = (least: number | undefined, snapshot: Partial<Snapshot>) =>
  atLeastIll(aQuestion({ policy: aPolicy({ guardrails: { ...(least !== undefined && { atLeastIll: least }) } }), snapshot }));

it('waits while fewer members have the symptom than are acted on, and says both numbers', () => {
  expect(asked(3, { stormWatch: { recent: 5, inAlarm: 2 } })).toEqual({
    kind: 'wait',
    reason: 'too-few-ill',
    why: '2 of 10 members have the symptom; fewer than 3 are left alone',
    until: NOW + MINUTE / 2,
  });
});

it('has nothing against acting as soon as enough members have it', () => {
  expect(asked(3, { stormWatch: { recent: 1, inAlarm: 3 } })).toBeUndefined();
});

it('counts the members that the load balancer finds ill', () => {
  const facts = { ...someFacts, ill: ['i-1', 'i-2'] };
  expect(asked(2, { facts, stormWatch: { recent: 1, inAlarm: 0 } })).toBeUndefined();
  expect(asked(3, { facts, stormWatch: { recent: 4, inAlarm: 0 } })).toMatchObject({ kind: 'wait' });
});

it('counts those that came together where nothing says how many are ill now', () => {
  expect(asked(2, { stormWatch: { recent: 2, inAlarm: 0 } })).toBeUndefined();
  expect(asked(2, { stormWatch: { recent: 1, inAlarm: 0 } })?.why).toMatch(/^1 of 10 members has the symptom/);
});

it('is not asked unless it is set', () => {
  expect(asked(undefined, {})).toBeUndefined();
});
