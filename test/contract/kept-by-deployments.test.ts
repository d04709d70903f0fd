import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { adaptAssembly } from '@self-healing/local-aws/deployment/assembly.ts';
import { bootstrap } from '@self-healing/local-aws/deployment/bootstrap.ts';
import { deployAsUsersDo, destroy } from '@self-healing/local-aws/deployment/deploy.ts';
import { type LocalAws, startLocalAws } from '@self-healing/local-aws/local-aws.ts';
import { createCloudWatch } from '@self-healing/local-aws/services/cloudwatch.ts';
import { createRunCommand } from '@self-healing/local-aws/services/run-command.ts';
import { App, Stack } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';

/** A topic that is there before any deployment, so that a stack which wants to make it fails; topics are not taken up. */
const TAKEN = 'somebody-elses';
const IMPORT = ['--import-existing-resources'];

let aws: LocalAws;
let folder: string;
let logs: CloudWatchLogsClient;
let tables: DynamoDBClient;
let parameters: SSMClient;
let rules: EventBridgeClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kept-'));
  aws = await startLocalAws({ services: [createCloudWatch(), createRunCommand({ find: () => undefined, all: () => [] })] });
  logs = new CloudWatchLogsClient(aws.client);
  tables = new DynamoDBClient(aws.client);
  parameters = new SSMClient(aws.client);
  rules = new EventBridgeClient(aws.client);
  await Promise.all([bootstrap({ endpoint: aws.endpoint }), new SNSClient(aws.client).send(new CreateTopicCommand({ Name: TAKEN }))]);
}, 120_000);
afterAll(async () => {
  await aws.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Variant {
  readonly stack?: string;
  readonly name?: string;
  /** Where the pipeline stands. @default - at the top of its stack */
  readonly inner?: boolean;
  /** Whether the stack has a resource, made last, that cannot be made. */
  readonly failing?: boolean;
}

/** The assembly of a small pipeline, ready for the local AWS. */
async function assembly(variant: Variant = {}): Promise<string> {
  // One folder for all, in which the CDK finds the functions that it has bundled already.
  const outdir = join(folder, 'cdk.out');
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, variant.stack ?? 'Kept');
  const pipeline = new HealingPipeline(variant.inner ? new Construct(stack, 'Inner') : stack, variant.inner ? 'Other' : 'Healing', {
    ...(variant.name !== undefined && { name: variant.name }),
    notify: { emails: ['oncall@example.com'] },
  });
  pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {}, agent: false });
  if (variant.failing) new CfnTopic(stack, 'Failing', { topicName: TAKEN }).node.addDependency(pipeline);
  app.synth();
  return (await adaptAssembly({ from: outdir, to: join(folder, 'adapted') })).folder;
}

async function deploy(variant: Variant = {}, options: readonly string[] = []): Promise<void> {
  await deployAsUsersDo(await assembly(variant), { endpoint: aws.endpoint, say: () => {} }, options);
}

/** What the CDK CLI prints about a deployment that fails. */
async function failureOf(variant: Variant, options: readonly string[] = []): Promise<string> {
  const printed: string[] = [];
  const target = { endpoint: aws.endpoint, say: (line: string) => void printed.push(line) };
  await expect(deployAsUsersDo(await assembly(variant), target, options)).rejects.toThrow('exit code 1');
  return printed.join('\n');
}

const said = (pipeline: string) =>
  parameters.send(new GetParameterCommand({ Name: `/self-healing/${pipeline}/pause` })).then(
    ({ Parameter }) => Parameter?.Value,
    () => undefined,
  );
const say = (Value: string) =>
  parameters.send(new PutParameterCommand({ Name: '/self-healing/healing/pause', Value, Type: 'String', Overwrite: true }));
