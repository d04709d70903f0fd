import { RemovalPolicy } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** The history log group: one JSON line for every decision, act and outcome. It is kept when the stack is deleted. */
export class History extends Construct {
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: { readonly pipeline: string; readonly retention?: RetentionDays }) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/self-healing/${props.pipeline}/history`,
      retention: props.retention ?? RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  grantWrite(grantee: IGrantable): void {
    this.logGroup.grantWrite(grantee);
  }
}
