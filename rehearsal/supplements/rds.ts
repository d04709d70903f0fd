import { AwsError, type Parameters, type Supplement, type Upstream } from '../local-aws/supplement.ts';
import { clusterActions } from './rds/clusters.ts';
import { eventsAfterReboot, eventsBeforeReboot } from './rds/reboot-events.ts';

const NOTE =
  'A reboot takes as long as the database behind it needs, shows the status "rebooting" meanwhile and sends its events; a forced ' +
  'failover needs Multi-AZ and moves the instance to the other zone. A cluster fails over or reboots as long, too. On AWS storage, engine and DNS move too.';

/** The database behind an RDS instance or cluster. */
export interface DatabaseMachine {
  /** Reboots it and resolves when it serves again. */
  reboot(identifier: string, forceFailover: boolean): Promise<void>;
}

interface DbInstance {
  readonly DBInstanceIdentifier: string;
  readonly DBInstanceArn: string;
  readonly DBInstanceStatus: string;
  readonly MultiAZ?: boolean;
  readonly AvailabilityZone?: string;
}

type Overlay = { DBInstanceStatus?: string; AvailabilityZone?: string };

/** RDS with reboots that last. MiniStack keeps the instance and lists its events, but is back at once. */
export function createRds(machine: DatabaseMachine): Supplement & { settled(): Promise<void> } {
  const overlays = new Map<string, Overlay>();
  const underWay = new Set<Promise<void>>();
  const follow = (reboot: Promise<void>): void => {
    underWay.add(reboot);
    reboot.finally(() => underWay.delete(reboot));
  };
  return {
    service: 'rds',
    note: NOTE,
    actions: {
      ...clusterActions(machine, follow),
      DescribeDBInstances: async (parameters, upstream) => {
        const answer = await upstream.call('rds', 'DescribeDBInstances', parameters);
        return { ...answer, DBInstances: ((answer.DBInstances ?? []) as DbInstance[]).map((each) => overlaid(each, overlays)) };
      },
      RebootDBInstance: async (parameters, upstream) => {
        const instance = await claimReboot(parameters, upstream, overlays);
        const failover = parameters.ForceFailover === true;
        follow(reboot(instance, failover, machine, upstream, overlays));
        return { DBInstance: instance };
      },
    },
    settled: async () => void (await Promise.all(underWay)),
  };
}

function overlaid(instance: DbInstance, overlays: ReadonlyMap<string, Overlay>): DbInstance {
  return { ...instance, ...overlays.get(instance.DBInstanceIdentifier) };
}

/** Refuses what RDS refuses. Nothing is awaited between the check and the new status, so of two calls at once one is refused. */
async function claimReboot(parameters: Parameters, upstream: Upstream, overlays: Map<string, Overlay>): Promise<DbInstance> {
  const id = String(parameters.DBInstanceIdentifier);
  const described = await upstream.call('rds', 'DescribeDBInstances', { DBInstanceIdentifier: id });
  const [found] = (described.DBInstances ?? []) as DbInstance[];
  if (found === undefined) throw new AwsError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);
  const instance = overlaid(found, overlays);
  if (instance.DBInstanceStatus !== 'available') {
    throw new AwsError('InvalidDBInstanceState', `DB instance ${id} is ${instance.DBInstanceStatus}, not available.`);
  }
  if (parameters.ForceFailover === true && instance.MultiAZ !== true) {
    throw new AwsError(
      'InvalidParameterCombination',
      'ForceFailover cannot be specified since the instance is not configured for MultiAZ.',
    );
  }
  const overlay = { ...overlays.get(id), DBInstanceStatus: 'rebooting' };
  overlays.set(id, overlay);
  return { ...instance, ...overlay };
}

/** The reboot after its answer. A database that does not come back ends in status `failed`, as on AWS. */
async function reboot(
  instance: DbInstance,
  failover: boolean,
  machine: DatabaseMachine,
  upstream: Upstream,
  overlays: Map<string, Overlay>,
): Promise<void> {
  const id = instance.DBInstanceIdentifier;
  try {
    await upstream.sendEvents(eventsBeforeReboot(instance, failover));
    // MiniStack's own reboot is over at once and puts the restart into what DescribeEvents lists.
    await upstream.call('rds', 'RebootDBInstance', { DBInstanceIdentifier: id });
    await machine.reboot(id, failover);
    const zone = failover ? otherZone(instance.AvailabilityZone) : instance.AvailabilityZone;
    overlays.set(id, { DBInstanceStatus: 'available', ...(zone === undefined ? {} : { AvailabilityZone: zone }) });
    await upstream.sendEvents(eventsAfterReboot(instance, failover));
  } catch (error) {
    console.error(`The database ${id} did not come back from its reboot:`, error);
    overlays.set(id, { ...overlays.get(id), DBInstanceStatus: 'failed' });
  }
}

/** The standby of the rehearsal is in zone b while the primary is in zone a, and the other way round. */
function otherZone(zone = 'us-east-1a'): string {
  return zone.endsWith('a') ? `${zone.slice(0, -1)}b` : `${zone.slice(0, -1)}a`;
}
