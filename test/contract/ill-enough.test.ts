import {
  CloudWatchClient,
  DescribeAlarmContributorsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { createCloudWatch } from '@self-healing/local-aws/services/cloudwatch.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anInstance } from '@self-healing/simulation/accounts.ts';
import { anIncident, aPolicy, aRung, MINUTE } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alarms } from '../../lambdas/adapters/cloudwatch/alarms.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import { triage } from '../../lambdas/steps/triage.ts';

const FLEET = 'contract-ill-fleet';
const PROBE = 'contract-ill-probe';
const MEMBERS = Array.from({ length: 20 }, (_, number) => `i-000000${String(number).padStart(2, '0')}`);
const [ill = '', other = ''] = MEMBERS;

const cloudwatch = createCloudWatch({ handSetHoldMs: MINUTE });
let aws: SharedAws;
let client: CloudWatchClient;

beforeAll(async () => {
  aws = await openSharedAws([cloudwatch]);
  client = new CloudWatchClient(aws.client);
  const judged = { EvaluationPeriods: 1, Threshold: 90, ComparisonOperator: 'GreaterThanThreshold' as const };
  const Expression = 'SELECT MAX(Used) FROM SCHEMA("Contract/Ill", InstanceId) GROUP BY InstanceId ORDER BY MAX() DESC';
  const Metrics = [{ Id: 'fleet', Expression, Period: 60, ReturnData: true }];
  await client.send(new PutMetricAlarmCommand({ AlarmName: FLEET, Metrics, ...judged }));
  const metric = { Namespace: 'Contract/Ill', MetricName: 'Answered', Statistic: 'Average' as const, Period: 60 };
  await client.send(new PutMetricAlarmCommand({ AlarmName: PROBE, ...metric, ...judged }));
});
afterAll(() => aws.close());

/** Has the member reported so much, and waits until so many contributors of the alarm are in ALARM. */
async function reports(InstanceId: string, Value: number, inAlarm: number): Promise<void> {
  const Dimensions = [{ Name: 'InstanceId', Value: InstanceId }];
  const MetricData = [{ MetricName: 'Used', Dimensions, Value, Timestamp: new Date() }];
  await client.send(new PutMetricDataCommand({ Namespace: 'Contract/Ill', MetricData }));
  await expect
    .poll(
      async () => {
        await cloudwatch.evaluateNow(aws.upstream);
        return (await client.send(new DescribeAlarmContributorsCommand({ AlarmName: FLEET }))).AlarmContributors?.length ?? 0;
      },
      { timeout: 60_000, interval: 200 },
    )
    .toBe(inAlarm);
}

/** What triage makes of an incident of the ill member now, with the alarms of the local CloudWatch. */
async function triaged(given: Parameters<typeof aPolicy>[0]) {
  const world = fakePorts();
  for (const id of MEMBERS) world.account.instances.set(id, anInstance({ id }));
  world.account.agents.set(ill, 'online');
  const policy: Policy = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' }, ...given });
  const now = Date.now();
  const incident = anIncident({
    target: { kind: 'instance', id: ill },
    contributor: { id: 'one', attributes: { InstanceId: ill } },
    alarmName: FLEET,
    openedAt: now - MINUTE,
    receivedAt: now - MINUTE,
  });
  const next = await triage({ incident, policy }, { ...world.ports, alarms: alarms(client) }, now);
  return { next, said: world.history.map(({ text }) => text).join('\n') };
}

describe('a fleet of which fewer members than atLeastIll are ill, as CloudWatch lists its contributors', () => {
  const atLeastTwo = { guardrails: { atLeastIll: 2 } };

  it('is left alone while one member is above the threshold, and acted on when a second one is', async () => {
    await reports(ill, 97, 1);
    const alone = await triaged(atLeastTwo);
    expect(alone.next).toMatchObject({ do: 'triage' });
    expect(alone.said).toContain('1 of 20 members has the symptom; fewer than 2 are left alone');

    await reports(other, 98, 2);
    expect((await triaged(atLeastTwo)).next).toMatchObject({ do: 'remediate', remedy: 'restart-service' });
  });

  it('is acted on for one member where it is not set', async () => {
    expect((await triaged({})).next).toMatchObject({ do: 'remediate' });
  });
});

describe('a second opinion by an alarm of CloudWatch', () => {
  const restart = [aRung({ remedy: 'restart-instance', params: {} })];
  const asked = (name: string, ladder = restart) => triaged({ ladder, guardrails: { secondOpinion: { kind: 'alarm', name } } });
  const set = (StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA') =>
    client.send(new SetAlarmStateCommand({ AlarmName: PROBE, StateValue, StateReason: `set to ${StateValue}` }));

  it.each(['OK', 'INSUFFICIENT_DATA'] as const)('holds a costly remedy back while it is %s, in its words', async (state) => {
    await set(state);
    const { next, said } = await asked(PROBE);
    expect(next).toMatchObject({ do: 'triage' });
    expect(said).toContain(`alarm ${PROBE}, the second opinion, is ${state}`);
  });

  it('holds it back where there is no such alarm', async () => {
    expect((await asked('contract-ill-nothing')).said).toContain('the second opinion, is not there');
  });

  it('lets it act when it finds the same', async () => {
    await set('ALARM');
    expect((await asked(PROBE)).next).toMatchObject({ do: 'remediate', remedy: 'restart-instance' });
  });

  it('is not asked before a remedy that costs little', async () => {
    await set('OK');
    expect((await asked(PROBE, [aRung()])).next).toMatchObject({ do: 'remediate', remedy: 'restart-service' });
  });
});
