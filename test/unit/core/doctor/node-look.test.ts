import { aPolicy, aRung, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { lookOf, nodesToAsk } from '../../../../lambdas/core/doctor/node-look.ts';
import type { CommandResult } from '../../../../lambdas/core/ports.ts';

const policy = aPolicy();
const disk = aPolicy({ name: 'Web-disk', ladder: [aRung({ params: { service: 'logrotate' } })] });
const elsewhere = aPolicy({ group: { kind: 'auto-scaling-group', name: 'web' }, ladder: [aRung({ params: { service: 'php' } })] });
const managed = (id: string, given = {}) => ({ id, online: true, agentVersion: '3', platform: 'Linux', ...given });
const fleet = (...ids: readonly string[]) => ({
  group: policy.group,
  members: ids.map((id) => ({ id, running: id !== 'i-stopped' })),
  missing: [],
});

describe('the machines that are asked', () => {
  it('are the running ones with Linux whose agent answers, for the services of the policies of their fleet', () => {
    const known = [managed('i-1'), managed('i-off', { online: false }), managed('i-win', { platform: 'Windows' }), managed('i-stopped')];
    expect(nodesToAsk([policy, disk, elsewhere], [fleet('i-1', 'i-off', 'i-win', 'i-stopped', 'i-new')], known)).toEqual([
      { id: 'i-1', services: ['nginx', 'logrotate'] },
    ]);
  });

  it('are asked once for the services of all their fleets', () => {
    const group = elsewhere.group;
    const both = [fleet('i-1'), { ...fleet('i-1'), group }, fleet('i-1')];
    expect(nodesToAsk([policy, elsewhere], both, [managed('i-1')])).toEqual([{ id: 'i-1', services: ['nginx', 'php'] }]);
  });

  it('are ten of a fleet', () => {
    const ids = Array.from({ length: 12 }, (_, number) => `i-${number}`);
    expect(
      nodesToAsk(
        [policy],
        [fleet(...ids)],
        ids.map((id) => managed(id)),
      ).map(({ id }) => id),
    ).toEqual(ids.slice(0, 10));
  });
});

describe('what a machine says of itself', () => {
  const result = (given: Partial<CommandResult>): CommandResult =>
    ({ status: 'succeeded', detail: 'Success', output: '', errors: '', ...given }) as CommandResult;

  it('is its clock and its services', () => {
    const output = `clock ${(NOW + 2 * SECOND) / 1_000}\n  service nginx active\nservice php missing\nservice broken\nother x y\n`;
    expect(lookOf('i-1', result({ output }), NOW)).toStrictEqual({
      id: 'i-1',
      services: { nginx: 'active', php: 'missing' },
      ahead: 2 * SECOND,
    });
    expect(lookOf('i-1', result({ output: 'service nginx active' }), NOW)).toStrictEqual({ id: 'i-1', services: { nginx: 'active' } });
  });

  it('is why it does not answer', () => {
    expect(lookOf('i-1', undefined, NOW)).toEqual({ id: 'i-1', services: {}, unread: 'it did not answer in half a minute' });
    expect(lookOf('i-1', result({ status: 'failed', detail: 'Failed', output: 'a', errors: 'b\n' } as never), NOW)).toEqual({
      id: 'i-1',
      services: {},
      unread: 'Failed: ab',
    });
  });
});
