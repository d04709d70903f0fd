import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand, type StateValue } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DisableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
} from '@aws-sdk/client-eventbridge';
import { adaptAssembly } from '@self-healing/local-aws/deployment/assembly.ts';
import { bootstrap } from '@self-healing/local-aws/deployment/bootstrap.ts';
import { deploy, destroy } from '@self-healing/local-aws/deployment/deploy.ts';
import { invokeFunction } from '@self-healing/local-aws/gateway/invoke-function.ts';
import type { Place } from '@self-healing/local-aws/gateway/place.ts';
import { postEvents } from '@self-healing/local-aws/gateway/upstream.ts';
import { type LocalAws, startLocalAws } from '@self-healing/local-aws/local-aws.ts';
import { SUCCEEDED, simulatedNode } from '@self-healing/local-aws/nodes/simulated-node.ts';
import { createAutoScaling } from '@self-healing/local-aws/services/auto-scaling.ts';
import { createCloudWatch } from '@self-healing/local-aws/services/cloudwatch.ts';
import { createEc2 } from '@self-healing/local-aws/services/ec2.ts';
import { createRunCommand } from '@self-healing/local-aws/services/run-command.ts';
import { workFolder } from '@self-healing/local-aws/work-folder.ts';
import { App, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { historySince } from '../../lambdas/adapters/cloudwatch-logs.ts';
import { incidentTable } from '../../lambdas/adapters/dynamodb/incident-table.ts';
import { knownPipelines } from '../../lambdas/adapters/dynamodb/known-pipelines.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { forwardersBeginning } from '../../lambdas/core/manifest.ts';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingHub } from '../../lib/healing-hub.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';
import { TIME_SCALE } from '../../rehearsal/stage/fixtures.ts';
import { shortenDurations } from '../../rehearsal/stage/shortened-durations.ts';
import { type CommandAnswer, healAt } from '../support/heal-command.ts';

// Longer than 250 lines: one deployment in two accounts, which is expensive, and all that is played on it.

// Real: the synthesized templates in two accounts, their nested stacks, buses, rules, functions, workflow and tables, and the command as a
// process. Simulated: the machines, on which no script is run, the way of an event from one account to the other (a part of the local AWS, which
// asks the policies of buses), and alarms, which are the same in all accounts.

const hubPlace = { account: '444455556666', region: 'us-east-1' };
const healedPlace = { account: '111122223333', region: 'eu-west-1' };
const strangersPlace = { account: '999999999999', region: 'eu-west-1' };
const hubBus = HealingHub.busArn(hubPlace);
const linkBus = `arn:aws:events:${healedPlace.region}:${healedPlace.account}:event-bus/self-healing-link-healing`;

/** One machine and one policy for each incident, since a machine that was acted on is left alone for a while. */
const QUEUES = 7;
const machine = (queue: number) => `i-0000000000000000${queue}`;
const alarmOf = (queue: number) => `queue-${queue}-too-old`;

let aws: LocalAws;
let folder: string;
let hubAssembly: string;
/** The machines on which a script was run. */
const acted: string[] = [];
/** What an act waits for before it is done. */
let held: Promise<void> = Promise.resolve();

const client = ({ account, region }: Place) => ({
  endpoint: aws.endpoint,
  region,
  credentials: { accessKeyId: account, secretAccessKey: 'test' },
});

async function deployed(place: Place, id: string, make: (stack: Stack) => void): Promise<string> {
  const outdir = join(folder, id);
  const app = new App({ outdir, analyticsReporting: false });
  make(new Stack(app, id, { env: place }));
  app.synth();
  const { folder: adapted } = await adaptAssembly({
    from: outdir,
    to: join(folder, `adapted-${id}`),
    shorten: (template) => shortenDurations(template, TIME_SCALE),
  });
  const target = { endpoint: aws.endpoint, say: () => {}, ...place };
  await bootstrap(target);
  await deploy(adapted, target);
  return adapted;
}

function setAlarm(queue: number, StateValue: StateValue): Promise<unknown> {
  const command = new SetAlarmStateCommand({ AlarmName: alarmOf(queue), StateValue, StateReason: 'as simulated' });
  return new CloudWatchClient(client(healedPlace)).send(command);
}

const nodes = Array.from({ length: QUEUES }, (_, queue) =>
  simulatedNode(machine(queue), {
    run: async () => {
      acted.push(machine(queue));
      await held;
      await setAlarm(queue, 'OK');
      return SUCCEEDED;
    },
  }),
);

beforeAll(async () => {
  folder = await mkdtemp(join(workFolder, 'many-accounts-'));
  const machines = {
    instances: () => nodes.map(({ instanceId: id }) => ({ id, state: 'running' as const, tags: {} })),
    reboot: async () => {},
    launch: async () => {},
    terminate: async () => {},
  };
  const directory = { find: (id: string) => nodes.find(({ instanceId }) => instanceId === id), all: () => nodes };
  aws = await startLocalAws({
    services: [
      createCloudWatch({ secondsPerPeriodScale: TIME_SCALE }),
      createRunCommand(directory),
      createEc2(machines),
      createAutoScaling(machines),
    ],
  });
  hubAssembly = await deployed(hubPlace, 'Hub', (stack) => {
    new HealingHub(stack, 'Hub', { accounts: [healedPlace.account], notify: { emails: ['platform@example.com'] } });
  });
  await deployed(healedPlace, 'Healed', (stack) => {
    const healing = new HealingPipeline(stack, 'Healing', {
      hub: { busArn: hubBus },
      notify: { emails: ['oncall@example.com'] },
      spread: true,
    });
    healing.protectFleet('Web', { fleet: Fleet.tagged('Team', 'web'), service: 'nginx', memory: {} });
    healing.protectDatabase('Orders', { database: Database.instance('orders'), cpu: {} });
    for (let queue = 0; queue < QUEUES; queue += 1)
      healing.heal(`Queue${queue}`, {
        alarm: Alarm.fromAlarmName(stack, `TooOld${queue}`, alarmOf(queue)),
        target: Target.instance(machine(queue)),
        // The longest that there is, since an act is held until what the hub knows of it was seen.
        ladder: [Remedy.restartService({ service: 'worker', startTimeout: { minutes: 15 } })],
      });
  });
  await stopSchedule(healedPlace, 'healing-report-to-hub');
  // What it sends is answered by a report.
  await stopSchedule(hubPlace, 'healing-hub-spread-pause');
  for (let queue = 0; queue < QUEUES; queue += 1)
    await new CloudWatchClient(client(healedPlace)).send(
      new PutMetricAlarmCommand({
        AlarmName: alarmOf(queue),
        ...{ Namespace: 'Queues', MetricName: 'Age', Statistic: 'Maximum', Period: 60, EvaluationPeriods: 1, Threshold: 1 },
        ComparisonOperator: 'GreaterThanThreshold',
        Dimensions: [{ Name: 'Queue', Value: String(queue) }],
      }),
    );
});
afterAll(async () => {
  await aws?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What a schedule does in the middle of a test would be taken for what the test did. */
async function stopSchedule(place: Place, functionName: string): Promise<void> {
  const events = new EventBridgeClient(client(place));
  const { Rules = [] } = await events.send(new ListRulesCommand({ Limit: 100 }));
  const targetsOf = ({ Name: Rule }: { Name?: string }) => events.send(new ListTargetsByRuleCommand({ Rule }));
  const targets = await Promise.all(Rules.map(targetsOf));
  const isIts = (index: number) => targets[index]?.Targets?.some(({ Arn }) => Arn?.endsWith(`:${functionName}`));
  const scheduled = Rules.filter(({ ScheduleExpression }, index) => ScheduleExpression && isIts(index));
  expect(scheduled).toHaveLength(1);
  for (const { Name } of scheduled) await events.send(new DisableRuleCommand({ Name }));
}

/** What was typed and answered, for whoever reads the test's output. */
async function command(place: Place, ...words: readonly string[]): Promise<CommandAnswer> {
  const answer = await healAt(aws.endpoint, place, ...words, '--utc');
  console.log(`${place.account} ${place.region} $ self-healing-pipeline ${words.join(' ')}\n${answer.stdout}${answer.stderr}`);
  return answer;
}

/** Lets the alarm of a queue go off, as CloudWatch tells EventBridge in the account of the alarm. */
async function alarmed(queue: number): Promise<void> {
  await setAlarm(queue, 'ALARM');
  const timestamp = new Date().toISOString().replace('Z', '+0000');
  const detail = {
    alarmName: alarmOf(queue),
    state: { value: 'ALARM', reason: 'as simulated', timestamp },
    previousState: { value: 'OK', reason: 'as simulated', timestamp },
    configuration: { metrics: [] },
  };
  const event = { Source: 'aws.cloudwatch', DetailType: 'CloudWatch Alarm State Change', Resources: [], Detail: JSON.stringify(detail) };
  // The gateway's alarms are in no account, so that their event is put here.
  await postEvents(`http://127.0.0.1:${aws.upstreamPort}`, JSON.stringify({ Entries: [event] }), healedPlace);
}

const historyOf = (place: Place, name: string) =>
  historySince(`/self-healing/${name}/history`, { since: 0 }, new CloudWatchLogsClient(client(place)));

/** How the incident of a queue ended. */
async function ended(queue: number): Promise<HistoryLine> {
  const isIt = ({ kind, policy }: HistoryLine) => kind === 'outcome' && policy === `Queue${queue}`;
  return vi.waitFor(
    async () => {
      const line = (await historyOf(healedPlace, 'healing')).find(isIt);
      if (!line) throw new Error(`the incident of queue ${queue} has not ended`);
      return line;
    },
    { timeout: 120_000, interval: 500 },
  );
}

async function incident(queue: number): Promise<HistoryLine> {
  await alarmed(queue);
  return ended(queue);
}

/** In the place of the pipeline's schedule of five minutes. */
async function report(): Promise<void> {
  const { error } = await invokeFunction(`http://127.0.0.1:${aws.upstreamPort}`, 'healing-report-to-hub', healedPlace);
  expect(error).toBeUndefined();
}

const known = () => knownPipelines(incidentTable('healing-hub-pipelines', new DynamoDBClient(client(hubPlace)))).all();

/** Puts one event as whoever is in the account. */
async function put(place: Place, EventBusName: string, Source: string, DetailType: string, detail: object): Promise<string> {
  const { Entries = [] } = await new EventBridgeClient(client(place)).send(
    new PutEventsCommand({ Entries: [{ EventBusName, Source, DetailType, Detail: JSON.stringify(detail) }] }),
  );
  return Entries[0]?.ErrorCode ?? 'taken';
}

describe('a pipeline in nested stacks, and its hub in another account', () => {
  it('has its policies on buses of their own, and is known to the hub with account and Region', async () => {
    const rulesOn = async (EventBusName?: string) => {
      const { Rules = [] } = await new EventBridgeClient(client(healedPlace)).send(new ListRulesCommand({ EventBusName, Limit: 100 }));
      return Rules.map(({ Name }) => Name ?? '');
    };
    const isOfQueue = (name: string) => name.startsWith('healing.Queue');
    expect((await rulesOn()).filter(isOfQueue)).toEqual([]);
    const beginning = forwardersBeginning('healing');
    const forwarding = (await rulesOn()).filter((name) => name.startsWith(beginning));
    const own = await Promise.all(forwarding.map((name) => rulesOn(`healing.${name.slice(beginning.length)}`)));
    expect(own.flat().filter(isOfQueue)).toHaveLength(QUEUES);

    await report();
    await expect.poll(known).toMatchObject([{ ...healedPlace, pipeline: 'healing', report: { incidents: [] } }]);
  });

  it('heals an incident of a nested policy, which is seen at the hub while it is open and when it has ended', async () => {
    let release = () => {};
    held = new Promise((resolve) => {
      release = resolve;
    });
    try {
      await alarmed(0);
      await expect.poll(() => acted).toEqual([machine(0)]);
      await report();
      await expect.poll(async () => (await known())[0]?.report.incidents.length).toBe(1);
    } finally {
      release();
    }
    // As reported: until the next report, which only this test makes.
    expect((await command(hubPlace, 'status', '--all')).stdout).toContain('1 incident is open');
    const outcome = await ended(0);
    expect(outcome).toMatchObject({ outcome: 'recovered', policy: 'Queue0' });
    const notices = async () => (await historyOf(hubPlace, 'healing-hub')).filter(({ kind, outcome }) => kind === 'notice' && outcome);
    await expect
      .poll(notices)
      .toMatchObject([{ ...healedPlace, pipeline: 'healing', incident: outcome.incident, outcome: 'recovered', reason: outcome.reason }]);
  });

  it('takes a pause of the hub from nobody else, and the hub takes no report of strangers', async () => {
    const pause = { value: 'forged', at: Date.now(), sequence: 9, by: 'nobody' };
    const report = { at: Date.now(), release: '9', modes: { automatic: 9, approval: 0, shadow: 0 }, incidents: [], findings: [] };
    expect(await put(strangersPlace, linkBus, 'self-healing-hub', 'pause', pause)).toBe('AccessDeniedException');
    expect(await put(hubPlace, linkBus, 'self-healing-hub', 'Pause', pause)).toBe('AccessDeniedException');
    expect(await put(hubPlace, linkBus, 'self-healing-drill.healing', 'drill', pause)).toBe('AccessDeniedException');
    expect(await put(strangersPlace, hubBus, 'self-healing-report.healing', 'report', report)).toBe('AccessDeniedException');
    // The account itself may put on its own bus whatever its roles may; the rule takes the account of the hub alone.
    expect(await put(healedPlace, linkBus, 'self-healing-hub', 'pause', pause)).toBe('taken');
    expect((await incident(1)).reason).not.toBe('paused');
  });

  it('is stopped by a pause of the hub, which it confirms', async () => {
    const { exitCode, stdout } = await command(hubPlace, 'pause', '--all', 'a bad release');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('All 1 pipelines have confirmed.')]);
    expect(await incident(2)).toMatchObject({
      outcome: 'skipped',
      reason: 'paused',
      text: expect.stringContaining("the hub's pause switch says"),
    });
    expect(acted).not.toContain(machine(2));
    expect((await command(hubPlace, 'status', '--all')).stdout).toContain('PAUSED by the hub');
    expect((await command(healedPlace, 'resume')).stdout).toContain('The hub still pauses it');
  });

  it('keeps its own pause when that of the hub ends', async () => {
    expect((await command(healedPlace, 'pause', 'Anna works on the database')).exitCode).toBe(0);
    const { exitCode, stdout } = await command(hubPlace, 'resume', '--all');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Still paused by itself')]);
    expect(await incident(3)).toMatchObject({ reason: 'paused', text: expect.stringContaining('Anna works on the database') });
    expect(acted).not.toContain(machine(3));
    expect((await command(healedPlace, 'resume')).stdout).toContain('acts again');
    expect(await incident(4)).toMatchObject({ outcome: 'recovered' });
  });

  it('stays paused when the hub is gone, and heals without it', async () => {
    expect((await command(hubPlace, 'pause', '--all', 'the hub moves')).exitCode).toBe(0);
    await destroy(hubAssembly, { endpoint: aws.endpoint, say: () => {}, ...hubPlace });
    expect(await incident(5)).toMatchObject({ reason: 'paused', text: expect.stringContaining('the hub moves') });
    // What a hub that is deployed anew would send.
    const ended = { value: 'running', at: Date.now(), sequence: 1, by: 'the new hub' };
    expect(await put(hubPlace, linkBus, 'self-healing-hub', 'pause', ended)).toBe('taken');
    const history = async () => (await historyOf(healedPlace, 'healing')).filter(({ kind }) => kind === 'hub-pause').at(-1);
    await expect.poll(history).toMatchObject({ hubPaused: false });
    expect(await incident(6)).toMatchObject({ outcome: 'recovered' });
  });
});
