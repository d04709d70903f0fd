import { createHmac } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anAttempt, anIncident, aPolicy, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { SecretValue, Stack } from 'aws-cdk-lib';
import { Authorization } from 'aws-cdk-lib/aws-events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postTo } from '../../lambdas/adapters/api-destinations.ts';
import { noticeEvents } from '../../lambdas/adapters/eventbridge.ts';
import { postSigned } from '../../lambdas/adapters/signed-post.ts';
import { endNotice } from '../../lambdas/core/notice/end.ts';
import { investigationOf } from '../../lambdas/core/notice/investigation.ts';
import type { Notice } from '../../lambdas/core/notice/notice.ts';
import type { End } from '../../lambdas/core/reasons.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Webhook } from '../../lib/webhook.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { DeployedApp } from '../support/deployed-app.ts';
import { type ListeningTool, listeningTool } from '../support/listening-tool.ts';

// MiniStack posts to API destinations, but keeps no event that a tool did not take: what happens then is held by the template alone.

const BUS = 'contract-webhooks';
const handedOff: End = { outcome: 'handed-off', reason: 'ladder-exhausted', why: 'zażółć "gęślą" \\ jaźń: 1 of 1 remedies was tried' };
const recovered: End = { outcome: 'recovered', reason: 'healed', why: '' };
/** Each test has a target of its own, since every tool is told of all. */
const ended = (id: string, target: string, end: End, at = NOW) => {
  const incident = { ...anIncident(), id: id.repeat(64), target: { kind: 'instance', id: target } as const };
  return endNotice(someOrigin, { incident, policy: aPolicy(), attempts: [anAttempt()], end }, at);
};
const keyOf = (target: string) => `healing:123456789012:eu-central-1:${aPolicy().name}:instance:${target}`;

let aws: SharedAws;
let tool: ListeningTool;
let send: (notice: Notice) => Promise<void>;

beforeAll(async () => {
  [aws, tool] = await Promise.all([openSharedAws(), listeningTool()]);
  const client = new EventBridgeClient(aws.client);
  send = (notice) => noticeEvents(BUS, client).send(notice);
  await aws.upstream.call('events', 'CreateEventBus', { Name: BUS });
  await deployWebhooks();
});
afterAll(async () => {
  await aws.close();
  await tool.close();
});

/** Puts connections, addresses and rules of a synthesized pipeline into MiniStack, with the tool in the place of the real ones. */
async function deployWebhooks(): Promise<void> {
  const app = unbundledApp();
  const stack = new Stack(app, 'Posting', { env: { account: '111122223333', region: 'eu-west-1' } });
  const key = SecretValue.secretsManager('key');
  const authorization = Authorization.apiKey('X-Api-Key', key);
  const pipeline = new HealingPipeline(stack, 'Healing', {
    notify: {
      webhooks: [
        Webhook.pagerDuty('oncall', { routingKey: key }),
        Webhook.opsgenie('operations', { apiKey: key }),
        Webhook.json('board', { url: 'https://board.example.com/notices', authorization }),
      ],
    },
  });
  pipeline.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup('web'), groupCpu: {} });
  const deployed = new DeployedApp(app);
  const arns = new Map<string, string>();
  const of = (type: string) =>
    deployed.resources(stack, type).map(({ id, properties }) => ({
      id,
      properties: JSON.parse(
        JSON.stringify(properties)
          .replaceAll(/\{\{resolve:secretsmanager:key[^}]*\}\}/g, 'the-secret')
          .replaceAll('111122223333', '000000000000'),
      ),
    }));
  const arnOf = (attribute: string) =>
    arns.get(
      attribute
        .split(':')
        .at(-1)
        ?.replace(/\.\w+$/, '') ?? '',
    );
  for (const { id, properties } of of('AWS::Events::Connection'))
    arns.set(id, String((await aws.upstream.call('events', 'CreateConnection', properties)).ConnectionArn));
  for (const { id, properties } of of('AWS::Events::ApiDestination')) {
    const InvocationEndpoint = properties.InvocationEndpoint.replace(/^https:\/\//, `${tool.url}/`);
    const request = { ...properties, ConnectionArn: arnOf(properties.ConnectionArn), InvocationEndpoint };
    arns.set(id, String((await aws.upstream.call('events', 'CreateApiDestination', request)).ApiDestinationArn));
  }
  for (const { id, properties } of of('AWS::Events::Rule')) {
    if (properties.EventBusName === undefined) continue;
    const rule = { Name: `contract-${id}`.slice(0, 64), EventBusName: BUS };
    await aws.upstream.call('events', 'PutRule', { ...rule, EventPattern: JSON.stringify(properties.EventPattern) });
    const Targets = properties.Targets.map(({ DeadLetterConfig: _, RetryPolicy: __, ...target }: { readonly [name: string]: unknown }) => ({
      ...target,
      Arn: arnOf(String(target.Arn)),
    }));
    await aws.upstream.call('events', 'PutTargets', { Rule: rule.Name, EventBusName: BUS, Targets });
  }
}

