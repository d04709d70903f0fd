import type { Template } from 'aws-cdk-lib/assertions';
import { inText, type Resource, resources } from '../template.ts';
import { place } from './place.ts';

/** A statement as IAM would get it: no reference is left in it. */
export interface RoleStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** Who sends requests: a function by its name behind the pipeline's, `workflow`, `operators`, `doctor` or `drills`. */
export interface Role {
  readonly name: string;
  readonly statements: readonly RoleStatement[];
}

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** ARNs of resources by type; physical names are taken where the template has them, else the logical id. */
const arns: Readonly<Record<string, (name: string) => string>> = {
  'AWS::DynamoDB::GlobalTable': (name) => arn('dynamodb', `table/${name}`),
  'AWS::Events::ApiDestination': (name) => arn('events', `api-destination/${name}`),
  'AWS::Events::EventBus': (name) => arn('events', `event-bus/${name}`),
  'AWS::IAM::Role': (name) => `arn:${place.partition}:iam::${place.account}:role/${name}`,
  'AWS::KMS::Key': (name) => arn('kms', `key/${name}`),
  'AWS::Lambda::Function': (name) => arn('lambda', `function:${name}`),
  // CloudFormation's attribute ends so.
  'AWS::Logs::LogGroup': (name) => arn('logs', `log-group:${name}:*`),
  'AWS::SNS::Topic': (name) => arn('sns', name),
  'AWS::SQS::Queue': (name) => arn('sqs', name),
  'AWS::StepFunctions::StateMachine': (name) => arn('states', `stateMachine:${name}`),
};
const names = ['FunctionName', 'LogGroupName', 'TableName', 'TopicName', 'QueueName', 'StateMachineName'];
/** Their reference is the ARN, that of all others the name. */
const namedByArn = new Set(['AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine']);

/** Of other types the property Name is something else. */
const namedByName = new Set(['AWS::Events::ApiDestination', 'AWS::Events::EventBus']);

/** Every role of a template with what its policies allow, references resolved as a deployment would. */
export function rolesOf(template: Template): readonly Role[] {
  const all = template.toJSON().Resources as Readonly<Record<string, Resource>>;
  const resolve = (value: Value): Value => resolved(value, all);
  const policies = [...resources('AWS::IAM::Policy', template).values(), ...resources('AWS::IAM::ManagedPolicy', template).values()];
  const owners = new Map<string, string>();
  for (const [id, { Properties }] of resources('AWS::Lambda::Function', template)) {
    const nameless = id.includes('PauseSwitchMaker') ? 'pause-switch-maker' : id;
    const name = id.includes('PauseSwitchProvider') ? 'pause-switch-provider' : nameless;
    owners.set(Properties.Role['Fn::GetAtt'][0], Properties.FunctionName?.replace(/^[^-_]+[-_]/, '') ?? name);
  }
  for (const { Properties } of resources('AWS::StepFunctions::StateMachine', template).values())
    owners.set(Properties.RoleArn['Fn::GetAtt'][0], 'workflow');
  const found = new Map<string, RoleStatement[]>();
  for (const { Properties } of policies) {
    // One without a name of its own is a part of a function's role.
    const holders = Properties.ManagedPolicyName
      ? [(['doctor', 'drills'] as const).find((name) => inText(Properties.ManagedPolicyName).includes(`-${name}-`)) ?? 'operators']
      : Properties.Roles.map(({ Ref }: { Ref: string }) => owners.get(Ref) ?? Ref);
    const statements = resolve(Properties.PolicyDocument.Statement) as unknown as RoleStatement[];
    for (const holder of holders) found.set(holder, [...(found.get(holder) ?? []), ...statements]);
  }
  return [...found].map(([name, statements]) => ({ name, statements }));
}

function resolved(value: Value, all: Readonly<Record<string, Resource>>): Value {
  if (Array.isArray(value)) return value.map((each) => resolved(each, all));
  if (typeof value !== 'object') return value;
  const record = value as { readonly [key: string]: Value };
  const [key] = Object.keys(record);
  if (key === 'Ref') return reference(record.Ref as string, all);
  if (key === 'Fn::GetAtt') return attribute(record['Fn::GetAtt'] as readonly [string, string], all);
  if (key === 'Fn::Join') {
    const [separator, parts] = record['Fn::Join'] as readonly [string, readonly Value[]];
    return parts.map((part) => resolved(part, all)).join(separator);
  }
  if (key === 'Fn::Sub') return String(record['Fn::Sub']).replaceAll(/\$\{([^}]+)\}/g, (_, id) => reference(id, all));
  if (key?.startsWith('Fn::')) throw new Error(`a policy has ${key}, which the witness cannot resolve`);
  return Object.fromEntries(Object.entries(record).map(([name, each]) => [name, resolved(each, all)]));
}

function reference(id: string, all: Readonly<Record<string, Resource>>): string {
  const pseudo: Record<string, string> = {
    'AWS::Partition': place.partition,
    'AWS::Region': place.region,
    'AWS::AccountId': place.account,
  };
  const known = pseudo[id];
  if (known !== undefined) return known;
  const type = all[id]?.Type ?? '';
  return namedByArn.has(type) ? attribute([id, 'Arn'], all) : physicalName(id, all);
}

function attribute([id, name]: readonly [string, string], all: Readonly<Record<string, Resource>>): string {
  const build = arns[all[id]?.Type ?? ''];
  if (name !== 'Arn' || !build) throw new Error(`a policy has ${id}.${name}, which the witness cannot resolve`);
  return build(physicalName(id, all));
}

function physicalName(id: string, all: Readonly<Record<string, Resource>>): string {
  const { Type, Properties = {} } = all[id] ?? {};
  const given = [...names, ...(namedByName.has(Type ?? '') ? ['Name'] : [])]
    .map((name) => Properties[name])
    .find((name) => typeof name === 'string');
  return given ?? id;
}

function arn(service: string, resource: string): string {
  return `arn:${place.partition}:${service}:${place.region}:${place.account}:${resource}`;
}
