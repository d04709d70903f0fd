import { Aws, CustomResource } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { pauseName } from '../../lambdas/core/register.ts';
import { HealingFunction } from './healing-function.ts';

/**
 * The pause switch, which is made once and then belongs to the operators: no deployment changes it, and it outlives the stack, so
 * that a pipeline that is deployed anew under the same name is still paused. Missing, it pauses.
 */
export class PauseSwitch extends Construct {
  readonly parameterName: string;
  readonly #arn: string;

  constructor(scope: Construct, id: string, { pipeline }: { readonly pipeline: string }) {
    super(scope, id);
    this.parameterName = pauseName(pipeline);
    this.#arn = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${this.parameterName}`;
    const keeper = new HealingFunction(this, 'Keeper', {
      functionName: `${pipeline}-keep-pause-switch`,
      description: 'Makes the pause switch where there is none, and never changes one',
      handler: 'keep-pause-switch',
      environment: {},
    });
    keeper.role.addToPrincipalPolicy(new PolicyStatement({ actions: ['ssm:PutParameter'], resources: [this.#arn] }));
    new CustomResource(this, 'Parameter', {
      resourceType: 'Custom::PauseSwitch',
      serviceToken: keeper.function.functionArn,
      properties: { Parameter: this.parameterName },
    });
  }

  grantRead(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [this.#arn] }));
  }
}
