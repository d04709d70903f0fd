import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, type NodejsFunctionProps, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledgeUnscoped } from './security-acknowledgements.ts';

const root = `${import.meta.dirname}/../..`;

export interface HealingFunctionProps {
  /** Physical name, of at most 64 characters. */
  readonly functionName: string;
  /** What it is for, as the console shows it. */
  readonly description: string;
  /** The entry's file name under `lambdas/handlers`, without `.ts`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The remediator's file name that the bundle gets as `#remediator`. @default - none */
  readonly remediator?: string;
  readonly options?: Pick<NodejsFunctionProps, 'onFailure' | 'retryAttempts' | 'maxEventAge' | 'vpc' | 'vpcSubnets'>;
}

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
  readonly function: NodejsFunction;
  readonly role: IRole;

  constructor(scope: Construct, id: string, props: HealingFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${props.functionName}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Of ${props.functionName}`,
    });
    logGroup.grantWrite(role);
    acknowledgeUnscoped(role);
    this.role = role;
    this.function = new NodejsFunction(this, 'Function', {
      functionName: props.functionName,
      description: props.description,
      entry: `${root}/lambdas/handlers/${props.handler}.ts`,
      projectRoot: root,
      depsLockFilePath: `${root}/package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(60),
      tracing: Tracing.ACTIVE,
      role,
      logGroup,
      environment: { NODE_OPTIONS: '--enable-source-maps', ...props.environment },
      bundling: {
        minify: true,
        sourceMap: true,
        sourceMapMode: SourceMapMode.DEFAULT,
        sourcesContent: false,
        target: 'node24',
        logLevel: LogLevel.WARNING,
        format: OutputFormat.CJS,
        // Packages' ES modules first: only those lose what is not used.
        mainFields: ['module', 'main'],
        bundleAwsSDK: true,
        ...(props.remediator && { esbuildArgs: { '--alias:#remediator': `./lambdas/remediators/${props.remediator}.ts` } }),
      },
      ...props.options,
    });
    if (props.options?.vpc) this.allowUnscoped(NETWORK_INTERFACE_ACTIONS);
  }

  /** Grants actions for which AWS knows no resource; each must be one of `unscopedActions`. */
  allowUnscoped(actions: readonly string[]): void {
    if (actions.length > 0) this.role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: ['*'] }));
  }
}