describe('a webhook', () => {
  it('of PagerDuty triggers an alert, and the recovery of a later incident there resolves the same', async () => {
    const notice = ended('a', 'i-1', handedOff);
    const key = keyOf('i-1');
    const enqueued = async (action: string) =>
      (await tool.received('/events.pagerduty.com/v2/enqueue', { dedup_key: key, event_action: action })).body;
    await send(notice);
    expect(await enqueued('trigger')).toMatchObject({
      ...{ routing_key: 'the-secret', event_action: 'trigger', dedup_key: key, client: 'healing' },
      payload: {
        ...{ summary: notice.title, source: key, severity: 'critical', timestamp: notice.at, group: 'healing', class: 'handed-off' },
        custom_details: JSON.parse(JSON.stringify(notice)),
      },
    });
    await send(ended('b', 'i-1', recovered, NOW + MINUTE));
    expect(await enqueued('resolve')).toEqual({ routing_key: 'the-secret', event_action: 'resolve', dedup_key: key });
  });

  it('of Opsgenie opens an alert by its alias, and closes it by the same', async () => {
    const notice = ended('c', 'i-2', handedOff);
    await send(notice);
    const alias = keyOf('i-2');
    expect(await tool.received('/api.opsgenie.com/v2/alerts', { alias })).toMatchObject({
      headers: { authorization: 'GenieKey the-secret' },
      // Of a list MiniStack knows no member by its number, so that `seen` and `do now` are empty here.
      body: { alias, message: notice.alert?.summary, priority: 'P1', details: { account: '123456789012', notice: notice.id } },
    });
    await send(ended('d', 'i-2', recovered, NOW + MINUTE));
    const { query, body } = await tool.received(`/api.opsgenie.com/v2/alerts/${encodeURIComponent(alias)}/close`);
    expect(query).toEqual({ identifierType: 'alias' });
    expect(body).toMatchObject({ source: 'healing' });
  });

  it('of any other tool gets the notice itself, whatever is written in it', async () => {
    const notice = ended('e', 'i-3', handedOff);
    await send(notice);
    expect(await tool.received('/board.example.com/notices', { id: notice.id })).toMatchObject({
      headers: { 'x-api-key': 'the-secret' },
      body: JSON.parse(JSON.stringify(notice)),
    });
  });

  it('of AWS DevOps Agent is signed over the time and the very bytes that are posted', async () => {
    const secret = String(
      (await aws.upstream.call('secretsmanager', 'CreateSecret', { Name: 'contract-agent', SecretString: 'hush' })).ARN,
    );
    const notice = ended('f', 'i-4', handedOff);
    const at = new Date(NOW).toISOString();
    await postSigned({ url: `${tool.url}/agent`, secret }, investigationOf(notice), at, new SecretsManagerClient(aws.client));
    const { headers, text, body } = await tool.received('/agent');
    const signature = createHmac('sha256', 'hush').update(`${at}:${text}`, 'utf8').digest('base64');
    expect(headers).toMatchObject({ 'x-amzn-event-timestamp': at, 'x-amzn-event-signature': signature });
    expect(body).toMatchObject({ eventType: 'incident', incidentId: notice.id, action: 'created', title: notice.title, data: { notice } });
  });
});

describe('what the doctor reads of an address', () => {
  const look = (name: string) => postTo(name, new EventBridgeClient(aws.client));
  const connection = { name: 'healing-operations', state: 'AUTHORIZED' };

  it('is how it stands, and whether its credentials are kept', async () => {
    expect(await look('healing-operations-closed')).toEqual({ name: 'healing-operations-closed', state: 'ACTIVE', connection });
    await aws.upstream.call('events', 'DeauthorizeConnection', { Name: 'healing-operations' });
    const { connection: after } = await look('healing-operations-closed');
    expect(after?.name).toBe('healing-operations');
    expect(after?.state).not.toBe('AUTHORIZED');
  });

  it('that does not exist is its name alone', async () => {
    expect(await look('healing-nobody')).toEqual({ name: 'healing-nobody' });
  });
});
