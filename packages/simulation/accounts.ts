import type { AutoScalingGroup, Database, DatabaseCluster, Hosting, Instance, Volume } from '../../lambdas/core/ports.ts';
import type { Growth } from '../../lambdas/remediators/capacity-return.ts';
import { INSTANCE_ID } from './builders.ts';
import { ordinaryHost } from './doubles/fake-aws.ts';

export function anInstance(given: Partial<Instance> = {}): Instance {
  return { id: INSTANCE_ID, state: 'running', tags: { SelfHeal: 'enabled' }, ...given };
}

/** An ordinary host with something else about it. */
export function aHosting(given: Partial<Hosting> = {}): Hosting {
  return { ...ordinaryHost, ...given };
}

/** A group of two healthy members that may have four. */
export function aGroup(given: Partial<AutoScalingGroup> = {}): AutoScalingGroup {
  return {
    name: 'web',
    min: 1,
    max: 4,
    desired: 2,
    members: [aMember('i-00000001'), aMember('i-00000002')],
    suspended: [],
    tags: {},
    ...given,
  };
}

/** The plan that took the group from two to three. */
export function aGrowth(given: Partial<Growth> = {}): Growth & { readonly change: true } {
  return { name: 'web', capacity: 3, change: true, before: { capacity: 2, minimum: 1 }, ...given };
}

export function aMember(id: string, given: Partial<AutoScalingGroup['members'][number]> = {}): AutoScalingGroup['members'][number] {
  return { id, lifecycle: 'InService', healthy: true, protectedFromScaleIn: false, ...given };
}

export function aDatabase(given: Partial<Database> = {}): Database {
  return {
    id: 'orders',
    status: 'available',
    engine: 'postgres',
    multiAz: true,
    allocatedGibibytes: 100,
    zone: 'eu-west-1a',
    tags: {},
    ...given,
  };
}

/** An Aurora cluster of a writer and a reader. */
export function aCluster(given: Partial<DatabaseCluster> = {}): DatabaseCluster {
  return {
    id: 'orders',
    status: 'available',
    engine: 'aurora-postgresql',
    members: [
      { id: 'orders-1', writer: true, status: 'available' },
      { id: 'orders-2', writer: false, status: 'available' },
    ],
    tags: {},
    ...given,
  };
}

/** The tagged root volume of the instance. */
export function aVolume(given: Partial<Volume> = {}): Volume {
  return { id: 'vol-00000001', gibibytes: 100, state: 'in-use', attachedTo: [INSTANCE_ID], tags: { SelfHeal: 'enabled' }, ...given };
}
