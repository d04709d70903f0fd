import { aPolicy, aQuestion, aSlot, INSTANCE_ID, MINUTE, NOW, someFacts } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import type { OtherGroup } from '../../../lambdas/core/guardrails/guardrail.ts';
import type { Group } from '../../../lambdas/core/policy.ts';
import { slotClaims, touchedGroups } from '../../../lambdas/core/touched-groups.ts';

const slots = { other: aSlot(NOW + MINUTE) };
const { zone: _, ...unzoned } = someFacts;

/** A group of four, unhealthy target and all, of which two may be in remediation. */
function alongside(group: Group): OtherGroup {
  return {
    group,
    blastRadius: { percent: 50, members: 5, zonePercent: 100 },
    healthyFloor: { percent: 50 },
    facts: { ...unzoned, groupSize: 4, zoneSize: 4, healthy: false },
    slots,
  };
}

const groups: readonly (readonly [Group, string, string])[] = [
  [{ kind: 'tagged', name: 'Api', key: 'SelfHeal', value: 'yes' }, 'tagged#Api', ' of Api (SelfHeal=yes)'],
  [{ kind: 'auto-scaling-group', name: 'web' }, 'auto-scaling-group#web', ' of Auto Scaling group web'],
  [{ kind: 'instances', name: 'Gateways', ids: [INSTANCE_ID] }, 'instances#Gateways', ' of Gateways'],
  [{ kind: 'single', target: { kind: 'database', id: 'orders' } }, 'single#database#orders', ' of database orders'],
];
const own = {
  group: 'tagged#Web',
  limits: { group: 1, zone: 10 },
  zone: 'eu-west-1a',
  floor: { least: 5, others: someFacts.healthyOthers },
};

it.each(groups)('a target is missed in its own group and in %j, each by its own limits', (group, key, named) => {
  const { policy, snapshot } = aQuestion({ snapshot: { slots: {}, alongside: [alongside(group)] } });
  expect(touchedGroups(policy, snapshot)).toStrictEqual([
    { ...own, named: '', size: 10, zoneSize: 10, slots: {} },
    { group: key, limits: { group: 2, zone: 4 }, named, size: 4, zoneSize: 4, slots },
  ]);
});

it('an act takes a slot in each group that has the target', () => {
  const { snapshot } = aQuestion({ snapshot: { alongside: [alongside({ kind: 'auto-scaling-group', name: 'web' })] } });
  expect(slotClaims(aPolicy(), snapshot)).toStrictEqual([own, { group: 'auto-scaling-group#web', limits: { group: 2, zone: 4 } }]);
});

it('an act takes a slot in the group of its policy alone where no other has the target', () => {
  expect(slotClaims(aPolicy(), aQuestion().snapshot)).toStrictEqual([own]);
});
