import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DescribeDBInstancesCommand, ModifyDBInstanceCommand, RDSClient, RebootDBInstanceCommand } from '@aws-sdk/client-rds';
import type { Databases } from '../core/ports.ts';
import { acting, actingClient, reading } from './aws-error.ts';
import { freeStorageOf } from './free-storage.ts';

/** RDS instances, and the one metric of theirs that is read as a history. */
export function databases(client = new RDSClient({}), actor = new RDSClient(actingClient), metrics = new CloudWatchClient({})): Databases {
  return {
    async describe(id) {
      const command = new DescribeDBInstancesCommand({ Filters: [{ Name: 'db-instance-id', Values: [id] }] });
      const answer = await reading('describe the database', () => client.send(command));
      const database = answer.DBInstances?.find((instance) => instance.DBInstanceIdentifier === id);
      if (!database) return undefined;
      return {
        id,
        status: database.DBInstanceStatus ?? 'unknown',
        engine: database.Engine ?? 'unknown',
        multiAz: database.MultiAZ ?? false,
        allocatedGibibytes: database.AllocatedStorage ?? 0,
        ...(database.AvailabilityZone !== undefined && { zone: database.AvailabilityZone }),
        tags: Object.fromEntries((database.TagList ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      };
    },
    async reboot(id, { failOver }) {
      const command = new RebootDBInstanceCommand({ DBInstanceIdentifier: id, ...(failOver && { ForceFailover: true }) });
      await acting('reboot the database', () => actor.send(command));
    },
    freeStorage: (id) => freeStorageOf(metrics, id),
    async growStorage(id, gibibytes) {
      const command = new ModifyDBInstanceCommand({ DBInstanceIdentifier: id, AllocatedStorage: gibibytes, ApplyImmediately: true });
      await acting('grow the storage', () => actor.send(command));
    },
  };
}
