import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { aProviderEvent, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { emptySurroundings, fakeProviderEvents } from '@self-healing/simulation/doubles/fake-change-conditions.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { providerEvents } from '../../lambdas/adapters/dynamodb/provider-events.ts';
import type { ProviderEvents } from '../../lambdas/core/ports.ts';
import { newIncidentTable } from '../support/incident-tables.ts';

let aws: SharedAws;
beforeAll(async () => {
  aws = await openSharedAws();
});
afterAll(() => aws.close());

describe.each([
  ['DynamoDB', async () => providerEvents(await newIncidentTable(aws))],
  ['the fake', async () => fakeProviderEvents(emptySurroundings())],
])('events of AWS Health in %s', (_, empty: () => Promise<ProviderEvents>) => {
  let port: ProviderEvents;
  beforeEach(async () => {
    port = await empty();
  });

  it('are none at first', async () => {
    expect(await port.kept()).toEqual([]);
  });

  it('are kept with all that they say, and the time at which they were heard of', async () => {
    const event = aProviderEvent({ entities: ['i-00000001'] });
    expect(await port.keep(event, NOW)).toBe('kept');
    expect(await port.kept()).toEqual([{ ...event, heardAt: NOW }]);
  });

  it('are replaced by later news, and by the same news again', async () => {
    await port.keep(aProviderEvent(), NOW);
    const closed = aProviderEvent({ open: false, updatedAt: NOW });
    expect(await port.keep(closed, NOW + MINUTE)).toBe('kept');
    expect(await port.keep(closed, NOW + 2 * MINUTE)).toBe('kept');
    expect(await port.kept()).toEqual([{ ...closed, heardAt: NOW + 2 * MINUTE }]);
  });

  it('are not replaced by older news', async () => {
    const closed = aProviderEvent({ open: false, updatedAt: NOW });
    await port.keep(closed, NOW);
    expect(await port.keep(aProviderEvent(), NOW + MINUTE)).toBe('outdated');
    expect(await port.kept()).toEqual([{ ...closed, heardAt: NOW }]);
  });

  it('are kept side by side by service, ARN and page', async () => {
    await port.keep(aProviderEvent(), NOW);
    await port.keep(aProviderEvent({ page: '2' }), NOW);
    await port.keep(aProviderEvent({ service: 'RDS' }), NOW);
    await port.keep(aProviderEvent({ arn: 'arn:aws:health:eu-west-1::event/EC2/another' }), NOW);
    expect(await port.kept()).toHaveLength(4);
  });
});
