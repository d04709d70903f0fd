import { AwsError, type Parameters, type Service, type Upstream } from '../gateway/service.ts';
import { type ClusterMachine, clusterActions } from './rds/clusters.ts';
import { type DbInstance, InstanceBook } from './rds/instance-book.ts';
import { eventsAfterReboot, eventsBeforeReboot } from './rds/reboot-events.ts';
import { type GrowingMachine, modifyInstance } from './rds/storage-change.ts';

const NOTE =
  'A reboot, a failover and a growth of storage take as long as the database behind them needs; meanwhile the instance is not available. ' +
  'A forced failover needs Multi-AZ and moves the instance to the other zone. A cluster fails over or reboots as long, too. ' +
  'On AWS all of it takes minutes, an endpoint is a DNS name that clients may keep too long, and storage is optimized for hours after it grew.';

/** The database behind an RDS instance or cluster: reboots it, moves it to its standby, or makes its disk larger. */
export type DatabaseMachine = ClusterMachine & GrowingMachine;

/** RDS with changes that last. MiniStack keeps the instance and lists its events, but is done with everything at once. */
export function createRds(machine: DatabaseMachine): Service & { settled(): Promise<void> } {
  const book = new InstanceBook();
  const underWay = new Set<Promise<void>>();
  const follow = (work: Promise<void>): void => {
    underWay.add(work);
    work.finally(() => underWay.delete(work));
  };
  return {
    service: 'rds',
    note: NOTE,
    actions: {
      ...clusterActions(machine, follow),
      DescribeDBInstances: async (parameters, upstream) => {
        const answer = await upstream.call('rds', 'DescribeDBInstances', parameters);
        return { ...answer, DBInstances: ((answer.DBInstances ?? []) as DbInstance[]).map((each) => book.overlaid(each)) };
      },
      RebootDBInstance: async (parameters, upstream) => {
        const failover = parameters.ForceFailover === true;
        const instance = await claimReboot(parameters, upstream, book);
        follow(reboot(instance, failover, machine, upstream, book));
        return { DBInstance: instance };
      },
      ModifyDBInstance: modifyInstance(machine, book, follow),
    },
    settled: async () => void (await Promise.all(underWay)),
  };
}

function claimReboot(parameters: Parameters, upstream: Upstream, book: InstanceBook): Promise<DbInstance> {
  return book.claim(String(parameters.DBInstanceIdentifier), upstream, 'rebooting', ({ MultiAZ }) => {
    if (parameters.ForceFailover !== true || MultiAZ === true) return;
    throw new AwsError(
      'InvalidParameterCombination',
      'ForceFailover cannot be specified since the instance is not configured for MultiAZ.',
    );
  });
}

/** The reboot after its answer. */
async function reboot(
  instance: DbInstance,
  failover: boolean,
  machine: DatabaseMachine,
  upstream: Upstream,
  book: InstanceBook,
): Promise<void> {
  const id = instance.DBInstanceIdentifier;
  try {
    await upstream.sendEvents(eventsBeforeReboot(instance, failover));
    // MiniStack's own reboot is over at once and puts the restart into what DescribeEvents lists.
    await upstream.call('rds', 'RebootDBInstance', { DBInstanceIdentifier: id });
    await machine.reboot(id, failover);
    book.available(id, failover ? { AvailabilityZone: otherZone(instance.AvailabilityZone) } : {});
    await upstream.sendEvents(eventsAfterReboot(instance, failover));
  } catch (error) {
    book.failed(id, error);
  }
}

/** The standby of the local AWS is in zone b while the primary is in zone a, and the other way round. */
function otherZone(zone = 'us-east-1a'): string {
  return zone.endsWith('a') ? `${zone.slice(0, -1)}b` : `${zone.slice(0, -1)}a`;
}
