import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { FreeSpace } from '../../core/days-until-full.ts';
import { reading } from '../aws-call.ts';

const HOUR_SECONDS = 3_600;
const HOURS = 24;

/** What was free in the storage of an RDS instance, hour by hour over the last day, in bytes. */
export async function freeStorageOf(client: CloudWatchClient, id: string): Promise<readonly FreeSpace[]> {
  const Metric = {
    Namespace: 'AWS/RDS',
    MetricName: 'FreeStorageSpace',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: id }],
  };
  const now = Date.now();
  const command = new GetMetricDataCommand({
    StartTime: new Date(now - HOURS * HOUR_SECONDS * 1_000),
    EndTime: new Date(now),
    MetricDataQueries: [{ Id: 'free', MetricStat: { Metric, Period: HOUR_SECONDS, Stat: 'Average' } }],
  });
  const answer = await reading('read the free storage', () => client.send(command));
  const { Timestamps = [], Values = [] } = answer.MetricDataResults?.[0] ?? {};
  return Timestamps.flatMap((at, index) => {
    const free = Values[index];
    return free === undefined ? [] : [{ at: at.getTime(), free }];
  });
}
