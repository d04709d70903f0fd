import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  EventBridgeClient,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anAttempt, anIncident, aPolicy, aState, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts, someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyLog, historySince } from '../../lambdas/adapters/cloudwatch-logs.ts';
import { deployedRules } from '../../lambdas/adapters/deployed-rules.ts';
import { askedDrills } from '../../lambdas/adapters/dynamodb/asked-drills.ts';
import { hubPauses } from '../../lambdas/adapters/dynamodb/hub-pause.ts';
import { incidentTable } from '../../lambdas/adapters/dynamodb/incident-table.ts';
import { knownPipelines } from '../../lambdas/adapters/dynamodb/known-pipelines.ts';
import { drillEvents, hubReports, noticeEvents, pipelineBuses } from '../../lambdas/adapters/eventbridge.ts';
import { newDrillId } from '../../lambdas/adapters/new-drill-id.ts';
import { hubSwitch } from '../../lambdas/adapters/ssm/pause-switch.ts';
import { iso } from '../../lambdas/core/duration.ts';
import { answerTo } from '../../lambdas/core/hub/asked-drill.ts';
import { linkBusName } from '../../lambdas/core/hub/hub-names.ts';
import { bothPauses } from '../../lambdas/core/hub/hub-pause.ts';
import { standing } from '../../lambdas/core/hub/standing.ts';
import { endNotice } from '../../lambdas/core/notice/end.ts';
import { parsePause } from '../../lambdas/core/pause.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { PauseSwitch } from '../../lambdas/core/ports.ts';
import { applyHubPause } from '../../lambdas/steps/hub/apply-hub-pause.ts';
import { hearPipeline } from '../../lambdas/steps/hub/hear-pipeline.ts';
import { followAskedDrill, type HoldAskedDrillPorts, holdAskedDrill, isDrillRequest } from '../../lambdas/steps/hub/hold-asked-drill.ts';
import { reportToHub } from '../../lambdas/steps/hub/report-to-hub.ts';
import { spreadPause } from '../../lambdas/steps/hub/spread-pause.ts';
import { triage } from '../../lambdas/steps/triage.ts';
import { newTableName } from '../support/incident-tables.ts';

// Real: buses, rules, tables, switch and history of two accounts. Simulated: the way of an event from one account to the other, a part of the
// local AWS that asks the policies of buses; and the functions, whose steps are called here with what their rules' queues got. The deployed
// stacks are played in `test/e2e/many-accounts.test.ts`. A drill is walked in `test/e2e/drills.test.ts`; here its end is a line that the test writes.

const hub = { account: '444455556666', region: 'us-east-1' };
const healed = { account: '111122223333', region: 'eu-west-1' };
const PIPELINE = 'contract';
const HUB = 'contract-hub';
const link = linkBusName(PIPELINE);
const hubBus = `arn:aws:events:${hub.region}:${hub.account}:event-bus/${HUB}`;

let aws: SharedAws;
let hubTable = '';
let healedTable = '';
let atHub: Place;
let atHealed: Place;

interface Place {
  readonly config: SharedAws['client'];
  readonly events: EventBridgeClient;
  /** The events that the rule's queue got since it was asked last. */
  received(): Promise<readonly unknown[]>;
}

/** A bus that admits another account, with a rule that puts what it takes into a queue, in the account and Region. */
async function openPlace({ account, region }: typeof hub, bus: string, pattern: object, admitted: string): Promise<Place> {
  const config = { ...aws.client, region, credentials: { accessKeyId: account, secretAccessKey: 'test' } };
  const events = new EventBridgeClient(config);
  const queues = new SQSClient(config);
  const QueueName = `${bus}-events`;
  const { QueueUrl = '' } = await queues.send(new CreateQueueCommand({ QueueName }));
  await events.send(new CreateEventBusCommand({ Name: bus }));
  const permission = { EventBusName: bus, StatementId: 'other', Action: 'events:PutEvents', Principal: admitted };
  await events.send(new PutPermissionCommand(permission));
  const rule = { Name: `${bus}-rule`, EventBusName: bus };
  await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify(pattern) }));
  const Arn = `arn:aws:sqs:${region}:${account}:${QueueName}`;
  await events.send(new PutTargetsCommand({ Rule: rule.Name, EventBusName: bus, Targets: [{ Id: 'queue', Arn }] }));
  return {
    config,
    events,
    received: () => receivedFrom(queues, QueueUrl),
  };
}

async function receivedFrom(queues: SQSClient, QueueUrl: string): Promise<readonly unknown[]> {
  const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }));
  for (const { ReceiptHandle } of Messages) await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body) as unknown);
}

