import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployApp } from '../../deployment/deploy-app.ts';
import { type LocalAws, startLocalAws } from '../../local-aws.ts';
import { createCloudWatch } from '../../services/cloudwatch.ts';

const project = `${import.meta.dirname}/../../example`;

describe('any CDK app', () => {
  const cloudwatch = createCloudWatch({ secondsPerPeriodScale: 30 });
  let aws: LocalAws;
  beforeAll(async () => {
    aws = await startLocalAws({ services: [cloudwatch] });
    cloudwatch.start(aws.upstream);
  });
  afterAll(async () => {
    await cloudwatch.stop();
    await aws?.stop();
  });

  async function received(): Promise<readonly string[]> {
    const { QueueUrl } = await aws.upstream.call('sqs', 'GetQueueUrl', { QueueName: 'warehouse-inbox' });
    const { Messages = [] } = await aws.upstream.call('sqs', 'ReceiveMessage', { QueueUrl });
    return (Messages as readonly { readonly Body: string }[]).map(({ Body }) => Body);
  }

  it('is deployed by its own cdk.json, and its alarm tells its topic and its queue', async () => {
    const changes = await deployApp({ project, endpoint: aws.endpoint, say: () => {} });
    expect(changes).toEqual({ stacks: ['Warehouse'], supplied: { 'AWS::CloudWatch::Alarm': 1 }, shortened: {} });

    const tooMany = new PutMetricDataCommand({ Namespace: 'Warehouse', MetricData: [{ MetricName: 'Parcels', Value: 250 }] });
    await new CloudWatchClient(aws.client).send(tooMany);

    await expect.poll(received).toEqual([expect.stringContaining('warehouse-full')]);
  });

  it('is told which folder has no app', async () => {
    await expect(deployApp({ project: '/nowhere', endpoint: aws.endpoint, say: () => {} })).rejects.toThrow('/nowhere/cdk.json');
  });
});
