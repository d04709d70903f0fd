import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { isKnownSamePlace } from './same-place.ts';

/** The property of the name that a resource of the type has alone in its account and Region. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'alarmName',
  'AWS::CloudWatch::Dashboard': 'dashboardName',
  'AWS::DynamoDB::GlobalTable': 'tableName',
  'AWS::Events::EventBus': 'name',
  'AWS::IAM::ManagedPolicy': 'managedPolicyName',
  'AWS::Lambda::Function': 'functionName',
  'AWS::Logs::LogGroup': 'logGroupName',
  'AWS::SNS::Topic': 'topicName',
  'AWS::SSM::Document': 'name',
  'AWS::SSM::Parameter': 'name',
  'AWS::StepFunctions::StateMachine': 'stateMachineName',
};

/** Constructs of which a name begins the names of their resources. */
const owners = new WeakMap<IConstruct, string>();

/**
 * Has synth refuse another construct of the app whose resources would have the same names in the same account and Region: the second one
 * could not be deployed.
 *
 * @param name What the names of all resources below have in them. One that is known only at deployment is not judged.
 */
export function refuseNamesTakenTwice(owner: Construct, name: string): void {
  if (Token.isUnresolved(name)) return;
  owners.set(owner, name);
  owner.node.addValidation({ validate: () => takenTwice(owner, name) });
}

function takenTwice(owner: Construct, name: string): string[] {
  const near = owner.node.root.node.findAll().flatMap((other) => {
    const its = owners.get(other);
    const isNear = its !== undefined && other !== owner && mayMeet(name, its) && isKnownSamePlace(Stack.of(owner), Stack.of(other));
    return isNear ? [{ other, its }] : [];
  });
  if (near.length === 0) return [];
  const own = namesOf(owner);
  return near.flatMap(({ other, its }) => {
    const shared = [...namesOf(other)].find(([each]) => own.has(each))?.[1];
    if (shared === undefined) return [];
    const and =
      its === name ? `and so has ${other.node.path}` : `and ${other.node.path} has the name ${its}, by which both would make ${shared}`;
    return [`${owner.node.path} has the name ${name}, ${and}: give one of them another \`name\``];
  });
}

/** Of names that begin differently nothing is equal. Most constructs are told apart so, without a look at their resources. */
function mayMeet(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  return one.slice(0, length).toLowerCase() === other.slice(0, length).toLowerCase();
}

/** The names of what is made below, as AWS tells them apart, with what is said of each. */
function namesOf(owner: IConstruct): ReadonlyMap<string, string> {
  const names = owner.node.findAll().flatMap((node) => {
    if (!CfnResource.isCfnResource(node) || node.node.scopes.findLast((scope) => owners.has(scope)) !== owner) return [];
    const { cfnResourceType: type } = node;
    const name: unknown = Stack.of(node).resolve(Reflect.get(node, NAMES[type] ?? ''));
    if (name === undefined) return [];
    const text = JSON.stringify(name);
    const said = typeof name === 'string' ? `${type} ${name}` : `an ${type} of one name`;
    // IAM tells no upper from lower case.
    return [[`${type} ${type.startsWith('AWS::IAM::') ? text.toLowerCase() : text}`, said] as const];
  });
  return new Map(names);
}