const tableOf = (place: Place, name: string) => incidentTable(name, new DynamoDBClient(place.config));
const pipelines = () => knownPipelines(tableOf(atHub, hubTable));
const theirs = () => hubPauses(tableOf(atHealed, healedTable));
const historyOf = (place: Place, writer: string) =>
  historyLog(`/self-healing/${writer}/history`, 'contract', new CloudWatchLogsClient(place.config));
const logs = (place: Place) => new CloudWatchLogsClient(place.config);

beforeAll(async () => {
  aws = await openSharedAws();
  atHub = await openPlace(hub, HUB, { source: [{ prefix: 'self-healing-notice.' }, { prefix: 'self-healing-report.' }] }, healed.account);
  atHealed = await openPlace(
    healed,
    link,
    { account: [hub.account], source: ['self-healing-hub'], 'detail-type': ['pause', 'drill'] },
    hub.account,
  );
  hubTable = await newTableName({ ...aws, client: atHub.config });
  healedTable = await newTableName({ ...aws, client: atHealed.config });
  for (const [place, name] of [
    [atHub, HUB],
    [atHealed, PIPELINE],
  ] as const)
    await logs(place).send(new CreateLogGroupCommand({ logGroupName: `/self-healing/${name}/history` }));
  const forward = { Name: 'forward', EventBusName: link };
  const sources = [`self-healing-notice.${PIPELINE}`, `self-healing-report.${PIPELINE}`];
  await atHealed.events.send(new PutRuleCommand({ ...forward, EventPattern: JSON.stringify({ source: sources }) }));
  await atHealed.events.send(
    new PutTargetsCommand({
      Rule: 'forward',
      EventBusName: link,
      Targets: [{ Id: 'hub', Arn: hubBus, RoleArn: 'arn:aws:iam::111122223333:role/forwarder' }],
    }),
  );
  await setHub('running');
});
afterAll(() => aws.close());

async function setHub(Value: string): Promise<void> {
  await new SSMClient(atHub.config).send(
    new PutParameterCommand({ Name: `/self-healing/${HUB}/pause`, Value, Type: 'String', Overwrite: true }),
  );
}

/** The rule of a policy on the default bus of the pipeline's account, with a queue in the place of intake. */
async function policyRule(policy: Policy): Promise<() => Promise<readonly unknown[]>> {
  const queues = new SQSClient(atHealed.config);
  const { QueueUrl = '' } = await queues.send(new CreateQueueCommand({ QueueName: 'intake' }));
  const Rule = `${PIPELINE}.${policy.name}`;
  const EventPattern = JSON.stringify({ source: [`self-healing-drill.${PIPELINE}`], detail: { policy: [policy.name] } });
  await atHealed.events.send(new PutRuleCommand({ Name: Rule, EventPattern }));
  const InputTransformer = { InputPathsMap: { event: '$' }, InputTemplate: `{"policy":${JSON.stringify(policy)},"event":<event>}` };
  const Arn = `arn:aws:sqs:${healed.region}:${healed.account}:intake`;
  await atHealed.events.send(new PutTargetsCommand({ Rule, Targets: [{ Id: 'intake', Arn, InputTransformer }] }));
  return () => receivedFrom(queues, QueueUrl);
}

/** What the function of the hub does for each event that its rule takes. */
async function hubHears(): Promise<void> {
  for (const event of await atHub.received())
    await hearPipeline(event, { pipelines: pipelines(), history: historyOf(atHub, HUB) }, Date.now());
}

/** What the function of the pipeline needs for drills. */
const drilling = (): HoldAskedDrillPorts => ({
  notes: askedDrills(tableOf(atHealed, healedTable)),
  history: historyOf(atHealed, PIPELINE),
  instances: { describe: async () => [], tagged: async () => [] },
  groups: { describe: async () => undefined },
  policyNames: async () => ['Gone', 'Orders-cpu'],
  policy: (name) => deployedRules(atHealed.events).policy(PIPELINE, name),
  lines: (since, filter) => historySince(`/self-healing/${PIPELINE}/history`, { since, filter }, logs(atHealed)),
  begin: (drill) => drillEvents(PIPELINE, atHealed.events).tell(drill),
});

