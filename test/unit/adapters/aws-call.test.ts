import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { autoScalingGroups } from '../../../lambdas/adapters/auto-scaling.ts';
import { actingClient } from '../../../lambdas/adapters/aws-call.ts';
import { instances } from '../../../lambdas/adapters/ec2/instances.ts';
import { databases } from '../../../lambdas/adapters/rds/databases.ts';
import { commands } from '../../../lambdas/adapters/ssm/commands.ts';
import { runbooks } from '../../../lambdas/adapters/ssm/runbooks.ts';

let respond: (response: ServerResponse) => void;
const server = createServer((request, response) => request.resume().on('end', () => respond(response)));
beforeAll(() => new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready)));
afterAll(() => new Promise((closed) => server.close(closed)));

const JSON_BEGUN = '{"Command":{"CommandId":"0123';
const XML_BEGUN = '<RebootDBInstanceResponse><RebootDBInstanceResult>';

/** The connection breaks when a part of the answer is there. */
const cut =
  (status: number) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'content-length': '1000' });
    response.write(JSON_BEGUN, () => response.destroy());
  };

const answered =
  (status: number, body: string) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  };

const at = () => ({
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  ...actingClient,
});
const ssm = () => new SSMClient(at());

const request = { document: 'd', instanceId: 'i-1', parameters: {}, token: 't' };
const acts: readonly (readonly [string, string, () => Promise<unknown>])[] = [
  ['SendCommand', JSON_BEGUN, () => commands(ssm(), ssm()).send(request)],
  ['StartAutomationExecution', JSON_BEGUN, () => runbooks(ssm(), ssm()).start({ document: 'd', parameters: {}, token: 't' })],
  ['RebootDBInstance', XML_BEGUN, () => databases(new RDSClient(at()), new RDSClient(at())).reboot('orders', { failOver: true })],
  ['SetInstanceHealth', XML_BEGUN, () => autoScalingGroups(new AutoScalingClient(at()), new AutoScalingClient(at())).markUnhealthy('i-1')],
  ['RebootInstances', XML_BEGUN, () => instances(new EC2Client(at()), new EC2Client(at())).reboot('i-1')],
];

describe.each(acts)('an act by %s', (_, begun, act) => {
  it.each([
    ['success that is cut', cut(200)],
    ['success that cannot be read', answered(200, begun)],
    ['a redirection', answered(307, begun)],
    ['a failure of the service that is cut', cut(500)],
  ])('is uncertain after an answer of %s: it may have taken place', async (_answer, how) => {
    respond = how;
    await expect(act()).rejects.toMatchObject({ name: 'Uncertain' });
  });

  it.each([
    ['is cut', cut(400)],
    ['cannot be read', answered(400, begun)],
  ])('was not done, and may be later, where a refusal %s, which may have been a throttle', async (_answer, how) => {
    respond = how;
    await expect(act()).rejects.toMatchObject({ name: 'TryAgain' });
  });
});

it.each(acts.slice(0, 2))('an act by %s of which AWS gives no id is uncertain, since it cannot be looked up', async (_, _begun, act) => {
  respond = answered(200, '{}');
  await expect(act()).rejects.toMatchObject({ name: 'Uncertain' });
});

it.each(['TooManyUpdates', 'TransactionConflictException'])('a refusal as %s passes: the call may work later', async (name) => {
  respond = answered(400, JSON.stringify({ __type: name, message: 'Others write the same now.' }));
  await expect(commands(ssm(), ssm()).agent('i-1')).rejects.toMatchObject({ name: 'TryAgain' });
});

it.each([
  ['is cut', cut(200)],
  ['cannot be read', answered(200, JSON_BEGUN)],
])('a reading whose answer %s is to be made again', async (_, how) => {
  respond = how;
  await expect(commands(ssm(), ssm()).agent('i-1')).rejects.toMatchObject({ name: 'TryAgain' });
});

const refused = (name: string) => {
  const calls = { made: 0 };
  respond = (response) => {
    calls.made += 1;
    answered(400, JSON.stringify({ __type: name, message: 'No.' }))(response);
  };
  return calls;
};

it.each(['MaxIOPSLimitExceeded', 'VolumeLimitExceeded', 'VolumeModificationSizeLimitExceeded', 'OpsItemLimitExceededException'])(
  'a quota that lasts is a defect, and its act is not made again: %s',
  async (name) => {
    const calls = refused(name);
    await expect(commands(ssm(), ssm()).send(request)).rejects.toMatchObject({ name: 'Defect' });
    expect(calls.made).toBe(1);
  },
);

it.each([
  ...['RequestLimitExceeded', 'LimitExceededException', 'LimitExceeded', 'ExecutionLimitExceeded', 'BandwidthLimitExceeded'],
  ...[
    'AutomationExecutionLimitExceededException',
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'TooManyRequestsException',
  ],
  ...['Throttling', 'RequestThrottled', 'ScalingActivityInProgress', 'ResourceContention', 'PriorRequestNotComplete'],
])('a limit that passes is none: %s', async (name) => {
  refused(name);
  await expect(commands(ssm(), ssm()).agent('i-1')).rejects.toMatchObject({ name: 'TryAgain' });
});
