import { aPolicy, aQuestion, someFacts } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { fleetSize } from '../../../../lambdas/core/guardrails/fleet-size.ts';

const asked = (groupSize: number, largestFleet?: number) =>
  fleetSize(
    aQuestion({
      policy: aPolicy({ guardrails: { ...(largestFleet !== undefined && { largestFleet }) } }),
      snapshot: { facts: { ...someFacts, groupSize } },
    }),
  );

it('does not object to a fleet of the expected size', () => {
  expect(asked(500, 500)).toBeUndefined();
});

it('ends the incident of a fleet with one member more than expected, and says both numbers', () => {
  expect(asked(501, 500)).toEqual({
    kind: 'end',
    reason: 'fleet-too-large',
    why: 'the fleet has 501 members; at most 500 are expected',
  });
});

it('does not object where nothing is expected, as for a database', () => {
  expect(asked(10_000)).toBeUndefined();
});
