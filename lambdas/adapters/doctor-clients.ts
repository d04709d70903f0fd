import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { RDSClient } from '@aws-sdk/client-rds';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { actingClient } from './aws-call.ts';
import { configurationOf, type Place } from './operator-clients.ts';

/** The clients with which a person looks over the whole account, all for one place. */
export function doctorClients(given: Place) {
  const place = configurationOf(given);
  return {
    autoScaling: new AutoScalingClient(place),
    cloudformation: new CloudFormationClient(place),
    cloudwatch: new CloudWatchClient(place),
    dynamodb: new DynamoDBClient(place),
    ec2: new EC2Client(place),
    events: new EventBridgeClient(place),
    iam: new IAMClient(place),
    quotas: new ServiceQuotasClient(place),
    rds: new RDSClient(place),
    sns: new SNSClient(place),
    sqs: new SQSClient(place),
    ssm: new SSMClient(place),
    /** Sends no command twice. */
    sender: new SSMClient({ ...place, ...actingClient }),
    sts: new STSClient(place),
  };
}

export type DoctorClients = ReturnType<typeof doctorClients>;
