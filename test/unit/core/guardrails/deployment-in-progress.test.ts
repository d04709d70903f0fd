import { anIncident, aQuestion, HOUR, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { decide } from '../../../../lambdas/core/decide.ts';
import { deploymentInProgress } from '../../../../lambdas/core/guardrails/deployment-in-progress.ts';

const question = (...deployments: readonly string[]) =>
  aQuestion({
    incident: anIncident({ receivedAt: NOW - HOUR }),
    snapshot: { changeConditions: { calendar: { kind: 'open' }, deployments, providerEvents: [] } },
  });

it('does not object while nothing is rolled out', () => {
  expect(deploymentInProgress(question())).toBeUndefined();
});

it('looks again while something is, and says what', () => {
  expect(deploymentInProgress(question('deployment d-1 of shop/web', 'instance refresh of Auto Scaling group web'))).toEqual({
    kind: 'wait',
    reason: 'deployment-in-progress',
    why: 'under way: deployment d-1 of shop/web, instance refresh of Auto Scaling group web',
    until: NOW + 30 * SECOND,
  });
});

it('hands off by its name when the rollout outlasts the patience of the policy', () => {
  expect(decide(question('deployment d-1 of shop/web'))).toMatchObject({
    kind: 'end',
    end: { outcome: 'handed-off', reason: 'deployment-in-progress' },
  });
});
