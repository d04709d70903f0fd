import { describe, expect, it } from 'vitest';
import { answerCall } from '../../gateway/answer.ts';
import type { IncomingCall } from '../../gateway/incoming-call.ts';
import { modelOf } from '../../gateway/model.ts';
import { modelProblems } from '../../gateway/model-check.ts';
import type { Service } from '../../gateway/service.ts';

async function problemsOf(service: string, action: string, part: 'input' | 'output', value: unknown): Promise<string> {
  const model = await modelOf(service);
  const schema = model?.operation(action)?.[part];
  if (!model || !schema) throw new Error(`there is no model of ${service} ${action}`);
  return modelProblems(schema, value, model).join('\n');
}

const answer = (service: string, action: string, value: unknown) => problemsOf(service, action, 'output', value);
const request = (service: string, action: string, value: unknown) => problemsOf(service, action, 'input', value);

describe("an answer of the local AWS, by the service's own model,", () => {
  it.each<[string, string, unknown]>([
    [
      'ssm',
      'DescribeInstanceInformation',
      { InstanceInformationList: [{ InstanceId: 'i-1', PingStatus: 'ConnectionLost', IsLatestVersion: true }] },
    ],
    ['ssm', 'GetCommandInvocation', { CommandId: 'c', Status: 'Success', ResponseCode: 0, StandardOutputContent: undefined }],
    [
      'monitoring',
      'DescribeAlarms',
      { MetricAlarms: [{ AlarmName: 'a', StateValue: 'ALARM', Dimensions: [], StateUpdatedTimestamp: new Date() }] },
    ],
    ['ec2', 'DescribeInstances', { Reservations: [{ Instances: [{ InstanceId: 'i-1', State: { Code: 16, Name: 'running' } }] }] }],
    ['autoscaling', 'SetDesiredCapacity', {}],
  ])('passes where it is one of %s %s', async (service, action, value) => {
    expect(await answer(service, action, value)).toBe('');
  });

  it.each<[string, string, string, unknown, string]>([
    [
      'a member that there is not',
      'rds',
      'DescribeDBInstances',
      { DBInstances: [{ Status: 'available' }] },
      'has Status, which its shape does not have',
    ],
    [
      'a value that there is not',
      'ssm',
      'DescribeInstanceInformation',
      { InstanceInformationList: [{ PingStatus: 'Silent' }] },
      'PingStatus is Silent; there are ConnectionLost, Inactive, Online',
    ],
    [
      'a value that there is not, deep down',
      'ec2',
      'DescribeInstances',
      { Reservations: [{ Instances: [{ State: { Name: 'rebooting' } }] }] },
      'Reservations[0].Instances[0].State.Name is rebooting',
    ],
    ['a number as text', 'ec2', 'DescribeVolumes', { Volumes: [{ Size: '8' }] }, 'Volumes[0].Size is a string, not a number'],
    [
      'a time as text',
      'monitoring',
      'DescribeAlarms',
      { MetricAlarms: [{ StateUpdatedTimestamp: '2026-11-02' }] },
      'is a string, not a time',
    ],
    [
      'no valid time',
      'monitoring',
      'DescribeAlarms',
      { MetricAlarms: [{ StateUpdatedTimestamp: new Date('never') }] },
      'is no time, not a time',
    ],
    ['one thing in the place of a list', 'rds', 'DescribeDBInstances', { DBInstances: {} }, 'DBInstances is a structure, not a list'],
    [
      'text in the place of a structure',
      'rds',
      'DescribeDBInstances',
      { DBInstances: ['orders'] },
      'DBInstances[0] is a string, not a structure',
    ],
    ['nothing where the model requires something', 'states', 'ListExecutions', {}, 'executions is missing'],
    ['null', 'rds', 'DescribeDBInstances', { DBInstances: [{ MultiAZ: null }] }, 'MultiAZ is null, not a boolean'],
  ])('is caught where it has %s', async (_, service, action, value, problem) => {
    expect(await answer(service, action, value)).toContain(problem);
  });
});

describe("a request, by the service's own model,", () => {
  it.each<[string, string, string, unknown, string]>([
    ['leaves out what is required', 'ssm', 'SendCommand', { InstanceIds: ['i-1'] }, 'DocumentName is missing'],
    ['names what there is not', 'ec2', 'RebootInstances', { InstanceIds: ['i-1'], Force: true }, 'has Force'],
    ['has a value that there is not', 'autoscaling', 'DescribeInstanceRefreshes', { AutoScalingGroupName: 1 }, 'is a number, not a string'],
  ])('is caught where it %s', async (_, service, action, value, problem) => {
    expect(await request(service, action, value)).toContain(problem);
  });
});

describe('the gateway of the local AWS', () => {
  const answered = async (parameters: IncomingCall['parameters'], given: Record<string, unknown>) => {
    const service: Service = { service: 'ssm', note: 'for the test', actions: { GetCommandInvocation: async () => given } };
    const call = {
      protocol: 'json-1.1',
      service: 'ssm',
      action: 'GetCommandInvocation',
      parameters,
      model: await modelOf('ssm'),
    } as IncomingCall;
    const sources = { upstreamPort: 0, portOf: async () => 0, upstream: {} as never, services: [service], allowAwsEvents: false };
    const { status, body } = await answerCall(call, sources);
    return { status, body: String(body) };
  };
  const asked = { CommandId: 'c', InstanceId: 'i-1' };

  it('gives an answer that AWS could give', async () => {
    expect((await answered(asked, { CommandId: 'c', Status: 'Success' })).status).toBe(200);
  });

  it('fails with an answer that AWS never gives, so that whoever asked fails, too', async () => {
    const { status, body } = await answered(asked, { CommandId: 'c', Status: 'Finished' });
    expect(status).toBe(500);
    expect(body).toContain('Status is Finished');
  });

  it('refuses a request that AWS would not take', async () => {
    const { status, body } = await answered({ CommandId: 'c' }, { Status: 'Success' });
    expect(status).toBe(400);
    expect(body).toContain('InstanceId is missing');
  });
});
