import { NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { conclude, nextSchema, triageAt, verifyAt } from '../../../lambdas/core/next.ts';
import { endFor } from '../../../lambdas/core/reasons.ts';

describe("a step's answer", () => {
  it.each([
    ['triage', triageAt(NOW)],
    ['verify', verifyAt(NOW, { rung: 0, verifyBy: NOW + 1, goneSince: NOW })],
    ['conclude', conclude(endFor('healed', 'gone', 1))],
    ['conclude of a storm', conclude({ ...endFor('storm', 'ten of forty', 0), details: ['SPREAD'], members: ['i-00000001'] })],
    ['conclude of a storm, by an earlier version', conclude({ ...endFor('storm', 'ten of forty', 0), details: ['SPREAD'] })],
    ['remediate', { do: 'remediate', remedy: 'wait-and-see', rung: 9 }],
  ])('survives the way through the workflow as JSON: %s', (_, next) => {
    expect(nextSchema.parse(JSON.parse(JSON.stringify(next)))).toEqual(next);
  });

  it('gives the workflow the time to wait for as ISO time', () => {
    expect(triageAt(NOW)).toEqual({ do: 'triage', at: '2026-11-02T10:20:00.000Z' });
  });

  it.each([{}, { watched: 0 }, { goneSince: NOW }, { lateSince: NOW }, { watched: 1, goneSince: NOW, lateSince: NOW + 1 }])(
    'carries to the next look what it goes on from, and no more: %j',
    (carried) => {
      const none = { watched: undefined, goneSince: undefined, lateSince: undefined };
      expect(triageAt(NOW, { ...none, ...carried })).toStrictEqual({ do: 'triage', at: '2026-11-02T10:20:00.000Z', ...carried });
    },
  );

  it('is refused with a reason that is not on the list', () => {
    expect(nextSchema.safeParse({ do: 'conclude', end: { outcome: 'skipped', reason: 'no-idea', why: '' } }).success).toBe(false);
  });
});
