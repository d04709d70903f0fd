import {
  DescribeApiDestinationCommand,
  DescribeConnectionCommand,
  EventBridgeClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import type { FoundPost } from '../core/doctor/readings.ts';
import { reading } from './aws-call.ts';

/** How an address that EventBridge posts to stands, and the connection that has its credentials. */
export async function postTo(name: string, client = new EventBridgeClient({})): Promise<FoundPost> {
  const address = await there(() => client.send(new DescribeApiDestinationCommand({ Name: name })));
  if (!address) return { name };
  const connectionName = address.ConnectionArn?.split('/')[1] ?? '';
  const connection = await there(() => client.send(new DescribeConnectionCommand({ Name: connectionName })));
  return {
    name,
    state: String(address.ApiDestinationState),
    ...(connection && {
      connection: {
        name: connectionName,
        state: String(connection.ConnectionState),
        ...(connection.StateReason !== undefined && { why: connection.StateReason }),
      },
    }),
  };
}

/** Undefined for what does not exist. */
async function there<Answer>(call: () => Promise<Answer>): Promise<Answer | undefined> {
  return reading('look at an address for notices', async () => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  });
}
