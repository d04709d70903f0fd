import { aDatabase, aGroup, aMember, anInstance } from '@self-healing/simulation/accounts.ts';
import {
  ALARM_NAME,
  anAttempt,
  anIncident,
  aPolicy,
  aState,
  HOUR,
  INSTANCE_ID,
  MINUTE,
  NOW,
  SECOND,
  waitRung,
} from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, texts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Defect, TryAgain } from '../../../lambdas/core/failure.ts';
import type { Guardrails, Policy } from '../../../lambdas/core/policy.ts';
import type { Target } from '../../../lambdas/core/target.ts';
import { triage } from '../../../lambdas/steps/triage.ts';

const grouped = { SelfHeal: 'enabled', 'aws:autoscaling:groupName': 'web' };

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance());
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
});

const triaged = (guardrails: Partial<Guardrails> = {}, more: Partial<Omit<Policy, 'guardrails'>> & { readonly target?: Target } = {}) => {
  const { target, ...given } = more;
  return triage(aState({ policy: aPolicy({ guardrails, ...given }), incident: anIncident(target && { target }) }), world.ports, NOW);
};
const lookAgain = { do: 'triage', at: new Date(NOW + 30 * SECOND).toISOString() };
const asked = (call: string) => world.calls.filter((each) => each === call).length;

describe('triage under a change calendar', () => {
  it('asks none when the policy names none', async () => {
    expect(await triaged()).toMatchObject({ do: 'remediate' });
    expect(asked('calendars.state')).toBe(0);
  });

  it('acts while it is open', async () => {
    world.surroundings.calendars.set('Freeze', { kind: 'open' });
    expect(await triaged({ calendars: ['Freeze'] })).toMatchObject({ do: 'remediate' });
  });

  it('waits until it opens, and claims nothing', async () => {
    world.surroundings.calendars.set('Freeze', { kind: 'closed', changesAt: NOW + 10 * MINUTE });
    expect(await triaged({ calendars: ['Freeze'] })).toEqual({ do: 'triage', at: new Date(NOW + 10 * MINUTE).toISOString() });
    expect(world.claims.leases.size + world.claims.slots.size).toBe(0);
  });

  it('hands off when it opens too late', async () => {
    world.surroundings.calendars.set('Freeze', { kind: 'closed', changesAt: NOW + HOUR });
    expect(await triaged({ calendars: ['Freeze'] })).toMatchObject({ end: { outcome: 'handed-off', reason: 'change-calendar' } });
  });

  it('still looks on, and does not ask it, before a rung that changes nothing', async () => {
    world.surroundings.calendars.set('Freeze', { kind: 'closed' });
    expect(await triaged({ calendars: ['Freeze'] }, { ladder: [waitRung] })).toMatchObject({ do: 'remediate', remedy: 'wait-and-see' });
    expect(asked('calendars.state')).toBe(0);
  });

  it('that does not exist never acts, and says so at once', async () => {
    expect(await triaged({ calendars: ['Renamed'] })).toMatchObject({
      end: { outcome: 'handed-off', reason: 'change-calendar', why: expect.stringContaining('InvalidDocument: Renamed') },
    });
  });

  it('that cannot be read for a moment is asked again', async () => {
    failing(world, 'calendars.state', new TryAgain('throttled', undefined));
    expect(await triaged({ calendars: ['Freeze'] })).toEqual(lookAgain);
    expect(texts(world, 'decision')).toEqual([expect.stringContaining('wait (change-calendar)')]);
  });

  it('whose reading breaks down in a way that nobody knows fails the step', async () => {
    failing(world, 'calendars.state', new Error('unheard of'));
    await expect(triaged({ calendars: ['Freeze'] })).rejects.toThrow('unheard of');
  });
});

