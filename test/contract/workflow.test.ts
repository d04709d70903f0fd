import { CreateStateMachineCommand, DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { AwsError } from '@self-healing/local-aws/gateway/service.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anIncident, aPolicy } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { burstClient } from '../../lambdas/adapters/aws-call.ts';
import { workflow } from '../../lambdas/adapters/step-functions/workflow.ts';
import type { Workflow } from '../../lambdas/core/ports.ts';

let aws: SharedAws;
let client: SFNClient;
let stateMachineArn = '';
let port: Workflow;

beforeAll(async () => {
  aws = await openSharedAws();
  client = new SFNClient(aws.client);
  const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Pass', End: true } } });
  const roleArn = 'arn:aws:iam::000000000000:role/contract';
  const created = await client.send(new CreateStateMachineCommand({ name: 'contract-healing', definition, roleArn }));
  stateMachineArn = created.stateMachineArn ?? '';
  port = workflow(stateMachineArn, client);
});
afterAll(() => aws.close());

const executions = async () => (await client.send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [];

describe('the workflow', () => {
  it('starts under the name of the incident, with its input', async () => {
    const incident = anIncident({ id: '1'.repeat(64) });
    expect(await port.start(incident.id, { incident, policy: aPolicy() })).toBe('started');
    const execution = (await executions()).find(({ name }) => name === incident.id);
    const { input = '' } = await client.send(new DescribeExecutionCommand({ executionArn: execution?.executionArn }));
    expect(JSON.parse(input)).toEqual({ incident, policy: aPolicy() });
  });

  it('knows an incident that it was started for before, also when the input differs', async () => {
    const id = '2'.repeat(64);
    expect(await port.start(id, { receivedAt: 1 })).toBe('started');
    expect(await port.start(id, { receivedAt: 2 })).toBe('known');
  });

  it('starts once for fifty deliveries at once', async () => {
    const id = '3'.repeat(64);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, receivedAt) => port.start(id, { receivedAt })));
    expect(answers.filter((answer) => answer === 'started')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'known')).toHaveLength(49);
    expect((await executions()).filter(({ name }) => name === id)).toHaveLength(1);
  });

  it('is started in a burst that AWS throttles, by as many tries as a burst needs', async () => {
    const throttled = { error: new AwsError('ThrottlingException', 'Rate exceeded') };
    aws.disturb(
      'StartExecution',
      Array.from({ length: 4 }, () => throttled),
    );
    const patient = workflow(stateMachineArn, new SFNClient({ ...aws.client, ...burstClient }));
    expect(await patient.start('5'.repeat(64), {})).toBe('started');
  });

  it('that does not exist is an error, never silence', async () => {
    await expect(workflow(`${stateMachineArn}-none`, client).start('4'.repeat(64), {})).rejects.toMatchObject({ name: 'TargetGone' });
  });
});
