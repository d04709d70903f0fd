import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { reading } from './aws-call.ts';

/** Who runs the operator's command, as AWS knows them. */
export interface Caller {
  /** AWS's unique id, the `aws:userid` of IAM policies; of a role with the name of the session. */
  readonly userId: string;
  readonly arn: string;
}

/** Asks AWS who the caller is. */
export async function callerIdentity(client = new STSClient({})): Promise<Caller> {
  const { UserId = '', Arn = '' } = await reading('ask who you are', () => client.send(new GetCallerIdentityCommand({})));
  return { userId: UserId, arn: Arn };
}
