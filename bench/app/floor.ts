import { SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';

const client = new SSMClient({});

/** What anybody would write first: the command, and nothing else. */
export const handler = async ({ detail }: { readonly detail: { readonly instance: string } }): Promise<void> => {
  await client.send(new SendCommandCommand({ DocumentName: process.env.DOCUMENT_NAME, InstanceIds: [detail.instance] }));
};
