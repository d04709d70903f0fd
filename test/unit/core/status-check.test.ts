import { INSTANCE_ID, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { failedCheckEvent, isRejection, parseSignal } from '../../../lambdas/core/signal.ts';
import { type FailedCheck, failedChecks, type WatchedCheck } from '../../../lambdas/core/status-check.ts';
import { sweepSource } from '../../../lambdas/core/sweep-source.ts';

const watched: WatchedCheck = {
  ...{ policy: 'Web-system-status', check: 'system' },
  ...{ tag: { key: 'SelfHeal', value: 'enabled' }, sustained: { minutes: 2 } },
};
const tags = new Map([
  [INSTANCE_ID, { SelfHeal: 'enabled' }],
  ['i-0000000000000000b', { SelfHeal: 'off' }],
]);
const told = (id: string, minutes: number, check: WatchedCheck['check'] = 'system') =>
  failedChecks([watched], new Map([[check, [{ id, since: NOW - minutes * MINUTE }]]]), tags, NOW);

describe('failed status checks that are told', () => {
  it('are those of the policy’s check, on instances with its tag, that have failed for long enough', () => {
    expect(told(INSTANCE_ID, 2)).toEqual([{ policy: 'Web-system-status', check: 'system', id: INSTANCE_ID, since: NOW - 2 * MINUTE }]);
  });

  it.each<[string, Parameters<typeof told>]>([
    ['which has failed for a moment', [INSTANCE_ID, 1.99]],
    ['of an instance with another value of the tag', ['i-0000000000000000b', 9]],
    ['of an instance that is not there any more', ['i-0000000000000000c', 9]],
    ['of another kind', [INSTANCE_ID, 9, 'instance']],
  ])('are not one %s', (_, check) => {
    expect(told(...check)).toEqual([]);
  });

  it('are not one of which EC2 does not say since when', () => {
    expect(failedChecks([watched], new Map([['system', [{ id: INSTANCE_ID }]]]), tags, NOW)).toEqual([]);
  });

  const failed: FailedCheck = { policy: 'Web-system-status', check: 'system', id: INSTANCE_ID, since: NOW };
  const event = { ...failedCheckEvent(failed), id: 'e-1', source: sweepSource('healing') };
  const asSent = { id: event.id, source: event.source, 'detail-type': event.detailType, detail: event.detail };

  it('become a signal that names the instance, by the time since when it fails', () => {
    expect(parseSignal(asSent)).toEqual({
      ...{ eventId: 'e-1', alarmName: 'status check system', at: NOW, check: 'system', swept: true },
      reason: `EC2 finds its system status check impaired since ${new Date(NOW).toISOString()}`,
      contributor: { id: INSTANCE_ID, attributes: { InstanceId: INSTANCE_ID } },
    });
  });

  it('are refused when they name a check that EC2 does not make', () => {
    expect(isRejection(parseSignal({ ...asSent, detail: { ...event.detail, check: 'mood' } }))).toBe(true);
  });
});
