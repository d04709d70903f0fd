import { Aws, type CfnElement, CustomResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { pauseName } from '../../lambdas/core/manifest.ts';
import { HealingFunction } from './healing-function.ts';
import type { IncidentTable } from './incident-table.ts';
import { acknowledgeProvider, acknowledgeWildcard } from './security-acknowledgements.ts';

export interface PauseSwitchProps {
  readonly pipeline: string;
  /** The table in which the pause of the hub is kept beside it, for a pipeline that has a hub. @default - it has none */
  readonly hubPausesIn?: IncidentTable;
}

/**
 * The pause switch, which is made once and then belongs to the operators: no deployment changes it, and it outlives the stack, so
 * that a pipeline that is deployed anew under the same name is still paused. Missing, it pauses. The provider framework of the
 * CDK speaks with CloudFormation; nothing here has a name of its own, so that the service token stays the same when the
 * pipeline gets another name, which CloudFormation demands.
 */
export class PauseSwitch extends Construct {
  readonly parameterName: string;
  readonly #arn: string;
  readonly #hubPausesIn: IncidentTable | undefined;

  constructor(scope: Construct, id: string, { pipeline, hubPausesIn }: PauseSwitchProps) {
    super(scope, id);
    this.#hubPausesIn = hubPausesIn;
    this.parameterName = pauseName(pipeline);
    this.#arn = parameter(this.parameterName);
    const maker = new HealingFunction(this, 'Maker', {
      description: 'Makes the pause switch where there is none, and never changes one',
      handler: 'keep-pause-switch',
      calledBy: 'stack',
      environment: {},
    });
    maker.role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['ssm:PutParameter'],
        resources: [this.#arn],
        // Holds whether or not the key is there in a request that overwrites nothing.
        conditions: { StringNotEquals: { 'ssm:Overwrite': 'true' } },
      }),
    );
    // The name that the pipeline had before is known only to CloudFormation.
    const anySwitch = parameter(pauseName('*'));
    maker.role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['ssm:GetParameter'],
        resources: [anySwitch],
      }),
    );
    acknowledgeWildcard(maker.role, anySwitch, 'A renamed pipeline takes along what its switch said under its former name.');
    new CustomResource(this, 'Switch', {
      resourceType: 'Custom::PauseSwitch',
      serviceToken: this.#provider(maker).serviceToken,
      properties: { Parameter: this.parameterName },
    });
  }

  /** Lets it read whatever pauses the pipeline. */
  grantRead(grantee: IGrantable): void {
    this.#hubPausesIn?.grantReadHubPause(grantee);
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['ssm:GetParameter'],
        resources: [this.#arn],
      }),
    );
  }

  /** Lets it see who set the switch, and when. */
  grantReadHistory(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['ssm:GetParameterHistory'], resources: [this.#arn] }));
  }

  #provider(maker: HealingFunction): Provider {
    const logGroup = new LogGroup(this, 'ProviderLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'ProviderRole', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    const id = Stack.of(this).getLogicalId(maker.function.node.defaultChild as CfnElement);
    acknowledgeWildcard(role, `<${id}.Arn>:*`, 'The provider framework invokes the one function, whatever its version.');
    const provider = new Provider(this, 'Provider', {
      onEventHandler: maker.function,
      logGroup,
      frameworkOnEventRole: role,
    });
    acknowledgeProvider(provider);
    return provider;
  }
}

const parameter = (name: string) => `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${name}`;
