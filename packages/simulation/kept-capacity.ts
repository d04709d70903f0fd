import { type Attempt, attemptToken, type Incident } from '../../lambdas/core/incident.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import { targetKey } from '../../lambdas/core/target.ts';
import { aGroup, aGrowth, aMember } from './accounts.ts';
import { ALARM_NAME, anAttempt, anIncident, aPolicy, aRung, MINUTE, NOW } from './builders.ts';
import type { World } from './doubles/fake-ports.ts';

export const GROUP = { kind: 'auto-scaling-group', name: 'web' } as const;

/** A policy that adds one instance to a group and gives it back after half an hour. */
export const capacityPolicy: Policy = aPolicy({
  name: 'Web-group-cpu',
  symptom: 'group-cpu',
  seen: 'average CPU of the group above 80 %',
  targets: { kind: 'fixed', target: GROUP },
  group: { kind: 'single', target: GROUP },
  ladder: [aRung({ remedy: 'add-capacity', params: {} })],
});

/** The incident that added the instance and ended as recovered half an hour ago. */
export const recovered: Incident = anIncident({ policy: capacityPolicy.name, symptom: 'group-cpu', target: GROUP });

/** What the workflow knows of it. */
export const keeping = { rung: 0, below: [], since: NOW - 30 * MINUTE };

export function addedCapacity(given: Partial<Attempt> = {}): Attempt {
  const { incident = recovered.id, rung = 0 } = given;
  return anAttempt({
    token: attemptToken(incident, rung),
    policy: capacityPolicy.name,
    target: GROUP,
    remedy: 'add-capacity',
    at: NOW - 40 * MINUTE,
    plan: aGrowth(),
    summary: 'raise the capacity of web to 3',
    receipt: {},
    result: 'recovered',
    ...given,
  });
}

/** The world half an hour after the recovery: three members serve, the alarm is quiet, and nobody holds anything. */
export function keepCapacity(world: World): void {
  const members = ['i-00000001', 'i-00000002', 'i-00000003'].map((id) => aMember(id));
  world.account.groups.set('web', aGroup({ desired: 3, members }));
  world.account.alarms.set(ALARM_NAME, { state: 'OK', reason: '' });
  const added = addedCapacity();
  remember(world, [added]);
}

/** Makes these the attempts on the group, of whatever incident. */
export function remember(world: World, attempts: readonly Attempt[]): void {
  for (const attempt of attempts) world.items.attempts.set(attempt.token, attempt);
  world.items.histories.set(
    targetKey(GROUP),
    attempts.map(({ token }) => token),
  );
}
