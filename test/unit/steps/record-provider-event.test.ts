import { anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, aPolicy, aState, INSTANCE_ID, MINUTE, NOW, SECOND, waitRung } from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, texts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { TryAgain } from '../../../lambdas/core/failure.ts';
import type { Guardrails } from '../../../lambdas/core/policy.ts';
import { recordProviderEvent } from '../../../lambdas/steps/record-provider-event.ts';
import { triage } from '../../../lambdas/steps/triage.ts';

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance());
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
});

const event = (statusCode: string, minutesAgo: number, more: object = {}) => ({
  source: 'aws.health',
  time: new Date(NOW - minutesAgo * MINUTE).toISOString(),
  detail: {
    eventArn: 'arn:aws:health:eu-west-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1',
    service: 'EC2',
    eventTypeCode: 'AWS_EC2_OPERATIONAL_ISSUE',
    eventTypeCategory: 'issue',
    eventScopeCode: 'PUBLIC',
    statusCode,
    eventDescription: [{ latestDescription: 'Launches fail.' }],
    ...more,
  },
});
const record = (given: unknown) => recordProviderEvent(given, world.ports, NOW);
const triaged = (guardrails: Partial<Guardrails> = {}, ladder = aPolicy().ladder) =>
  triage(aState({ policy: aPolicy({ guardrails, ladder }) }), world.ports, NOW);

describe('an event of AWS Health', () => {
  it('holds back what would act on its service, and is in the history', async () => {
    await record(event('open', 5));

    expect(await triaged()).toEqual({ do: 'triage', at: new Date(NOW + 30 * SECOND).toISOString() });
    expect(texts(world, 'provider-event')).toEqual([
      'AWS reports AWS_EC2_OPERATIONAL_ISSUE of EC2, which holds healing back: Launches fail.',
    ]);
    expect(texts(world, 'decision')).toEqual([expect.stringContaining('wait (provider-event): AWS reports AWS_EC2_OPERATIONAL_ISSUE')]);
    expect(world.claims.leases.size).toBe(0);
  });

  it('holds nothing back when it is over', async () => {
    await record(event('open', 5));
    await record(event('closed', 1));
    expect(await triaged()).toMatchObject({ do: 'remediate' });
  });

  it('stays over when the news of its beginning comes late, which are not told', async () => {
    await record(event('closed', 1));
    await record(event('open', 5));
    expect(await triaged()).toMatchObject({ do: 'remediate' });
    expect(texts(world, 'provider-event')).toHaveLength(1);
  });

  it('of one instance holds only that one back', async () => {
    const about = (entityValue: string) => event('open', 5, { eventScopeCode: 'ACCOUNT_SPECIFIC', affectedEntities: [{ entityValue }] });
    await record(about('i-00000001'));
    expect(await triaged()).toMatchObject({ do: 'remediate' });
    await record(about(INSTANCE_ID));
    expect(await triaged()).toMatchObject({ do: 'triage' });
  });

  it('does not keep from looking', async () => {
    await record(event('open', 5));
    expect(await triaged({}, [waitRung])).toMatchObject({ do: 'remediate', remedy: 'wait-and-see' });
  });

  it('is not asked for by a policy that acts all the same', async () => {
    await record(event('open', 5));
    expect(await triaged({ duringProviderEvents: 'act' })).toMatchObject({ do: 'remediate' });
    expect(world.calls).not.toContain('providerEvents.kept');
  });

  it('of unknown shape is recorded with what was expected, and holds nothing back', async () => {
    await record({ source: 'aws.health', detail: 'something new' });
    expect(world.history).toEqual([
      expect.objectContaining({ kind: 'rejected', reason: 'unknown-event', event: expect.stringContaining('something new') }),
    ]);
    expect(await triaged()).toMatchObject({ do: 'remediate' });
  });

  it('that could not be kept fails, so that it is delivered again', async () => {
    failing(world, 'providerEvents.keep', new TryAgain('throttled', undefined));
    await expect(record(event('open', 5))).rejects.toThrow('throttled');
    expect(world.history).toEqual([]);
  });
});

it('nothing is acted on while it cannot be seen whether AWS has a problem', async () => {
  failing(world, 'providerEvents.kept', new TryAgain('throttled', undefined));
  await expect(triaged()).rejects.toThrow('throttled');
  expect(world.claims.leases.size).toBe(0);
});
