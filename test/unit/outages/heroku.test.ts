import { aGroup, aMember } from '@self-healing/simulation/accounts.ts';
import { aRung } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { AutoScalingGroup } from '../../../lambdas/core/ports.ts';
import { GROUP_TAG } from '../../../lambdas/core/selection.ts';
import { aFault, fleetOf, fleetPolicy, member, memberId, reasonsOf, simulated } from '../../support/outage-stage.ts';

// Heroku, incident 2451: routers that were not ready were taken away by the ordinary process, and their load was shed onto the
// others.

const SIZE = 4;

/** A group of four routers of which some serve. */
function groupWith(serving: number, of: Partial<AutoScalingGroup['members'][number]>): AutoScalingGroup {
  const members = Array.from({ length: SIZE }, (_, number) => aMember(memberId(number), number < serving ? {} : of));
  return aGroup({ desired: SIZE, max: SIZE, members });
}

function repaired(group: AutoScalingGroup, ill: number, { percent = 50, remedy = 'restart-service' } = {}) {
  const instances = fleetOf(SIZE).map((instance) => ({ ...instance, tags: { SelfHeal: 'enabled', [GROUP_TAG]: 'web' } }));
  const policy = fleetPolicy({
    group: { kind: 'auto-scaling-group', name: 'web' },
    guardrails: { healthyFloor: { percent }, waitAtMost: { minutes: 5 } },
    ladder: [aRung({ remedy, params: remedy === 'restart-service' ? { service: 'router' } : {} })],
  });
  return simulated({ policies: [policy], instances, groups: [group], faults: [aFault({ target: member(ill), curedBy: [remedy] })] });
}

describe('Heroku, incident 2451: capacity was taken away that was needed', () => {
  it.each<[string, Partial<AutoScalingGroup['members'][number]>]>([
    ['unhealthy', { healthy: false }],
    ['not in service yet', { lifecycle: 'Pending:Wait' }],
    ['in standby', { lifecycle: 'Standby' }],
  ])('a member is not repaired while too many others are %s', async (_, state) => {
    const history = await repaired(groupWith(2, state), 0);
    expect(history.acts).toEqual([]);
    expect(history.lines.filter(({ kind }) => kind === 'outcome')).toMatchObject([
      { outcome: 'handed-off', reason: 'healthy-floor', text: expect.stringContaining('1 other members of 4 are healthy') },
    ]);
    expect(history.notices).toHaveLength(1);
  });

  it.each(['restart-service', 'replace-instance'])('the last healthy member is never taken by %s, whatever the floor', async (remedy) => {
    const history = await repaired(groupWith(1, { healthy: false }), 0, { percent: 0, remedy });
    expect(history.acts).toEqual([]);
    expect(reasonsOf(history)).toEqual(['healthy-floor']);
  });

  it('a member that serves nothing is repaired, for it is not missed', async () => {
    const history = await repaired(groupWith(2, { healthy: false }), 3);
    expect(history.acts).toHaveLength(1);
    expect(reasonsOf(history)).toEqual(['healed']);
  });

  it('a member is repaired while enough others serve', async () => {
    const history = await repaired(groupWith(3, { healthy: false }), 0);
    expect(history.acts).toHaveLength(1);
  });
});