/** What the function of the pipeline does for each event of its hub, or by its schedule: the report goes to the hub. */
async function pipelineReports(ownPause: PauseSwitch['read'] = async () => ({ kind: 'running' })): Promise<readonly string[]> {
  const became: string[] = [];
  for (const event of await atHealed.received())
    became.push(
      isDrillRequest(event)
        ? await holdAskedDrill(event, hub.account, newDrillId, drilling(), Date.now())
        : await applyHubPause(event, hubBus, { hubPauses: theirs(), history: historyOf(atHealed, PIPELINE) }, Date.now()),
    );
  const ports = {
    ownPause: { read: ownPause },
    hubPauses: theirs(),
    hub: hubBus,
    reports: hubReports(PIPELINE, link, atHealed.events),
    openWorkflows: async () => [],
    incident: async () => undefined,
    ownAlarms: async () => [],
    modes: async () => ['automatic' as const],
    drills: () => followAskedDrill(drilling(), Date.now()),
  };
  await reportToHub(ports, '0.1.0', Date.now());
  return became;
}

/** What the hub does each minute. */
const hubSpreads = () =>
  spreadPause(
    {
      async setting() {
        const said = await hubSwitch(`/self-healing/${HUB}/pause`, new SSMClient(atHub.config));
        return said && { ...said, hub: hubBus };
      },
      pipelines: pipelines(),
      buses: pipelineBuses('aws', (region) => new EventBridgeClient({ ...atHub.config, region })),
    },
    Date.now(),
  );

/** What triage decides of a new incident there, with its own switch at this value. */
async function decidedWith(value: string): Promise<unknown> {
  const world = fakePorts();
  const pauseSwitch: PauseSwitch = { read: async () => bothPauses(parsePause(value), await theirs().read(), Date.now()) };
  return triage(aState(), { ...world.ports, pauseSwitch }, NOW);
}

const isPaused = expect.objectContaining({ do: 'conclude', end: expect.objectContaining({ reason: 'paused' }) });

