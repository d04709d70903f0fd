import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  type DBInstance,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';
import type { FreeSpace } from '../../core/days-until-full.ts';
import type { Databases } from '../../core/ports.ts';
import { acting, actingClient, reading } from '../aws-call.ts';
import { eventsOf } from './events.ts';

/** RDS instances, and the one metric of theirs that is read as a history. */
export function databases(client = new RDSClient({}), actor = new RDSClient(actingClient), metrics = new CloudWatchClient({})): Databases {
  return {
    async describe(id) {
      const command = new DescribeDBInstancesCommand({ Filters: [{ Name: 'db-instance-id', Values: [id] }] });
      const answer = await reading('describe the database', () => client.send(command));
      const database = answer.DBInstances?.find(({ DBInstanceIdentifier }) => isSameIdentifier(DBInstanceIdentifier, id));
      if (!database) return undefined;
      const queued = queuedChanges(database);
      const awaitingReboot = groupsAwaitingReboot(database);
      return {
        id,
        status: database.DBInstanceStatus ?? 'unknown',
        engine: database.Engine ?? 'unknown',
        multiAz: database.MultiAZ ?? false,
        allocatedGibibytes: database.AllocatedStorage ?? 0,
        ...(database.AvailabilityZone !== undefined && { zone: database.AvailabilityZone }),
        ...(database.DBClusterIdentifier !== undefined && { cluster: database.DBClusterIdentifier }),
        ...(queued.length > 0 && { queued }),
        ...(awaitingReboot.length > 0 && { awaitingReboot }),
        tags: Object.fromEntries((database.TagList ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      };
    },
    async reboot(id, { failOver }) {
      const command = new RebootDBInstanceCommand({ DBInstanceIdentifier: id, ...(failOver && { ForceFailover: true }) });
      await acting('reboot the database', () => actor.send(command));
    },
    events: (id, since) => eventsOf(client, 'db-instance', id, since),
    freeStorage: (id) => freeStorageOf(metrics, id),
    async growStorage(id, gibibytes) {
      const command = new ModifyDBInstanceCommand({ DBInstanceIdentifier: id, AllocatedStorage: gibibytes, ApplyImmediately: true });
      await acting('grow the storage', () => actor.send(command));
    },
  };
}

/** RDS keeps identifiers in lower case, whatever case they were asked for in. */
export function isSameIdentifier(kept: string | undefined, asked: string): boolean {
  return kept?.toLowerCase() === asked.toLowerCase();
}

/** The names of the parameter groups of an instance whose static parameters wait for its reboot. */
export function groupsAwaitingReboot({ DBParameterGroups = [] }: DBInstance): readonly string[] {
  return DBParameterGroups.flatMap(({ DBParameterGroupName = '(without a name)', ParameterApplyStatus }) =>
    ParameterApplyStatus === 'pending-reboot' ? DBParameterGroupName : [],
  );
}

/** The names of the changes that wait for the maintenance window. */
function queuedChanges({ PendingModifiedValues = {} }: DBInstance): readonly string[] {
  return Object.entries(PendingModifiedValues).flatMap(([name, value]) => (isNothing(value) ? [] : name));
}

/** The SDK gives lists that RDS did not fill as empty ones. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

const HOUR_SECONDS = 3_600;
const HOURS = 24;

/** What was free in the storage of an RDS instance, hour by hour over the last day, in bytes. */
async function freeStorageOf(client: CloudWatchClient, id: string): Promise<readonly FreeSpace[]> {
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
