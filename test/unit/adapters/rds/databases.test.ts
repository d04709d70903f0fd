import type { DBCluster, DBInstance, RDSClient } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { databaseClusters } from '../../../../lambdas/adapters/rds/clusters.ts';
import { databases } from '../../../../lambdas/adapters/rds/databases.ts';

const instance: DBInstance = { DBInstanceIdentifier: 'orders-1', DBInstanceStatus: 'available', Engine: 'postgres' };
const cluster: DBCluster = {
  ...{ DBClusterIdentifier: 'orders', Status: 'available', Engine: 'aurora-postgresql', DBClusterParameterGroup: 'cluster-pg' },
  DBClusterMembers: [{ DBInstanceIdentifier: 'orders-1', IsClusterWriter: true, DBClusterParameterGroupStatus: 'pending-reboot' }],
};

/** RDS with one instance and one cluster. */
const rds = (given: Partial<DBInstance> = {}, ofCluster: Partial<DBCluster> = {}) => {
  const answer = { DBInstances: [{ ...instance, ...given }], DBClusters: [{ ...cluster, ...ofCluster }] };
  return { send: async () => answer } as unknown as RDSClient;
};

describe('describing a database', () => {
  it('finds one whose name was written with capitals, which RDS keeps in lower case', async () => {
    expect(await databases(rds()).describe('Orders-1')).toMatchObject({ status: 'available' });
    expect(await databaseClusters(rds()).describe('ORDERS')).toMatchObject({ status: 'available' });
    expect(await databases(rds()).describe('orders-11')).toBeUndefined();
  });

  it('tells which changes wait for the maintenance window', async () => {
    const pending = { DBInstanceClass: 'db.r6g.large', MultiAZ: false, ProcessorFeatures: [], EngineVersion: undefined };
    expect(await databases(rds({ PendingModifiedValues: pending })).describe('orders-1')).toMatchObject({
      queued: ['DBInstanceClass', 'MultiAZ'],
    });
    expect(await databases(rds({ PendingModifiedValues: {} })).describe('orders-1')).not.toHaveProperty('queued');
  });

  it('tells which parameter groups wait for a reboot, of an instance and of the members of a cluster', async () => {
    const DBParameterGroups = [
      { DBParameterGroupName: 'waiting', ParameterApplyStatus: 'pending-reboot' },
      { DBParameterGroupName: 'applied', ParameterApplyStatus: 'in-sync' },
    ];
    expect(await databases(rds({ DBParameterGroups })).describe('orders-1')).toMatchObject({ awaitingReboot: ['waiting'] });
    expect(await databaseClusters(rds({ DBParameterGroups })).describe('orders')).toMatchObject({
      members: [{ id: 'orders-1', awaitingReboot: ['cluster-pg', 'waiting'] }],
    });
  });

  it.each<Partial<DBCluster>>([
    { ReplicationSourceIdentifier: 'arn:aws:rds:us-east-1:1:cluster:orders' },
    { GlobalWriteForwardingStatus: 'disabled' },
  ])('tells that a cluster follows another: %o', async (given) => {
    expect(await databaseClusters(rds({}, given)).describe('orders')).toMatchObject({ follows: true });
    expect(await databaseClusters(rds({}, { ReplicationSourceIdentifier: '' })).describe('orders')).not.toHaveProperty('follows');
  });
});