describe('triage during a deployment', () => {
  it('waits for the instance refresh of the group that the instance is a member of', async () => {
    world.account.instances.set(INSTANCE_ID, anInstance({ tags: grouped }));
    world.account.refreshing.add('web');
    expect(await triaged()).toEqual(lookAgain);
    expect(texts(world, 'decision')).toEqual(['wait (deployment-in-progress): under way: instance refresh of Auto Scaling group web']);
  });

  it('waits for the instance refresh of the group that is protected', async () => {
    world.account.groups.set('web', aGroup({ members: [aMember(INSTANCE_ID)] }));
    world.account.refreshing.add('web');
    expect(await triaged({}, { group: { kind: 'auto-scaling-group', name: 'web' } })).toEqual(lookAgain);
  });

  it('waits for the instance refresh of the group that is the target', async () => {
    const target = { kind: 'auto-scaling-group', name: 'web' } as const;
    world.account.groups.set('web', aGroup());
    world.account.refreshing.add('web');
    expect(await triaged({}, { target, group: { kind: 'single', target } })).toEqual(lookAgain);
  });

  it('does not mind the refresh of another group', async () => {
    world.account.instances.set(INSTANCE_ID, anInstance({ tags: grouped }));
    world.account.refreshing.add('workers');
    expect(await triaged()).toMatchObject({ do: 'remediate' });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['an instance that is in no group', () => triaged()],
    ['a rung that changes nothing', () => triaged({}, { ladder: [waitRung], group: { kind: 'auto-scaling-group', name: 'web' } })],
    [
      'a database',
      () => {
        const target = { kind: 'database', id: 'orders' } as const;
        world.account.databases.set('orders', aDatabase());
        return triaged({}, { target, group: { kind: 'single', target } });
      },
    ],
  ])('asks Auto Scaling nothing for %s', async (_, act) => {
    await act();
    expect(asked('groups.isRefreshing')).toBe(0);
  });

  it('waits for the deployments that the policy names', async () => {
    world.surroundings.deployments.set('shop/web', ['d-1']);
    expect(await triaged({ deployments: [{ application: 'shop', group: 'web' }] })).toEqual(lookAgain);
    expect(await triaged({ deployments: [{ application: 'shop', group: 'workers' }] })).toMatchObject({ do: 'remediate' });
  });

  it('does not act when it cannot be seen whether one is under way', async () => {
    failing(world, 'deployments.underWay', new Defect('denied', undefined));
    await expect(triaged({ deployments: [{ application: 'shop', group: 'web' }] })).rejects.toThrow('denied');
    expect(world.claims.leases.size).toBe(0);
  });

  it('acts, and asks nobody, when the policy says so', async () => {
    world.account.instances.set(INSTANCE_ID, anInstance({ tags: grouped }));
    world.account.refreshing.add('web');
    expect(await triaged({ duringDeployments: 'act' })).toMatchObject({ do: 'remediate' });
    expect(asked('groups.isRefreshing')).toBe(0);
  });
});

describe('before people are called about a group that lacks members', () => {
  const target = { kind: 'auto-scaling-group', name: 'web' } as const;
  const exhausted = (given: Partial<Omit<Policy, 'guardrails'>> = {}, judgedAt = NOW, guardrails: Partial<Guardrails> = {}) => {
    world.account.groups.set('web', aGroup());
    const attempt = anAttempt({ target, remedy: 'wait-and-see', acts: false, result: 'not-recovered', at: judgedAt, judgedAt });
    world.items.attempts.set(attempt.token, attempt);
    const policy = aPolicy({ guardrails, group: { kind: 'single', target }, symptom: 'launch-failures', ladder: [waitRung], ...given });
    const next = { do: 'triage', at: new Date(NOW).toISOString() } as const;
    return triage(aState({ policy, incident: anIncident({ target, receivedAt: judgedAt }), next }), world.ports, NOW);
  };

  it('the end of an instance refresh is waited for, which may lack them all the while', async () => {
    world.account.refreshing.add('web');
    expect(await exhausted()).toEqual(lookAgain);
    expect(texts(world, 'decision')).toEqual(['wait (deployment-in-progress): under way: instance refresh of Auto Scaling group web']);
  });

  it('a deployment that the policy names is waited for, too', async () => {
    world.surroundings.deployments.set('shop/web', ['d-1']);
    expect(await exhausted({}, NOW, { deployments: [{ application: 'shop', group: 'web' }] })).toEqual(lookAgain);
  });

  it('one that outlasts the patience of the policy is told by its name', async () => {
    world.account.refreshing.add('web');
    expect(await exhausted({}, NOW - HOUR)).toMatchObject({ end: { outcome: 'handed-off', reason: 'deployment-in-progress' } });
  });

  it('they are called at once where nothing is rolled out, or where the policy waits for no rollout', async () => {
    const called = { end: { outcome: 'handed-off', reason: 'ladder-exhausted' } };
    expect(await exhausted()).toMatchObject(called);
    world.account.refreshing.add('web');
    expect(await exhausted({}, NOW, { duringDeployments: 'act' })).toMatchObject(called);
  });

  it('and at once about any other symptom, of which a rollout may be the cause that they must see', async () => {
    world.account.refreshing.add('web');
    expect(await exhausted({ symptom: 'error-share' })).toMatchObject({ end: { reason: 'ladder-exhausted' } });
    expect(asked('groups.isRefreshing')).toBe(0);
  });

  it('nothing is asked before the ladder is climbed', async () => {
    world.account.groups.set('web', aGroup());
    world.account.refreshing.add('web');
    const given = { target, group: { kind: 'single', target }, symptom: 'launch-failures', ladder: [waitRung] } as const;
    expect(await triaged({}, { ...given, ladder: [...given.ladder] })).toMatchObject({ do: 'remediate', remedy: 'wait-and-see' });
    expect(asked('groups.isRefreshing')).toBe(0);
  });
});
