import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AlreadyExistsException,
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { packageFolder } from '../work-folder.ts';

/** An account and Region of the local AWS. */
export interface BootstrapTarget {
  /** The gateway's address. */
  readonly endpoint: string;
  /** Which account is prepared; MiniStack takes its number for the access key. @default - that of everybody else */
  readonly account?: string;
  /** @default us-east-1 */
  readonly region?: string;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

const STACK = 'CDKToolkit';

/** The one parameter to which the CDK CLI gives a value other than its default where nobody asks for anything else. */
const KEY = { ParameterKey: 'FileAssetsBucketKmsKeyId', ParameterValue: 'AWS_MANAGED_KEY' };

const GIVEN_UP_AFTER_SECONDS = 300;

/**
 * Prepares the local account for deployments: asset bucket and deployment roles, by the template of the CDK CLI. It does nothing where
 * they are there already. The CLI itself takes four seconds of a processor to create this one stack.
 *
 * @throws Error when the stack does not come to be
 */
export async function bootstrap(target: BootstrapTarget): Promise<void> {
  const { endpoint, account = 'test', region = 'us-east-1', signal: abortSignal } = target;
  const client = new CloudFormationClient({ endpoint, region, credentials: { accessKeyId: account, secretAccessKey: 'test' } });
  try {
    await create(client, abortSignal);
    // The gateway holds its answers until there is no more to wait for.
    const patience = { minDelay: 1, maxDelay: 1, maxWaitTime: GIVEN_UP_AFTER_SECONDS };
    await waitUntilStackCreateComplete({ client, ...patience, ...(abortSignal && { abortSignal }) }, { StackName: STACK });
  } finally {
    client.destroy();
  }
}

async function create(client: CloudFormationClient, abortSignal?: AbortSignal): Promise<void> {
  const template = join(packageFolder('aws-cdk'), 'lib/api/bootstrap/bootstrap-template.yaml');
  const command = new CreateStackCommand({
    StackName: STACK,
    TemplateBody: await readFile(template, 'utf8'),
    Parameters: [KEY],
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  try {
    await client.send(command, { ...(abortSignal && { abortSignal }) });
  } catch (error) {
    if (!(error instanceof AlreadyExistsException)) throw error;
  }
}
