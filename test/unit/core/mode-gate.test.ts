import { aPolicy, aQuestion, aRung, MINUTE, NOW, waitRung } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { modeGate } from '../../../lambdas/core/mode-gate.ts';

const asks = aPolicy({ mode: 'approval' });

it.each([
  ['lets an automatic policy climb without anybody', aPolicy(), aRung(), { kind: 'granted', by: [] }],
  ['lets a rung be climbed that changes nothing', asks, waitRung, { kind: 'granted', by: [] }],
  ['asks before a change', asks, aRung(), { kind: 'ask', until: NOW + 15 * MINUTE }],
  ['only watches in shadow, whatever the rung does', aPolicy({ mode: 'shadow' }), waitRung, { kind: 'watch' }],
])('the mode of a policy %s', (_, policy, rung, verdict) => {
  expect(modeGate(aQuestion({ policy }), rung, 0)).toEqual(verdict);
});

it('the mode of a policy lets a rung be climbed that people approved, and says who', () => {
  const { incident } = aQuestion();
  const request = {
    ...{ id: `${incident.id}-0`, incident: incident.id, policy: 'Web-memory', target: incident.target, rung: 0, remedy: 'restart-service' },
    ...{ seen: 'memory', summary: 'restart', askedAt: NOW - MINUTE, until: NOW + MINUTE, approvers: 1 },
  };
  const requests = [{ request, answers: [{ voter: 'anna', who: 'arn:anna', answer: 'approve', at: NOW } as const] }];
  expect(modeGate(aQuestion({ policy: asks, snapshot: { requests } }), aRung(), 0)).toEqual({ kind: 'granted', by: ['arn:anna'] });
});
