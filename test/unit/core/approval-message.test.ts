import { anIncident, aPolicy, aRung, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { ApprovalRequest } from '../../../lambdas/core/approval.ts';
import { approvalMessage } from '../../../lambdas/core/approval-message.ts';

const request: ApprovalRequest = {
  id: `${'a'.repeat(64)}-1`,
  incident: 'a'.repeat(64),
  policy: 'Web-memory',
  target: { kind: 'instance', id: 'i-0aaaabbbbccccdddd' },
  rung: 1,
  remedy: 'restart-service',
  seen: 'memory used above 90 %',
  summary: 'restart-service {"service":"nginx"}',
  askedAt: NOW,
  until: NOW + 15 * MINUTE,
  approvers: 1,
};
const policy = aPolicy({ ladder: [aRung(), aRung()] });

describe('the question to people', () => {
  it('says what was seen, what would be done, until when, and how to answer', () => {
    expect(approvalMessage(request, anIncident(), policy, 'healing')).toEqual({
      subject: '[self-healing] MAY I? restart-service for memory on instance i-0aaaabbbbccccdddd',
      body: `instance i-0aaaabbbbccccdddd: may the pipeline restart-service {"service":"nginx"}?

SEEN       memory used above 90 %, since 2026-11-02T10:19:00.000Z
           alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater than the threshold (90.0).
WOULD DO   restart-service {"service":"nginx"} on instance i-0aaaabbbbccccdddd, rung 2 of 2. Nothing is done before you answer.
ANSWER     within 15 min, until 2026-11-02T10:35:00.000Z; silence means no.
           self-healing-pipeline approve aaaaaaaa-2 --pipeline healing
           self-healing-pipeline deny aaaaaaaa-2 --pipeline healing "the reason"

Policy Web-memory, incident ${'a'.repeat(64)}`,
      attributes: { policy: 'Web-memory', outcome: 'waiting', reason: 'approval' },
    });
  });

  it('says how many must approve where one is not enough, and names the runbook', () => {
    const { body } = approvalMessage(
      { ...request, approvers: 2 },
      anIncident(),
      { ...policy, runbook: 'https://wiki.example.com/web' },
      'healing',
    );
    expect(body).toContain('\n           2 different people must approve; one who denies is enough to stop it.\n');
    expect(body).toContain('\n           Runbook: https://wiki.example.com/web\n');
  });
});
