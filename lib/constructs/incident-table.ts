import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface IncidentTableProps {
  readonly pipeline: string;
  /** Whether nobody may delete it before this is turned off. @default false */
  readonly deletionProtection?: boolean;
}

/**
 * The table of incidents, attempts and claims. It is kept when the stack is deleted, since it says what was done to whom, under a
 * name by which the next deployment can take it up again; a first deployment that fails takes it back.
 */
export class IncidentTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { pipeline, deletionProtection = false }: IncidentTableProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      tableName: `${pipeline}-incidents`,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'ttl',
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      deletionProtection,
    });
  }

  /** Grants what intake needs to know of an alarm that the sweep tells of again. */
  grantLookUp(grantee: IGrantable): void {
    this.table.grant(grantee, 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem');
  }

  /** Grants the pipeline's own calls on the table, and nothing else. */
  grantUse(grantee: IGrantable): void {
    this.table.grant(
      grantee,
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:ConditionCheckItem',
    );
  }
}
