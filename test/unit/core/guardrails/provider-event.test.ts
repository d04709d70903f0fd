import { anIncident, aProviderEvent, aQuestion, HOUR, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { ordinaryChangeConditions } from '../../../../lambdas/core/change-conditions.ts';
import { decide } from '../../../../lambdas/core/decide.ts';
import { providerEvent } from '../../../../lambdas/core/guardrails/provider-event.ts';
import type { ProviderEvent } from '../../../../lambdas/core/provider-event.ts';

const question = (...providerEvents: readonly ProviderEvent[]) =>
  aQuestion({
    incident: anIncident({ receivedAt: NOW - HOUR }),
    snapshot: { changeConditions: { ...ordinaryChangeConditions, providerEvents } },
  });

it('does not object while AWS reports nothing', () => {
  expect(providerEvent(question())).toBeUndefined();
});

it('looks again while AWS reports a problem, and gives its text and ARN', () => {
  expect(providerEvent(question(aProviderEvent()))).toEqual({
    kind: 'wait',
    reason: 'provider-event',
    why: `AWS reports AWS_EC2_OPERATIONAL_ISSUE of EC2: We are investigating increased launch failures. (${aProviderEvent().arn})`,
    until: NOW + 30 * SECOND,
  });
});

it('counts the further problems', () => {
  expect(providerEvent(question(aProviderEvent(), aProviderEvent(), aProviderEvent()))?.why).toMatch(/, and 2 more$/);
});

it('hands off with that text when the problem outlasts the patience of the policy', () => {
  expect(decide(question(aProviderEvent()))).toMatchObject({
    kind: 'end',
    end: { outcome: 'handed-off', reason: 'provider-event', why: expect.stringContaining('increased launch failures') },
  });
});
