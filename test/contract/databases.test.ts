import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { RDSClient } from '@aws-sdk/client-rds';
import { createRds } from '@self-healing/local-aws/services/rds.ts';
import { createDatabase } from '@self-healing/local-aws/testing/local-database.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { HOUR } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../lambdas/adapters/rds/databases.ts';
import type { Databases } from '../../lambdas/core/ports.ts';

const reboots: string[] = [];
const grown: string[] = [];
const diskIsLarger = Promise.withResolvers<void>();
let backAgain = Promise.withResolvers<void>();
const rds = createRds({
  reboot: (id, failover) => {
    reboots.push(`${id}${failover ? ' with failover' : ''}`);
    return backAgain.promise;
  },
  grow: async (id, gibibytes) => {
    await diskIsLarger.promise;
    grown.push(`${id} to ${gibibytes}`);
  },
});

let aws: SharedAws;
let port: Databases;
let cloudwatch: CloudWatchClient;

beforeAll(async () => {
  aws = await openSharedAws([rds]);
  cloudwatch = new CloudWatchClient(aws.client);
  port = databases(new RDSClient(aws.client), new RDSClient(aws.actor), cloudwatch);
  await createDatabase(aws.upstream, 'contract-single', false);
  await createDatabase(aws.upstream, 'contract-multi', true);
});
afterAll(() => aws.close());

describe('a database', () => {
  it('is described with status, engine, zone and tags', async () => {
    expect(await port.describe('contract-multi')).toEqual({
      id: 'contract-multi',
      status: 'available',
      engine: 'postgres',
      multiAz: true,
      allocatedGibibytes: 20,
      zone: 'us-east-1a',
      tags: { team: 'shop' },
    });
    expect(await port.describe('contract-single')).toMatchObject({ multiAz: false });
  });

  it('is modifying until its disk is larger, and has the given size afterwards', async () => {
    await port.growStorage('contract-multi', 24);
    expect(await port.describe('contract-multi')).toMatchObject({ status: 'modifying', allocatedGibibytes: 20 });
    await expect(port.growStorage('contract-multi', 30)).rejects.toMatchObject({ name: 'Defect' });
    diskIsLarger.resolve();
    await rds.settled();
    expect(await port.describe('contract-multi')).toMatchObject({ status: 'available', allocatedGibibytes: 24 });
    expect(grown).toEqual(['contract-multi to 24']);
  });

  it('refuses a step of less than a tenth', async () => {
    await expect(port.growStorage('contract-multi', 26)).rejects.toMatchObject({ name: 'Defect' });
    expect(await port.describe('contract-multi')).toMatchObject({ status: 'available', allocatedGibibytes: 24 });
  });

  it('has a history of its free storage of the last day, which says nothing of other databases', async () => {
    const at = (hoursAgo: number) => new Date(Date.now() - hoursAgo * HOUR);
    const point = (id: string, hoursAgo: number, Value: number) => ({
      MetricName: 'FreeStorageSpace',
      Dimensions: [{ Name: 'DBInstanceIdentifier', Value: id }],
      Timestamp: at(hoursAgo),
      Value,
    });
    const MetricData = [
      point('contract-multi', 3, 30),
      point('contract-multi', 1, 10),
      point('contract-single', 1, 999),
      point('contract-multi', 30, 99),
    ];
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'AWS/RDS', MetricData }));
    const history = await port.freeStorage('contract-multi');
    expect(history.toSorted((one, other) => one.at - other.at).map(({ free }) => free)).toEqual([30, 10]);
    expect(await port.freeStorage('contract-nobody')).toEqual([]);
  });

  it('that does not exist is undefined, also when its name begins like one that does', async () => {
    expect(await port.describe('contract-nobody')).toBeUndefined();
    expect(await port.describe('contract')).toBeUndefined();
  });

  it('is rebooting until it serves again, and cannot be rebooted meanwhile', async () => {
    await port.reboot('contract-single', { failOver: false });
    await expect.poll(() => reboots).toEqual(['contract-single']);
    expect(await port.describe('contract-single')).toMatchObject({ status: 'rebooting' });
    await expect(port.reboot('contract-single', { failOver: false })).rejects.toMatchObject({ name: 'Defect' });
    backAgain.resolve();
    await rds.settled();
    expect(await port.describe('contract-single')).toMatchObject({ status: 'available', zone: 'us-east-1a' });
    expect(reboots).toEqual(['contract-single']);
  });

  it('has what RDS wrote down of it since a time, the oldest first', async () => {
    const events = await port.events('contract-single', Date.now() - HOUR);
    expect(events.map(({ text }) => text).join()).toMatch(/restarted/i);
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted((one, other) => one - other));
    for (const { at } of events) expect(Math.abs(Date.now() - at)).toBeLessThan(HOUR);
    expect(await port.events('contract-nobody', Date.now() - HOUR)).toEqual([]);
  });

  it('without a standby refuses to fail over', async () => {
    await expect(port.reboot('contract-single', { failOver: true })).rejects.toMatchObject({ name: 'Defect' });
    expect(await port.describe('contract-single')).toMatchObject({ status: 'available' });
  });

  it('with a standby serves from its zone after a failover', async () => {
    backAgain = Promise.withResolvers();
    backAgain.resolve();
    await port.reboot('contract-multi', { failOver: true });
    await rds.settled();
    expect(reboots.at(-1)).toBe('contract-multi with failover');
    expect(await port.describe('contract-multi')).toMatchObject({ status: 'available', zone: 'us-east-1b' });
  });

  it('that is gone cannot be rebooted', async () => {
    await expect(port.reboot('contract-nobody', { failOver: false })).rejects.toMatchObject({ name: 'TargetGone' });
  });
});
