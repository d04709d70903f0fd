import { anAttempt, aState, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { tellOfDecision, tellOfLook } from '../../../lambdas/steps/tell-on-the-way.ts';

let world: World;
beforeEach(() => {
  world = fakePorts();
});

describe('an incident on its way', () => {
  const onTheWay = () => ({ ...world.ports, stillAfter: { minutes: 15 } });
  const check = { rung: 0, verifyBy: NOW + MINUTE };
  const looking = { do: 'verify', at: new Date(NOW).toISOString(), check } as const;
  const look = (notes: object, now = NOW) =>
    tellOfLook(aState({ next: { ...looking, notes } }), check, [anAttempt()], looking, onTheWay(), now);
  const stages = () => world.notices.map(({ stage }) => stage);

  it('is told once for each rung that it was begun', async () => {
    const notes = await look({ name: 'web-1' });
    expect(notes).toEqual({ name: 'web-1', started: 0 });
    expect(await look(notes)).toEqual(notes);
    expect(stages()).toEqual(['started']);
    expect(world.notices[0]?.target?.name).toBe('web-1');
  });

  it('is told once that it lasts', async () => {
    const notes = await look({ started: 0 }, NOW + 15 * MINUTE);
    expect(notes).toEqual({ started: 0, late: true });
    await look(notes, NOW + 30 * MINUTE);
    expect(stages()).toEqual(['still-not-healed']);
  });

  it('is told when people approved a rung, once', async () => {
    const decision = { kind: 'remediate', rung: 0, remedy: 'restart-service', passedOver: [], approvedBy: ['anna'] } as const;
    const next = { do: 'remediate', remedy: 'restart-service', rung: 0 } as const;
    const notes = await tellOfDecision(aState(), decision, next, [], {}, onTheWay(), NOW);
    expect(notes).toEqual({ answered: 0 });
    await tellOfDecision(aState(), decision, next, [], notes, onTheWay(), NOW);
    expect(stages()).toEqual(['answered']);
  });

  it('goes on when nobody can be told, and that is written down', async () => {
    world.disturb.before = (call) => {
      if (call === 'notifier.publish') throw new Error('SNS is out');
    };
    expect(await look({})).toEqual({ started: 0 });
    expect(world.history).toMatchObject([{ kind: 'not-sent', stage: 'started' }]);
    expect(world.notSent).toHaveLength(1);
  });
});
