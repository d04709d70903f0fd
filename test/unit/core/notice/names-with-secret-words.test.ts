import { anAttempt, anIncident, aPolicy, aRung, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { expect, it } from 'vitest';
import { composed } from '../../../../lambdas/core/notice/compose.ts';
import { digestNotice } from '../../../../lambdas/core/notice/digest.ts';
import { endNotice } from '../../../../lambdas/core/notice/end.ts';
import { rejectionNotice } from '../../../../lambdas/core/notice/rejection.ts';
import { endFor } from '../../../../lambdas/core/reasons.ts';

const words = ['Token-service', 'Auth', 'Credential-store', 'Password-reset', 'Cookie-consent', 'Session-id', 'Signature-check'];

it.each(words)('a notice about %s has all of its own words', (word) => {
  const name = word.toLowerCase();
  const policy = aPolicy({ name: `${word}-memory`, ladder: [aRung({ params: { service: name } })] });
  const target = { kind: 'auto-scaling-group', name } as const;
  const incident = anIncident({
    policy: policy.name,
    alarmName: `${name}-${policy.name}`,
    target,
    reason: 'Threshold Crossed: token: hunter2',
  });
  const attempt = anAttempt({
    summary: `use restart-service (service ${name})`,
    result: 'failed',
    why: `${name}.service: Main process exited, code=exited`,
    kept: [`systemd[1]: ${name}.service: Failed with result 'oom-kill'.`],
  });
  const why = `could not raise the capacity of Auto Scaling group ${name}: AccessDenied, password: hunter2 x`;
  const end = endFor('act-not-taken', why, 1);
  const notice = endNotice({ ...someOrigin, pipeline: name }, { incident, policy, attempts: [attempt], end }, NOW);
  expect(notice.seen[2]).toBe(`alarm ${name}-${word}-memory: Threshold Crossed: token: [redacted]`);
  expect(notice.done[0]?.why).toBe(attempt.why);
  expect(notice.kept).toEqual(attempt.kept);
  expect(notice.why[1]).toBe(why.replace('hunter2', '[redacted]'));
  expect(JSON.stringify([notice.links, notice.doNow, notice.title])).not.toContain('[redacted]');
});

it('a digest has the names of its policies', () => {
  const line = { at: new Date(NOW).toISOString(), kind: 'outcome', incident: 'i', text: '', symptom: 'memory' } as const;
  const lines = [{ ...line, policy: 'Auth', target: 'instance i-1', outcome: 'handed-off', reason: 'target-busy' }];
  expect(digestNotice(someOrigin, { since: NOW - 1, lines, shadowed: [] }, NOW).diagnosis).toContainEqual({
    title: 'What was handed off, by reason',
    lines: ['Auth: target-busy, once'],
  });
});

it('a link and a command stay as they were made, on one line; the link of a user has no secret', () => {
  const made = { url: 'https://x/execution%3Atoken-workflow%3Aa1b2\n', command: 'aws x --token abc\n' };
  const draft = { id: 'i', stage: 'digest', headline: 'H', thread: 'i' } as const;
  const { links, doNow } = composed(
    someOrigin,
    { ...draft, links: [{ what: 'x', url: made.url }], doNow: [{ text: 'token: hunter2', command: made.command }] },
    NOW,
  );
  expect(links).toEqual([{ what: 'x', url: made.url.trim() }]);
  expect(doNow).toEqual([{ text: 'token: [redacted]', command: made.command.trim() }]);
  const runbook = 'https://anna:hunter2@wiki.example.com/web?token=hunter2';
  const policy = aPolicy({ runbook });
  const kept = 'https://anna:[redacted]@wiki.example.com/web?token=[redacted]';
  for (const notice of [
    rejectionNotice(someOrigin, policy, endFor('unknown-event', '', 0), 'x', NOW),
    endNotice(someOrigin, { incident: anIncident(), policy, attempts: [], end: endFor('healed', '', 1) }, NOW),
  ]) {
    expect(notice.links).toContainEqual({ what: 'Runbook', url: kept });
    expect(notice.policy?.runbook).toBe(kept);
  }
});
