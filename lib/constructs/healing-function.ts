import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IRule, Rule, RuleTargetConfig } from 'aws-cdk-lib/aws-events';
import { Effect, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type FunctionProps, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { iamDescription } from '../description.ts';
import { functionCode } from '../function-code.ts';
import type { FunctionEntry } from '../function-entry.ts';
import { acknowledgeCaller, acknowledgeUnscoped, type Caller } from './security-acknowledgements.ts';
import { TargetRights } from './target-rights.ts';

export interface HealingFunctionProps extends FunctionEntry {
  /** Physical name, of at most 64 characters. @default - one that CloudFormation makes */
  readonly functionName?: string;
  /** What it is for, as the console shows it. */
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Who calls it. @default workflow */
  readonly calledBy?: Caller;
  readonly options?: Pick<
    FunctionProps,
    | 'onFailure'
    | 'retryAttempts'
    | 'maxEventAge'
    | 'memorySize'
    | 'reservedConcurrentExecutions'
    | 'timeout'
    | 'vpc'
    | 'vpcSubnets'
    | 'securityGroups'
  >;
}

/**
 * Lambda gives a core for each 1,769 megabytes: this is three fifths of one. None of the functions needs a tenth of the memory, but while
 * one begins and decides, a machine is down.
 */
const MEGABYTES = 1_024;

/** All of a function's variables together. */
const LARGEST_ENVIRONMENT_BYTES = 4_096;

/** An ARN or an id that is known only when the stack is deployed is longer than most. */
const UNKNOWN_VALUE_BYTES = 100;

/** What Lambda asks of a function's role to connect the function to a VPC; the CDK adds it only to roles of its own making. */
const NETWORK_INTERFACE_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** One Lambda function of the pipeline, with a role that at first may only write its own log. */
export class HealingFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: IRole;
  /** What it may do on what policies name, of which there may be many. */
  readonly rights: TargetRights;

  constructor(scope: Construct, id: string, props: HealingFunctionProps) {
    super(scope, id);
    const { functionName } = props;
    const logGroup = new LogGroup(this, 'Log', {
      ...(functionName !== undefined && { logGroupName: `/aws/lambda/${functionName}` }),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: iamDescription(`Of ${functionName ?? this.node.path}`),
    });
    logGroup.grantWrite(role);
    acknowledgeUnscoped(role);
    this.role = role;
    this.rights = new TargetRights(role);
    this.function = new LambdaFunction(this, 'Function', {
      ...(functionName !== undefined && { functionName }),
      description: props.description,
      code: functionCode(props),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEGABYTES,
      timeout: Duration.seconds(60),
      tracing: Tracing.ACTIVE,
      role,
      logGroup,
      environment: props.environment,
      ...props.options,
    });
    acknowledgeCaller(this.function, props.calledBy ?? 'workflow');
    if (props.options?.vpc) {
      // What is denied to its own code is said by its name.
      if (functionName === undefined) throw new Error(`${this.node.path}: a function in a VPC needs a name`);
      this.#connectToNetwork(functionName);
    }
    this.node.addValidation({ validate: () => tooLarge(this, props) });
  }

  /** Lambda itself makes the interfaces as the function's role; the function's own code, which is told by its ARN, may not. */
  #connectToNetwork(functionName: string): void {
    this.allowUnscoped(NETWORK_INTERFACE_ACTIONS);
    const own = `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${functionName}`;
    this.role.addToPrincipalPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: [...NETWORK_INTERFACE_ACTIONS],
        resources: ['*'],
        conditions: { ArnEquals: { 'lambda:SourceFunctionArn': own } },
      }),
    );
  }

  /** Makes it a target of a rule, which may call it by a permission of this id. */
  addToRule(rule: Rule, id: string, target: Omit<RuleTargetConfig, 'arn'> = {}): void {
    rule.addTarget({ bind: () => ({ ...target, arn: this.function.functionArn }) });
    this.admitRule(rule, id);
  }

  /** Lets a rule call it. The target of `aws-events-targets` would put the place of the function into the id of its permission. */
  admitRule({ ruleArn }: IRule, id: string): void {
    this.function.addPermission(id, { principal: new ServicePrincipal('events.amazonaws.com'), sourceArn: ruleArn });
  }

  /** Grants actions for which AWS knows no resource; each must be one of `unscopedActions`. */
  allowUnscoped(actions: readonly string[]): void {
    if (actions.length > 0) this.role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: ['*'] }));
  }
}

/** Why Lambda would refuse the variables, as far as they are known at synth. */
function tooLarge(scope: Construct, { functionName, environment }: HealingFunctionProps): string[] {
  const bytes = bytesOf(Stack.of(scope).resolve(environment));
  if (bytes <= LARGEST_ENVIRONMENT_BYTES) return [];
  const advice = environment.DATABASE_CONNECTIONS
    ? ': protect some of the databases by a pipeline of its own, or use certificates of Amazon RDS in place of `authority`'
    : '';
  return [`${functionName} would get variables of about ${bytes} bytes, and Lambda takes ${LARGEST_ENVIRONMENT_BYTES}${advice}`];
}

/** Of a resolved value; what CloudFormation puts in later is estimated. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return String(value).length;
  const { Ref, 'Fn::Join': join } = value as { readonly Ref?: string; readonly 'Fn::Join'?: readonly [string, readonly unknown[]] };
  if (join) return join[1].reduce<number>((sum, part) => sum + bytesOf(part) + join[0].length, 0);
  if (Ref?.startsWith('AWS::')) return 14;
  if (Ref !== undefined || Object.keys(value).some((key) => key.startsWith('Fn::'))) return UNKNOWN_VALUE_BYTES;
  return Object.entries(value).reduce((sum, [key, each]) => sum + Buffer.byteLength(key) + bytesOf(each), 0);
}
