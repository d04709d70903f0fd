import {
  type CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  type Stack,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { reading } from './aws-call.ts';

/** A role takes less than a minute. */
const LONGEST_SECONDS = 300;

/** What became of a stack, and what it says of itself. */
export interface DeployedStack {
  readonly was: 'made' | 'changed' | 'the same';
  readonly outputs: Readonly<Record<string, string>>;
}

/** Makes a stack of a template, or changes the one that is there, and waits for it. Twice is once. */
export async function deployStack(StackName: string, template: object, client: CloudFormationClient): Promise<DeployedStack> {
  const request = { StackName, TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
  const wait = { client, maxWaitTime: LONGEST_SECONDS, minDelay: 2, maxDelay: 10 };
  const before = await stackOf(StackName, client);
  if (before === undefined) {
    await reading('make the stack', () => client.send(new CreateStackCommand(request)));
    await waitUntilStackCreateComplete(wait, { StackName });
  } else if (await isChanged(() => client.send(new UpdateStackCommand(request)))) {
    await waitUntilStackUpdateComplete(wait, { StackName });
  } else return { was: 'the same', outputs: outputsOf(before) };
  const after = await stackOf(StackName, client);
  return { was: before === undefined ? 'made' : 'changed', outputs: outputsOf(after) };
}

async function stackOf(StackName: string, client: CloudFormationClient): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    return Stacks.find(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    return reading('look for the stack', () => Promise.reject(error));
  }
}

/** CloudFormation calls an update that changes nothing an error. */
async function isChanged(update: () => Promise<unknown>): Promise<boolean> {
  try {
    await update();
    return true;
  } catch (error) {
    if (error instanceof Error && /No updates are to be performed/.test(error.message)) return false;
    return reading('change the stack', () => Promise.reject(error));
  }
}

function outputsOf(stack: Stack | undefined): DeployedStack['outputs'] {
  return Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

/**
 * The resources of the stack that has made a resource, and of its nested stacks, as they were deployed, by the resource's own name. Keys
 * begin with the stack. Undefined where no stack has.
 */
export async function resourcesBeside(
  PhysicalResourceId: string,
  client: CloudFormationClient,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const stack = await stackMaking(PhysicalResourceId, client);
  return stack === undefined ? undefined : resourcesOf(stack, client);
}

async function resourcesOf(StackName: string, client: CloudFormationClient): Promise<Readonly<Record<string, unknown>>> {
  const { TemplateBody = '{}' } = await reading('read the template', () =>
    client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Processed' })),
  );
  const { Resources = {} } = JSON.parse(TemplateBody) as { readonly Resources?: Readonly<Record<string, { readonly Type: string }>> };
  const own = Object.entries(Resources).map(([id, resource]) => [`${StackName}/${id}`, resource] as const);
  const isNested = Object.values(Resources).some(({ Type }) => Type === NESTED_STACK);
  const nested: Readonly<Record<string, unknown>>[] = [];
  for (const stack of isNested ? await nestedStacks(StackName, client) : []) nested.push(await resourcesOf(stack, client));
  return Object.assign(Object.fromEntries(own), ...nested);
}

const NESTED_STACK = 'AWS::CloudFormation::Stack';

/** ARNs of the nested stacks of a stack; what describes stacks tells of the first hundred resources only. */
async function nestedStacks(StackName: string, client: CloudFormationClient): Promise<readonly string[]> {
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListStackResourcesCommand({ StackName, NextToken });
    const page = await reading('list the nested stacks', () => client.send(command));
    for (const { ResourceType, PhysicalResourceId } of page.StackResourceSummaries ?? [])
      if (ResourceType === NESTED_STACK && PhysicalResourceId !== undefined) found.push(PhysicalResourceId);
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

async function stackMaking(PhysicalResourceId: string, client: CloudFormationClient): Promise<string | undefined> {
  try {
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ PhysicalResourceId }));
    return StackResources[0]?.StackName;
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    return reading('find the stack', () => Promise.reject(error));
  }
}
