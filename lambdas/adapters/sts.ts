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

/** How far the clock here is ahead of AWS's, in milliseconds, by the date of an answer, which counts in seconds. */
export async function clockAhead(client = new STSClient({}), clock: () => number = Date.now): Promise<number> {
  let date: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      ({ date } = (result.response as { readonly headers?: Record<string, string> }).headers ?? {});
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  await callerIdentity(client);
  const here = clock();
  const there = Date.parse(date ?? '');
  return Number.isNaN(there) ? 0 : Math.floor(here / 1_000) * 1_000 - there;
}