const tableNames = async () => (await tables.send(new ListTablesCommand({}))).TableNames ?? [];
const historyGroups = async () =>
  ((await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/self-healing/' }))).logGroups ?? []).map(
    ({ logGroupName }) => logGroupName,
  );
const ruleNames = async () =>
  ((await rules.send(new ListRulesCommand({}))).Rules ?? []).map(({ Name }) => Name).filter((name) => name?.includes('.Web-'));

const demotion = { pk: { S: 'policy#Web-disk' }, sk: { S: 'mode' } };
const demoted = async (TableName = 'healing-incidents') =>
  (await tables.send(new GetItemCommand({ TableName, Key: demotion }))).Item?.mode?.S;

describe('deployments of one pipeline, one after the other', { timeout: 600_000 }, () => {
  it('a first one that fails takes back what it made, and stands in the way of no second', async () => {
    expect(await failureOf({ failing: true })).toContain(`'${TAKEN}' already exists`);
    expect([await tableNames(), await historyGroups(), await ruleNames()]).toEqual([[], [], []]);
    await deploy();
    expect([await tableNames(), await historyGroups()]).toEqual([['healing-incidents'], ['/self-healing/healing/history']]);
    expect(await said('healing')).toBe('running');
  });

  it('an update that fails keeps all that was there', async () => {
    await tables.send(new PutItemCommand({ TableName: 'healing-incidents', Item: { ...demotion, mode: { S: 'shadow' } } }));
    await say('somebody works on the database');
    expect(await failureOf({ failing: true })).toContain(`'${TAKEN}' already exists`);
    expect([await demoted(), await said('healing'), await historyGroups()]).toEqual([
      'shadow',
      'somebody works on the database',
      ['/self-healing/healing/history'],
    ]);
  });

  it('a construct that is moved within its stack collides with nothing, and keeps its table', async () => {
    const { Table: before } = await tables.send(new DescribeTableCommand({ TableName: 'healing-incidents' }));
    await deploy({ inner: true });
    const { Table: after } = await tables.send(new DescribeTableCommand({ TableName: 'healing-incidents' }));
    expect(after?.TableId).toBe(before?.TableId);
    expect([await demoted(), await said('healing'), await ruleNames()]).toEqual([
      'shadow',
      'somebody works on the database',
      ['healing.Web-disk'],
    ]);
  });

  it('what was destroyed leaves history, incidents and pause, beside which a plain deployment makes nothing', async () => {
    await destroy(await assembly({ inner: true }), { endpoint: aws.endpoint, say: () => {} });
    expect([await demoted(), await said('healing'), await historyGroups(), await ruleNames()]).toEqual([
      'shadow',
      'somebody works on the database',
      ['/self-healing/healing/history'],
      [],
    ]);
    expect(await failureOf({})).toMatch(/'(healing-incidents|\/self-healing\/healing\/history)' already exists/);
    expect([await demoted(), await said('healing'), await ruleNames()]).toEqual(['shadow', 'somebody works on the database', []]);
  });

  it('one that takes up what was kept finds it as it was left, even after one of those has failed', async () => {
    expect(await failureOf({ failing: true }, IMPORT)).toContain(`'${TAKEN}' already exists`);
    expect([await demoted(), await historyGroups()]).toEqual(['shadow', ['/self-healing/healing/history']]);
    await deploy({}, IMPORT);
    expect([await demoted(), await said('healing'), await ruleNames()]).toEqual([
      'shadow',
      'somebody works on the database',
      ['healing.Web-disk'],
    ]);
  });

  it('one under another name is still paused, and what the former name had is kept', async () => {
    await deploy({ name: 'shop' });
    expect([await said('shop'), await said('healing')]).toEqual(['somebody works on the database', 'somebody works on the database']);
    expect([(await tableNames()).toSorted(), await demoted(), await ruleNames()]).toEqual([
      ['healing-incidents', 'shop-incidents'],
      'shadow',
      ['shop.Web-disk'],
    ]);
  });

  it('one under its former name again takes up what was kept there, and fails if it would run though it is paused', async () => {
    await say('running');
    expect(await failureOf({ name: 'healing' }, IMPORT)).toContain('pause it under its new name');
    expect([await said('shop'), await ruleNames()]).toEqual(['somebody works on the database', ['shop.Web-disk']]);
    await say('paused here, too');
    await deploy({ name: 'healing' }, IMPORT);
    expect([await said('healing'), await demoted(), await ruleNames()]).toEqual(['paused here, too', 'shadow', ['healing.Web-disk']]);
  });

  it('a second environment stands beside the first in the same account and Region', async () => {
    await deploy({ stack: 'Staging', name: 'staging' });
    expect((await ruleNames()).toSorted()).toEqual(['healing.Web-disk', 'staging.Web-disk']);
    expect([await said('staging'), await said('healing')]).toEqual(['running', 'paused here, too']);
  });
});