describe('a pipeline in one account and Region, and its hub in others', () => {
  it('is known to the hub by its report, with the account and Region from which that came', async () => {
    await pipelineReports();
    await hubHears();
    expect(await pipelines().all()).toMatchObject([{ ...healed, pipeline: PIPELINE, report: { release: '0.1.0' } }]);
  });

  it('has its incident seen at the hub', async () => {
    const end = { outcome: 'handed-off', reason: 'ladder-exhausted', why: '1 of 1 remedies was tried' } as const;
    const origin = { ...someOrigin, pipeline: PIPELINE };
    const notice = endNotice(origin, { incident: anIncident(), policy: aPolicy(), attempts: [anAttempt()], end }, NOW);
    await noticeEvents(link, atHealed.events).send(notice);
    await hubHears();
    const lines = await historySince(`/self-healing/${HUB}/history`, { since: 0, filter: { kinds: ['notice'] } }, logs(atHub));
    expect(lines).toMatchObject([{ ...healed, pipeline: PIPELINE, incident: anIncident().id, outcome: 'handed-off' }]);
  });

  it('is stopped by a pause of the hub, and confirms it', async () => {
    expect(await decidedWith('running')).not.toEqual(isPaused);
    await setHub('a bad release');
    expect(await hubSpreads()).toMatchObject({ known: 1, confirmed: 0, failed: 0 });
    expect(await pipelineReports()).toEqual(['applied']);
    expect(await decidedWith('running')).toEqual(isPaused);
    await hubHears();
    expect(await hubSpreads()).toMatchObject({ known: 1, confirmed: 1 });
    const lines = await historySince(`/self-healing/${PIPELINE}/history`, { since: 0 }, logs(atHealed));
    expect(lines).toMatchObject([{ kind: 'hub-pause', text: expect.stringContaining('pauses the pipeline: a bad release') }]);
  });

  it('keeps its own pause when that of the hub ends, and the pause of the hub when its own does', async () => {
    expect(await decidedWith('Anna works on the database')).toEqual(isPaused);
    await setHub('running');
    await hubSpreads();
    expect(await pipelineReports(async () => ({ kind: 'paused', why: 'Anna works on the database' }))).toEqual(['applied']);
    expect(await decidedWith('Anna works on the database')).toEqual(isPaused);
    expect(await decidedWith('running')).not.toEqual(isPaused);
    await hubHears();
    const [known] = await pipelines().all();
    const setting = await hubSwitch(`/self-healing/${HUB}/pause`, new SSMClient(atHub.config));
    expect(known && setting && standing(known, setting)).toBe('confirmed');
    expect(known?.report.ownPause).toBe('Anna works on the database');
  });

  it('holds the drill that its hub asks for, once an hour, and reports how it ended', async () => {
    const targets = { kind: 'fixed', target: { kind: 'database', id: 'orders' } } as const;
    const begun = await policyRule(aPolicy({ name: 'Orders-cpu', targets }));
    const buses = pipelineBuses('aws', (region) => new EventBridgeClient({ ...atHub.config, region }));
    const ask = (request: string) => buses.ask({ ...healed, pipeline: PIPELINE }, { request, by: 'arn:anna' });
    const known = async () => {
      await hubHears();
      return (await pipelines().all()).find(({ pipeline }) => pipeline === PIPELINE)?.report.drills;
    };
    await ask('0123456789abcdef');
    expect(await pipelineReports()).toEqual(['held']);
    const { held } = (await known()) ?? {};
    expect(held).toMatchObject({ request: '0123456789abcdef', policy: 'Orders-cpu' });
    expect(await begun()).toMatchObject([
      { policy: { name: 'Orders-cpu' }, event: { 'detail-type': 'Self-Healing Drill', detail: { drill: held?.drill } } },
    ]);

    await ask('ffffffffffffffff');
    await ask('0123456789abcdef');
    expect((await pipelineReports()).toSorted()).toEqual(['known', 'refused']);
    expect(await begun()).toEqual([]);

    const end = {
      kind: 'outcome',
      policy: 'Orders-cpu',
      text: 'as planned',
      outcome: 'skipped',
      reason: 'drill',
      drill: held?.drill,
    } as const;
    await historyOf(atHealed, PIPELINE).write({ at: iso(Date.now()), ...end });
    await pipelineReports();
    const reported = await known();
    expect(answerTo('0123456789abcdef', reported)).toMatchObject({ state: 'whole', held: { ended: { why: 'as planned' } } });
    expect(answerTo('ffffffffffffffff', reported)).toMatchObject({ state: 'refused' });
  });

  it('keeps of two drills that are begun at once the one that DynamoDB took first', async () => {
    const notes = askedDrills(incidentTable(await newTableName({ ...aws, client: atHealed.config }), new DynamoDBClient(atHealed.config)));
    const held = (drill: string) => ({ held: { request: drill, at: 1, policy: 'Orders-cpu', drill } });
    const all = ['a', 'b', 'c', 'd'].map((drill) => notes.change((known) => (known.held ? known : held(drill))));
    const kept = new Set((await Promise.all(all)).map((known) => known.held?.drill));
    expect([...kept]).toEqual([(await notes.read()).held?.drill]);
  });

  it('lets DynamoDB itself refuse what was set before, whoever comes last', async () => {
    const read = await theirs().read();
    if (!read) throw new Error('there is no pause of the hub');
    const last = { ...read, hub: hubBus };
    expect(read).toEqual(last);
    const older = { ...last, value: 'older', at: last.at - 1, sequence: last.sequence + 5 };
    const newer = Array.from({ length: 6 }, (_, number) => ({ ...last, value: `${number}`, sequence: last.sequence + number + 1 }));
    await Promise.all([...newer, older, ...newer.toReversed()].map((pause) => theirs().keep(pause)));
    expect((await theirs().read())?.value).toBe('5');
    expect(await theirs().keep(older)).toBe(false);
  });

  it('lets what another hub says, or an earlier version kept, be replaced by what the own one says, whenever that was set', async () => {
    const table = incidentTable(await newTableName({ ...aws, client: atHealed.config }), new DynamoDBClient(atHealed.config));
    const pauses = hubPauses(table);
    const ofOther = { value: 'running', at: 9, sequence: 9, by: 'arn:anna', hub: 'arn:left' };
    const own = { value: 'a bad release', at: 1, sequence: 1, by: 'arn:anna', hub: hubBus };
    for (const pause of [ofOther, { ...ofOther, hub: undefined }]) {
      await table.transact([{ kind: 'put', item: { pk: 'hub', sk: 'pause', pause } }]);
      expect(await pauses.keep(own)).toBe(true);
      expect(await pauses.read()).toEqual(own);
    }
  });

  it('stays paused where the hub is gone', async () => {
    await setHub('a bad release');
    await hubSpreads();
    await pipelineReports();
    await atHub.events.send(new DeleteEventBusCommand({ Name: HUB }));
    await pipelineReports();
    expect(await decidedWith('running')).toEqual(isPaused);
  });

  it('that cannot be reached is noted at the hub with what AWS says', async () => {
    const report = {
      at: Date.now(),
      release: '0.1.0',
      modes: { automatic: 1, approval: 0, shadow: 0 },
      incidents: [],
      moreIncidents: false,
      findings: [],
    };
    await pipelines().keep({ account: '999999999999', region: 'us-east-1', pipeline: 'gone' }, report);
    expect(await hubSpreads()).toMatchObject({ failed: 1 });
    const gone = (await pipelines().all()).find(({ pipeline }) => pipeline === 'gone');
    expect(gone?.told?.failure).toContain('does not exist');
  });
});
