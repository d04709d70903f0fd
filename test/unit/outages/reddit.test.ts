import { anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, aState, INSTANCE_ID, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { RUNNING } from '../../../lambdas/core/pause.ts';
import { remediatorNamed } from '../../../lambdas/remediators/registry.ts';
import { keepPauseSwitch } from '../../../lambdas/steps/keep-pause-switch.ts';
import { remediate } from '../../../lambdas/steps/remediate.ts';
import { triage } from '../../../lambdas/steps/triage.ts';
import { aFault, fleetPolicy, member, reasonsOf, simulated } from '../../support/outage-stage.ts';

// Reddit, 11 August 2016: the autoscaler was switched off for a migration, and the package manager switched it on again. It
// read half-migrated data and terminated servers within 16 seconds; the site was down for an hour and a half.

const MIGRATION = 'migration of the data, by anna';

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance());
  world.account.agents.set(INSTANCE_ID, 'online');
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'half-migrated data' });
  world.pause.text = MIGRATION;
});

type Maker = (value: string) => Promise<void>;

/** @param make what writes the switch, if anything does */
async function deploy(RequestType: 'Create' | 'Update' | 'Delete', make: Maker): Promise<void> {
  const name = '/self-healing/healing/pause';
  const former = RequestType === 'Create' ? {} : { PhysicalResourceId: name };
  await keepPauseSwitch(
    { RequestType, ...former, ResourceProperties: { Parameter: name } },
    () => ({
      make,
      read: async () => world.pause.text,
    }),
    NOW,
  );
}

const overwrite: Maker = async (value) => {
  world.pause.text = value;
};

/** As Parameter Store does without `Overwrite`. */
const makeWhereThereIsNone: Maker = async (value) => {
  if (world.pause.text === undefined) world.pause.text = value;
};

async function expectPaused(): Promise<void> {
  expect(await triage(aState(), world.ports, NOW)).toMatchObject({
    do: 'conclude',
    end: { outcome: 'skipped', reason: 'paused', why: expect.stringContaining(MIGRATION) },
  });
  expect(world.history.at(-1)).toMatchObject({ kind: 'decision', text: expect.stringContaining('paused') });
  expect(world.account.commands.size).toBe(0);
}

describe('Reddit, 2016: a configuration tool switched the automation on again that people had switched off', () => {
  it.each(['Update', 'Delete'] as const)('a deployment that does %s to the switch writes nothing to it', async (type) => {
    await deploy(type, overwrite);
    await expectPaused();
  });

  it('a deployment that makes the switch anew leaves the one that is there', async () => {
    await deploy('Create', makeWhereThereIsNone);
    await expectPaused();
  });

  it.each([undefined, '', 'Running', 'true', 'on', `${RUNNING}!`])('a switch that some tool set to %o still pauses', async (text) => {
    world.pause.text = text;
    expect(await triage(aState(), world.ports, NOW)).toMatchObject({ end: { reason: 'paused' } });
  });

  it('a pause that comes after the decision still stops the act', async () => {
    world.pause.text = RUNNING;
    const restart = remediatorNamed('restart-service');
    if (!restart) throw new Error('restart-service is not registered');
    const next = await triage(aState(), world.ports, NOW);
    expect(next).toMatchObject({ do: 'remediate' });

    world.pause.text = MIGRATION;
    expect(await remediate(aState({ next }), restart, 'doc', world.ports, NOW)).toMatchObject({
      do: 'conclude',
      end: { reason: 'paused' },
    });
    expect(world.account.commands.size).toBe(0);
    expect([...world.items.attempts.values()]).toMatchObject([{ result: 'not-taken' }]);
  });

  it('alarms from half-migrated data are answered with "paused" for as long as the migration lasts', async () => {
    const during = [0, 1, 2].map((number) => aFault({ target: member(number), at: number * 8 * MINUTE, lasts: 9 * MINUTE }));
    const after = aFault({ target: member(5), at: 61 * MINUTE, curedBy: ['restart-service'] });
    const history = await simulated({
      faults: [...during, after],
      operators: [
        { at: 0, pause: MIGRATION },
        { at: 60 * MINUTE, pause: RUNNING },
      ],
    });

    expect(reasonsOf(history)).toEqual(['paused', 'paused', 'paused', 'healed']);
    expect(history.acts.map(({ at }) => at)).toEqual([NOW + 61 * MINUTE]);
  });

  it('even a healer that believes wrong data does only so much in an hour', async () => {
    const faults = [0, 1, 2, 3].map((number) => aFault({ target: member(number), at: number * 12 * MINUTE, curedBy: ['restart-service'] }));
    const policy = fleetPolicy({ guardrails: { budget: { acts: 2, per: { hours: 1 } }, waitAtMost: { minutes: 5 } } });
    const history = await simulated({ policies: [policy], faults });

    expect(history.acts).toHaveLength(2);
    expect(reasonsOf(history)).toEqual(['healed', 'healed', 'budget-used-up', 'budget-used-up']);
  });
});
