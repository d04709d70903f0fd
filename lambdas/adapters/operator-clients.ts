import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { besideClient } from './aws-call.ts';

/** Where a person wants to look, and as whom. */
export interface Place {
  /** @default - the Region of the shell */
  readonly region?: string | undefined;
  /** A profile of the AWS configuration. @default - the credentials of the shell */
  readonly profile?: string | undefined;
}

/** What a client is told of a place; what is not given, the shell says. */
export function configurationOf({ region, profile }: Place) {
  return { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
}

/** The clients of a person's command, all for one place. */
export function operatorClients(given: Place) {
  const place = configurationOf(given);
  return {
    events: new EventBridgeClient(place),
    dynamodb: new DynamoDBClient(place),
    logs: new CloudWatchLogsClient(place),
    sfn: new SFNClient(place),
    ssm: new SSMClient(place),
    sts: new STSClient(place),
  };
}

/** Speaks as the same person to the buses of any Region. */
export function eventsIn(region: string, given: Place): EventBridgeClient {
  return new EventBridgeClient({ ...besideClient, ...configurationOf({ ...given, region }) });
}
