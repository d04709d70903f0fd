import { aCluster, aDatabase } from '@self-healing/simulation/accounts.ts';
import { aPolicy, aRung, MINUTE, SECOND, waitRung } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { DatabaseCluster } from '../../../lambdas/core/ports.ts';
import { aFault, reasonsOf, simulated } from '../../support/outage-stage.ts';

// GitHub, 21 October 2018: the network was parted for 43 seconds, and databases failed over to another coast, to replicas that
// had not received the last writes. Putting the two histories together took a day.
//
// What is looked at here: whether a reader is available and whether the cluster is at rest. RDS tells no lag of a cluster, so a
// reader that lags is not recognised; one of Aurora shares the writer's storage, and one of a Multi-AZ DB cluster applies what
// was committed before it writes, so that what was committed is not lost.

const target = { kind: 'database-cluster', id: 'orders' } as const;

const failover = aRung({ remedy: 'fail-over-database', params: {} });

function failingOver(
  cluster: Partial<DatabaseCluster>,
  { ladder = [failover], lasts }: { ladder?: (typeof failover)[]; lasts?: number } = {},
) {
  const policy = aPolicy({ group: { kind: 'single', target }, targets: { kind: 'fixed', target }, ladder });
  const fault = aFault({ target, curedBy: ['fail-over-database'], ...(lasts !== undefined && { lasts }) });
  return simulated({ policies: [policy], clusters: [aCluster(cluster)], faults: [fault] });
}

const writer = { id: 'orders-1', writer: true, status: 'available' };
const reader = { id: 'orders-2', writer: false, status: 'available' };

describe('GitHub, 2018: a short partition made databases fail over to replicas that were behind', () => {
  it.each<[string, Partial<DatabaseCluster>, string]>([
    ['no reader is available', { members: [writer, { ...reader, status: 'rebooting' }] }, 'unsafe-to-act'],
    ['the writer cannot be read', { members: [reader, { ...reader, id: 'orders-3' }] }, 'unsafe-to-act'],
    ['it fails over by itself', { status: 'failing-over' }, 'unsafe-to-act'],
    ['it is being changed', { status: 'modifying' }, 'unsafe-to-act'],
    ['there is no reader', { members: [writer] }, 'ladder-exhausted'],
  ])('a cluster is not failed over when %s, and people are told', async (_, cluster, reason) => {
    const history = await failingOver(cluster);
    expect(history.acts).toEqual([]);
    expect(history.lines.filter(({ kind }) => kind === 'outcome')).toMatchObject([{ outcome: 'handed-off', reason }]);
    expect(history.notices).toHaveLength(1);
  });

  it('a database without a standby is not failed over', async () => {
    const alone = { kind: 'database', id: 'orders' } as const;
    const policy = aPolicy({ group: { kind: 'single', target: alone }, targets: { kind: 'fixed', target: alone }, ladder: [failover] });
    const faults = [aFault({ target: alone })];
    const history = await simulated({ policies: [policy], databases: [aDatabase({ multiAz: false })], faults });
    expect(history.acts).toEqual([]);
    expect(reasonsOf(history)).toEqual(['ladder-exhausted']);
  });

  it('a partition of 43 seconds is over before anything is done', async () => {
    const history = await failingOver({}, { ladder: [{ ...waitRung, verifyWithin: { minutes: 2 } }, failover], lasts: 43 * SECOND });
    expect(history.acts).toEqual([]);
    expect(reasonsOf(history)).toEqual(['recovered-by-itself']);
  });

  it('a failover that did not help is not followed by another, which would fail back', async () => {
    const group = { kind: 'single', target } as const;
    const guardrails = { cooldown: { hours: 2 } };
    const policy = aPolicy({ group, targets: { kind: 'fixed', target }, ladder: [failover], guardrails });
    const faults = [aFault({ target, lasts: 30 * MINUTE }), aFault({ target, at: 40 * MINUTE })];
    const history = await simulated({ policies: [policy], clusters: [aCluster()], faults });

    expect(history.acts.map(({ at }) => at)).toEqual([history.startedAt]);
    expect(reasonsOf(history)).toEqual(['ladder-exhausted', 'cooldown']);
  });

  it('a cluster at rest with a reader is failed over, once', async () => {
    const history = await failingOver({});
    expect(history.acts.map(({ call }) => call)).toEqual(['clusters.failOver']);
  });
});
