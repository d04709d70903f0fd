import { RDSClient } from '@aws-sdk/client-rds';
import { createRds } from '@self-healing/local-aws/services/rds.ts';
import { createCluster } from '@self-healing/local-aws/testing/local-cluster.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseClusters } from '../../lambdas/adapters/rds/clusters.ts';
import { databases } from '../../lambdas/adapters/rds/databases.ts';
import { attemptToken } from '../../lambdas/core/incident.ts';
import type { RemedyPorts } from '../../lambdas/core/ports.ts';
import { remediator as failOver } from '../../lambdas/remediators/fail-over-database.ts';
import { remediator as reboot } from '../../lambdas/remediators/reboot-database.ts';
import { isRefusal, type Remediator } from '../../lambdas/remediators/remediator.ts';

const done: string[] = [];
let backAgain = Promise.withResolvers<void>();
const rds = createRds({
  reboot: async (id, failover) => {
    await backAgain.promise;
    done.push(`${id}${failover ? ' with failover' : ''}`);
  },
  grow: async () => undefined,
});

let aws: SharedAws;
let ports: RemedyPorts;

beforeAll(async () => {
  aws = await openSharedAws([rds]);
  const clients = [new RDSClient(aws.client), new RDSClient(aws.actor)] as const;
  ports = { ...fakePorts().ports, clusters: databaseClusters(...clients), databases: databases(...clients) };
  await createCluster(aws.upstream, 'aurora-pair', 'aurora-postgresql', 1);
  await createCluster(aws.upstream, 'aurora-alone', 'aurora-mysql', 0);
  await createCluster(aws.upstream, 'three-zones', 'postgres', 2);
});
afterAll(() => aws.close());

/** Climbs a rung as the workflow does, and gives the look that the verification takes. */
async function climb(remediator: Remediator, id: string) {
  const target = { kind: 'database-cluster', id } as const;
  const plan = remediator.plan(await remediator.observe(target, {}, ports), {});
  if (isRefusal(plan)) return { refusal: plan.refusal };
  await remediator.execute({ target, plan, token: attemptToken('e'.repeat(64), 1), document: '' }, ports);
  return { look: async () => remediator.assess(plan, await remediator.observe(target, {}, ports)) };
}

const writerOf = async (id: string) => (await ports.clusters.describe(id))?.members.find(({ writer }) => writer)?.id;

describe('a cluster', () => {
  it('is described with status, engine, members and tags', async () => {
    expect(await ports.clusters.describe('aurora-pair')).toEqual({
      id: 'aurora-pair',
      status: 'available',
      engine: 'aurora-postgresql',
      members: [
        { id: 'aurora-pair-1', writer: true, status: 'available' },
        { id: 'aurora-pair-2', writer: false, status: 'available' },
      ],
      tags: { team: 'shop' },
    });
  });

  it('that does not exist is undefined, cannot be touched and is refused', async () => {
    expect(await ports.clusters.describe('aurora')).toBeUndefined();
    await expect(ports.clusters.failOver('nobody')).rejects.toMatchObject({ name: 'TargetGone' });
    await expect(ports.clusters.reboot('nobody')).rejects.toMatchObject({ name: 'TargetGone' });
    expect(await climb(failOver, 'nobody')).toEqual({ refusal: 'unsafe-to-act' });
  });

  it.each(['aurora-pair', 'three-zones'])(
    '%s is failed over: running until another member writes; meanwhile nobody touches it',
    async (id) => {
      backAgain = Promise.withResolvers();
      const before = await writerOf(id);
      const { look } = await climb(failOver, id);
      expect(await look?.()).toEqual({ kind: 'running', why: 'the database is failing-over' });
      expect(await climb(failOver, id)).toEqual({ refusal: 'unsafe-to-act' });
      expect(await climb(reboot, id)).toEqual({ refusal: 'unsafe-to-act' });
      await expect(ports.clusters.failOver(id)).rejects.toMatchObject({ name: 'Defect' });
      backAgain.resolve();
      await rds.settled();
      expect(await look?.()).toMatchObject({ kind: 'done' });
      expect(await writerOf(id)).not.toBe(before);
      expect(done.at(-1)).toBe(`${id} with failover`);
    },
  );

  it('without a reader is not failed over, and RDS would refuse it', async () => {
    expect(await climb(failOver, 'aurora-alone')).toEqual({ refusal: 'not-applicable' });
    await expect(ports.clusters.failOver('aurora-alone')).rejects.toMatchObject({ name: 'Defect' });
  });

  it('over three zones is rebooted: running until it serves again, with the same writer', async () => {
    backAgain = Promise.withResolvers();
    const before = await writerOf('three-zones');
    const { look } = await climb(reboot, 'three-zones');
    expect(await look?.()).toEqual({ kind: 'running', why: 'the database is rebooting' });
    backAgain.resolve();
    await rds.settled();
    expect(await look?.()).toMatchObject({ kind: 'done' });
    expect(await writerOf('three-zones')).toBe(before);
    expect(done.at(-1)).toBe('three-zones');
  });

  it('of Aurora is not rebooted, and RDS would refuse it', async () => {
    expect(await climb(reboot, 'aurora-pair')).toEqual({ refusal: 'not-applicable' });
    await expect(ports.clusters.reboot('aurora-pair')).rejects.toMatchObject({ name: 'Defect' });
  });
});
