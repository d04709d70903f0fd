import { aGroup, aGrowth } from '@self-healing/simulation/accounts.ts';
import { aState, HOUR, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { FIRST_RECORD, failing, fakePorts, losingAnswerOf, texts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { addedCapacity, capacityPolicy, keepCapacity, keeping, recovered, remember } from '@self-healing/simulation/kept-capacity.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Defect, TryAgain, Uncertain } from '../../../../lambdas/core/failure.ts';
import { giveBackToken } from '../../../../lambdas/core/give-back/give-back.ts';
import { remediator } from '../../../../lambdas/remediators/add-capacity.ts';
import { giveBack } from '../../../../lambdas/steps/give-back/act.ts';

let world: World;
beforeEach(() => {
  world = fakePorts();
  keepCapacity(world);
  world.claims.leases.set('auto-scaling-group#web', { incident: recovered.id, policy: 'giving back', expiresAt: NOW + 10 * MINUTE });
});

const state = aState({ incident: recovered, policy: capacityPolicy, next: { do: 'give-back', remedy: 'add-capacity', keeping } });
const given = (now = NOW) => giveBack(state, remediator, 'none', world.ports, now);
const keptUntil = (instant: number) => ({ do: 'keep', at: new Date(instant).toISOString(), keeping });
const reported = (reason: string) => ({ do: 'report-give-back', keeping, result: expect.objectContaining({ reason }) });
const acts = () => world.calls.filter((call) => call === 'groups.setDesiredCapacity').length;
const written = () => world.items.giveBacks.get(giveBackToken(recovered.id, 0));
const lease = () => world.claims.leases.get('auto-scaling-group#web');
const calm = () => Object.assign(world.disturb, { before: () => {}, after: () => {} });

describe('giving back', () => {
  it('observes, writes it down, looks once more, reads the pause switch and the mode, then acts, then keeps what became of it', async () => {
    expect(await given()).toEqual(reported('given-back'));

    expect(world.calls).toEqual([
      'store.attempts',
      'store.giveBack',
      'groups.describe',
      'store.history',
      'store.recordGiveBack',
      'groups.describe',
      'pauseSwitch.read',
      'modes.read',
      'groups.setDesiredCapacity',
      'store.recordGiveBackEnd',
    ]);
    expect(world.account.groups.get('web')?.desired).toBe(2);
    expect(written()).toMatchObject({ summary: 'lower the capacity of web to 2', end: { reason: 'given-back' } });
  });

  it('is no attempt on the target', async () => {
    const before = world.items.histories.get('auto-scaling-group#web')?.length;
    await given();
    expect(world.items.histories.get('auto-scaling-group#web')).toHaveLength(before ?? 0);
    expect(world.items.attempts.size).toBe(1);
  });

  it('lowers the minimum with the capacity, in one call, where it was raised with it', async () => {
    const attempt = addedCapacity({ plan: aGrowth({ minimum: 3 }) });
    world.items.attempts.set(attempt.token, attempt);
    world.account.groups.set('web', { ...(world.account.groups.get('web') ?? aGroup()), min: 3 });
    expect(await given()).toEqual(reported('given-back'));
    expect(world.account.groups.get('web')).toMatchObject({ min: 1, desired: 2 });
    expect(world.calls.filter((call) => call === 'groups.setMinimum')).toHaveLength(1);
  });

  it('leaves alone what somebody else changed since', async () => {
    world.account.groups.set('web', aGroup({ desired: 4 }));
    expect(await given()).toEqual(reported('no-longer-ours'));
    expect(acts()).toBe(0);
  });

  it('lets what a later incident added go first, and lets go of the target', async () => {
    const later = addedCapacity({ token: 't', incident: 'b', at: NOW - 20 * MINUTE, plan: aGrowth({ capacity: 3 }) });
    remember(world, [addedCapacity(), later]);
    expect(await given()).toEqual(keptUntil(NOW + 5 * MINUTE));
    expect(acts()).toBe(0);
    expect(lease()).toBeUndefined();
  });

  it('does nothing while the pipeline is paused, and lets go of the target', async () => {
    world.pause.text = 'stop, Ada';
    expect(await given()).toEqual(keptUntil(NOW + 5 * MINUTE));
    expect(acts()).toBe(0);
    expect(world.items.giveBacks.size).toBe(0);
    expect(lease()).toBeUndefined();
  });

  it.each([
    ['was lost', { incident: 'other', policy: 'Web-memory', expiresAt: NOW + HOUR }],
    ['has lapsed', { incident: recovered.id, policy: 'giving back', expiresAt: NOW }],
  ])('does nothing when the lease %s', async (_, other) => {
    world.claims.leases.set('auto-scaling-group#web', other);
    expect(await given()).toEqual(keptUntil(NOW));
    expect(acts()).toBe(0);
  });

  it('has people told when it was denied', async () => {
    failing(world, 'groups.setDesiredCapacity', new Defect('AccessDenied', undefined));
    expect(await given()).toEqual(reported('failed'));
    expect(written()?.end?.why).toContain('AccessDenied');
  });

  it('is looked at again later when it was throttled, and then done', async () => {
    failing(world, 'groups.setDesiredCapacity', new TryAgain('Throttling', undefined));
    expect(await given()).toEqual(keptUntil(NOW + 5 * MINUTE));
    expect([world.items.giveBacks.size, lease()]).toEqual([0, undefined]);
    calm();
    world.claims.leases.set('auto-scaling-group#web', { incident: recovered.id, policy: 'giving back', expiresAt: NOW + HOUR });
    expect(await given(NOW + 5 * MINUTE)).toEqual(reported('given-back'));
    expect(world.account.groups.get('web')?.desired).toBe(2);
  });

  it.each<[string, Parameters<typeof aGroup>[0]]>([
    ['was set to another size', { desired: 6 }],
    ['got a higher minimum', { desired: 3, min: 3 }],
    ['lost a member', { desired: 3, members: [] }],
  ])('is held back when the group %s between the look and the act', async (_, changed) => {
    world.disturb.before = (call) => {
      if (call === 'store.recordGiveBack') world.account.groups.set('web', aGroup(changed));
    };
    expect(await given()).toEqual(keptUntil(NOW + 5 * MINUTE));
    expect(acts()).toBe(0);
    expect([world.items.giveBacks.size, lease()]).toEqual([0, undefined]);
  });

  it('is held back when the pipeline was paused while the group was looked at once more', async () => {
    world.disturb.after = (call) => {
      if (call === 'groups.describe' && world.calls.includes('store.recordGiveBack')) world.pause.text = 'stop, Ada';
    };
    expect(await given()).toEqual(keptUntil(NOW + 5 * MINUTE));
    expect(acts()).toBe(0);
  });

  const underRecord = (now = NOW) => giveBack({ ...state, record: FIRST_RECORD }, remediator, 'none', world.ports, now);

  it.each([
    ['deployed anew', ['another record']],
    ['taken away', []],
  ])('keeps for good what was added under a policy that was %s since the incident began', async (how, records) => {
    world.records.set(capacityPolicy.name, records);
    const why = `policy ${capacityPolicy.name} was ${how} since the incident began`;
    expect(await underRecord()).toEqual({ do: 'report-give-back', keeping, result: { reason: 'policy-changed', why } });
    expect([acts(), world.items.giveBacks.size]).toEqual([0, 0]);
    // What ran twice, or again after it died, says the same.
    expect(await underRecord(NOW + SECOND)).toMatchObject({ result: { reason: 'policy-changed' } });
  });

  it('keeps it under a policy that was deployed anew while the group was looked at once more', async () => {
    world.disturb.after = (call) => {
      if (call === 'groups.describe' && world.calls.includes('store.recordGiveBack'))
        world.records.set(capacityPolicy.name, ['another record']);
    };
    expect(await underRecord()).toEqual(reported('policy-changed'));
    expect(acts()).toBe(0);
  });

  it.each([
    ['is as it was', [FIRST_RECORD]],
    ['moves to another stack', ['another record', FIRST_RECORD]],
  ])('gives back under a policy that %s; nothing comes between the last look and the act', async (_, records) => {
    world.records.set(capacityPolicy.name, records);
    expect(await underRecord()).toEqual(reported('given-back'));
    const act = world.calls.indexOf('groups.setDesiredCapacity');
    expect(world.calls.slice(act - 4, act)).toEqual(['groups.describe', 'pauseSwitch.read', 'modes.read', 'policyRecords.current']);
  });

  it('gives back where an earlier version of intake did not say which record it found', async () => {
    world.records.set(capacityPolicy.name, ['another record']);
    expect(await given()).toEqual(reported('given-back'));
  });

  it.each([
    ['shadow', 0],
    ['approval', 1],
  ] as const)('under a policy that was demoted to %s since it was decided acts %i times', async (mode, times) => {
    world.approvals.overrides.set(capacityPolicy.name, { mode, why: 'it harmed us', at: NOW, by: 'ada' });
    expect(await given()).toEqual(times === 0 ? keptUntil(NOW + 5 * MINUTE) : reported('given-back'));
    expect(acts()).toBe(times);
    if (times === 0) expect([world.items.giveBacks.size, lease()]).toEqual([0, undefined]);
  });

  it.each(['modes.read', 'policyRecords.current'])('is held back when the last look fails at %s', async (call) => {
    failing(world, call, new TryAgain('no answer', undefined));
    expect(await underRecord()).toEqual(keptUntil(NOW + 5 * MINUTE));
    expect([acts(), world.items.giveBacks.size, lease()]).toEqual([0, 0, undefined]);
  });

  it('is held back when the pipeline was paused after it was written, or the switch cannot be read', async () => {
    world.disturb.after = (call) => {
      if (call === 'store.recordGiveBack') world.pause.text = 'stop, Ada';
    };
    expect(await given()).toEqual(keptUntil(NOW + 5 * MINUTE));
    world.pause.text = 'running';
    failing(world, 'pauseSwitch.read', new TryAgain('no answer', undefined));
    world.claims.leases.set('auto-scaling-group#web', { incident: recovered.id, policy: 'giving back', expiresAt: NOW + HOUR });
    expect(await given()).toEqual(keptUntil(NOW + 5 * MINUTE));
    expect(acts()).toBe(0);
    expect(world.items.giveBacks.size).toBe(0);
  });

  const decidedAt = (instant: number) => ({
    ...state,
    next: { do: 'give-back', remedy: 'add-capacity', keeping, decidedAt: instant } as const,
  });
  const decided = (instant: number, now = NOW) => giveBack(decidedAt(instant), remediator, 'none', world.ports, now);

  it('takes nothing away on a decision that is too old, lets go of the target, and has it decided anew', async () => {
    expect(await decided(NOW - MINUTE - 1)).toEqual(keptUntil(NOW + 5 * MINUTE));
    expect([acts(), world.items.giveBacks.size, lease()]).toEqual([0, 0, undefined]);
    expect(world.calls).not.toContain('groups.describe');
    expect(texts(world, 'decision').at(-1)).toContain('decided 60 s ago, which is too old to act on');
  });

  it('gives back on a decision that is young', async () => {
    expect(await decided(NOW - MINUTE)).toEqual(reported('given-back'));
  });

  it('looks up what was begun however old the decision is', async () => {
    losingAnswerOf(world, 'groups.setDesiredCapacity', new Uncertain('socket hang up', undefined));
    await decided(NOW);
    calm();
    expect(await decided(NOW, NOW + 10 * MINUTE)).toEqual(reported('given-back'));
    expect(acts()).toBe(1);
  });

  it('gives up, and has people told, where decisions come too late for a day', async () => {
    expect(await decided(NOW, NOW + 25 * HOUR)).toEqual(reported('kept-too-long'));
    expect(acts()).toBe(0);
  });

  it('is a defect when the workflow named nothing, or another remedy', async () => {
    await expect(giveBack(aState(), remediator, 'none', world.ports, NOW)).rejects.toThrow(Defect);
    const attempt = addedCapacity({ remedy: 'restart-service' });
    world.items.attempts.set(attempt.token, attempt);
    await expect(given()).rejects.toThrow(Defect);
  });
});

describe('an act whose answer was lost', () => {
  it('is looked up when it must be over, and found', async () => {
    losingAnswerOf(world, 'groups.setDesiredCapacity', new Uncertain('socket hang up', undefined));
    expect(await given()).toEqual(keptUntil(NOW + 2 * MINUTE));
    calm();
    expect(await given(NOW + 2 * MINUTE)).toEqual(reported('given-back'));
    expect(acts()).toBe(1);
  });

  it('is never repeated when it did not take place; people are told', async () => {
    failing(world, 'groups.setDesiredCapacity', new Uncertain('socket hang up', undefined));
    await given();
    calm();
    expect(await given(NOW + SECOND)).toEqual(keptUntil(NOW + 2 * MINUTE));
    expect(await given(NOW + 2 * MINUTE)).toEqual(reported('failed'));
    expect(world.account.groups.get('web')?.desired).toBe(3);
    expect(acts()).toBe(1);
  });
});

describe('a second run', () => {
  it('acts no more and reports the same', async () => {
    const first = await given();
    expect(await given(NOW + SECOND)).toEqual(first);
    expect(acts()).toBe(1);
  });

  it('acts no more when somebody has set the same capacity again since', async () => {
    losingAnswerOf(world, 'groups.setDesiredCapacity', new Error('killed'));
    world.disturb.before = (call) => {
      if (call === 'history.write') throw new Error('killed');
    };
    await expect(given()).rejects.toThrow('killed');
    calm();
    world.account.groups.set('web', aGroup({ desired: 3 }));
    expect(await given(NOW + 2 * MINUTE)).toEqual(reported('failed'));
    expect(acts()).toBe(1);
  });

  it.each(['before', 'after'] as const)('never acts after a crash %s the act', async (when) => {
    world.disturb[when] = (call) => {
      if (call === 'groups.setDesiredCapacity' || call === 'history.write') throw new Error('killed');
    };
    await expect(given()).rejects.toThrow('killed');
    const before = acts();
    calm();
    expect(await given(NOW + 3 * MINUTE)).toEqual(reported(when === 'after' ? 'given-back' : 'failed'));
    expect(acts()).toBe(before);
  });

  it('acts once when two runs overlap', async () => {
    await Promise.all([given(), given()]);
    expect(acts()).toBe(1);
  });
});
