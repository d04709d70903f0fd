import { anAttempt, anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { expect, it } from 'vitest';
import { composed } from '../../../../lambdas/core/notice/compose.ts';
import { endNotice } from '../../../../lambdas/core/notice/end.ts';
import { investigationOf } from '../../../../lambdas/core/notice/investigation.ts';
import { mailOf } from '../../../../lambdas/core/notice/mail.ts';

it('a hand-off starts an investigation with all that is known', () => {
  const end = { outcome: 'handed-off', reason: 'ladder-exhausted', why: '1 of 1 remedies was tried' } as const;
  const policy = aPolicy();
  const notice = endNotice(someOrigin, { incident: anIncident(), policy, attempts: [anAttempt()], end }, NOW);
  expect(investigationOf(notice)).toEqual({
    ...{ eventType: 'incident', action: 'created', priority: 'CRITICAL', incidentId: notice.id, title: notice.title, service: policy.name },
    ...{ description: mailOf(notice).body, timestamp: notice.at, data: { notice } },
  });
});

it.each([
  ['critical', 'CRITICAL'],
  ['warning', 'MEDIUM'],
  ['info', 'LOW'],
] as const)('what is %s has the priority %s, and without a policy the pipeline for a service', (severity, priority) => {
  const notice = composed(someOrigin, { id: 'i', thread: 'i', stage: 'handed-off', headline: 'H', severity }, NOW);
  expect(investigationOf(notice)).toMatchObject({ priority, service: 'healing' });
});
