import { aGroup } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, aState, HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, texts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import {
  addedCapacity,
  capacityPolicy,
  GROUP,
  keepCapacity,
  keeping,
  recovered,
  remember,
} from '@self-healing/simulation/kept-capacity.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Defect } from '../../../../lambdas/core/failure.ts';
import { giveBackToken, type Keeping } from '../../../../lambdas/core/give-back/give-back.ts';
import { considerGiveBack } from '../../../../lambdas/steps/give-back/consider.ts';
import { triage } from '../../../../lambdas/steps/triage.ts';

let world: World;
beforeEach(() => {
  world = fakePorts();
  keepCapacity(world);
});

const state = (kept: Keeping = keeping) =>
  aState({ incident: recovered, policy: capacityPolicy, next: { do: 'keep', at: new Date(NOW).toISOString(), keeping: kept } });
const considered = (now = NOW, kept?: Keeping) => considerGiveBack(state(kept), world.ports, now);
const keptUntil = (instant: number, kept: Keeping = keeping) => ({ do: 'keep', at: new Date(instant).toISOString(), keeping: kept });
const lease = () => world.claims.leases.get('auto-scaling-group#web');

describe('considering to give back', () => {
  it('goes ahead when it is due, the symptom is gone and nothing is in the way, with a short lease on the target', async () => {
    expect(await considered()).toEqual({ do: 'give-back', remedy: 'add-capacity', keeping, decidedAt: NOW });
    expect(lease()).toMatchObject({ incident: recovered.id, expiresAt: NOW + 15 * MINUTE });
    expect(texts(world, 'decision')).toEqual(['due to be given back: raise the capacity of web to 3']);
  });

  it('lets a new incident of the same policy wait for it, which a lease in the name of the policy would end as a duplicate', async () => {
    await considered();
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '' });
    const next = { ...recovered, id: 'b'.repeat(64), receivedAt: NOW };
    expect(await triage(aState({ incident: next, policy: capacityPolicy }), world.ports, NOW)).toMatchObject({ do: 'triage' });
  });

  it('waits until it is due', async () => {
    const early = { ...keeping, since: NOW - MINUTE };
    expect(await considered(NOW, early)).toEqual(keptUntil(NOW + 29 * MINUTE, early));
    expect(lease()).toBeUndefined();
  });

  it('begins the time anew when the symptom is back', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '' });
    expect(await considered()).toEqual(keptUntil(NOW + 30 * MINUTE));
    expect(world.history.at(-1)).toMatchObject({ kind: 'decision', reason: 'symptom-present' });
  });

  it.each([
    [
      'the symptom cannot be seen',
      'symptom-unknown',
      () => world.account.alarms.set(ALARM_NAME, { state: 'INSUFFICIENT_DATA', reason: '' }),
    ],
    ['the alarm was deleted', 'symptom-unknown', () => world.account.alarms.delete(ALARM_NAME)],
    ['the alarm cannot be read', 'unreadable', () => failing(world, 'alarms.state', new Defect('AccessDenied', undefined))],
    ['the pipeline is paused', 'paused', () => Object.assign(world.pause, { text: 'stop, Ada' })],
    ['the group is excluded', 'excluded', () => world.account.groups.set('web', aGroup({ desired: 3, tags: { SelfHealExclude: 'true' } }))],
    [
      'another incident works on the group',
      'target-busy',
      () => world.claims.leases.set('auto-scaling-group#web', { incident: 'other', policy: 'Web-response-time', expiresAt: NOW + HOUR }),
    ],
    [
      'somebody acted on it a moment ago',
      'cooldown',
      () => remember(world, [addedCapacity(), addedCapacity({ token: 't', at: NOW - MINUTE })]),
    ],
    [
      'it could not be added again, since the attempts are used up',
      'attempts-used-up',
      () =>
        remember(
          world,
          [1, 2, 3, 4, 5].map((hours) => addedCapacity({ token: `${hours}`, at: NOW - hours * HOUR })),
        ),
    ],
  ])('looks again a little later, and holds nothing meanwhile, when %s', async (_, reason, arrange) => {
    arrange();
    expect(await considered()).toEqual(keptUntil(NOW + 5 * MINUTE));
    expect(world.history.at(-1)).toMatchObject({ kind: 'decision', reason });
    expect(lease()?.incident).not.toBe(recovered.id);
  });

  it('looks again when another incident takes the target first', async () => {
    world.disturb.before = (call) => {
      if (call === 'claims.claim')
        world.claims.leases.set('auto-scaling-group#web', { incident: 'other', policy: 'x', expiresAt: NOW + HOUR });
    };
    expect(await considered()).toEqual(keptUntil(NOW + 5 * MINUTE));
  });

  it('gives up a day after it was due, and has people told', async () => {
    world.pause.text = 'stop, Ada';
    const day = 24 * HOUR;
    expect(await considered(NOW + day - 5 * MINUTE)).toMatchObject({ do: 'keep' });
    expect(await considered(NOW + day)).toMatchObject({ do: 'report-give-back', result: { reason: 'kept-too-long' } });
  });

  it('has nothing to give back when the group is gone', async () => {
    world.account.groups.delete('web');
    expect(await considered()).toMatchObject({ do: 'report-give-back', result: { reason: 'no-longer-ours' } });
  });

  it('has what was begun looked up, whatever is in the way', async () => {
    world.pause.text = 'stop, Ada';
    const token = giveBackToken(recovered.id, 0);
    const begun = { token, incident: recovered.id, target: GROUP, rung: 0, remedy: 'add-capacity', at: NOW, plan: {}, summary: 'd' };
    world.items.giveBacks.set(token, begun);
    expect(await considered()).toMatchObject({ do: 'give-back' });
    expect(lease()).toBeUndefined();
  });

  it('is a defect when nothing is kept', async () => {
    world.items.attempts.clear();
    await expect(considered()).rejects.toThrow(Defect);
  });
});
