import { RemovalPolicy } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface HistoryProps {
  readonly pipeline: string;
  /** @default - one year */
  readonly retention?: RetentionDays;
  /** Whether nobody may delete it before this is turned off. @default false */
  readonly deletionProtection?: boolean;
}

/**
 * The history log group: one JSON line for every decision, act and outcome. It is kept when the stack is deleted, under a name by
 * which the next deployment can take it up again; a first deployment that fails takes it back.
 */
export class History extends Construct {
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { pipeline, retention = RetentionDays.ONE_YEAR, deletionProtection = false }: HistoryProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/self-healing/${pipeline}/history`,
      retention,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      ...(deletionProtection && { deletionProtectionEnabled: true }),
    });
  }

  grantWrite(grantee: IGrantable): void {
    this.logGroup.grantWrite(grantee);
  }
}
