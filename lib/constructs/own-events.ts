import { Aws } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { sweepSource } from '../../lambdas/core/sweep-source.ts';

/** Lets a role put events on the default bus under the pipeline's own source, and under no other. */
export function grantOwnEvents(role: IRole, pipeline: string): void {
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [`arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:event-bus/default`],
      // One request has many events, so that IAM compares a list, which may not be empty either.
      conditions: { 'ForAllValues:StringEquals': { 'events:source': sweepSource(pipeline) }, Null: { 'events:source': 'false' } },
    }),
  );
}
