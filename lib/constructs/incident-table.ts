import { RemovalPolicy } from 'aws-cdk-lib';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, type IGrantable, PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { itemTable } from './item-table.ts';

export interface IncidentTableProps {
  readonly pipeline: string;
  /** Whether nobody may delete it before this is turned off. @default false */
  readonly deletionProtection?: boolean;
}

const writes = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];

/** What people answered. Only people write it, so that no function, whatever it is made to do, can approve what it does itself. */
const votes = ['approval#*', 'approver#*'];

/** The links by which holders answer; only what sends them writes them. */
const LINKS = 'approval-link#*';

/** Which drill of a policy is under way, and what belongs to one for real; nothing that acts writes them. */
const LAST_DRILLS = 'drill#policy#*';
const REAL_DRILLS = 'drill#target#*';

const ofIncidents = ['incident#*', 'target#*', 'group#*', 'pipeline', 'policy#*', 'crowd#*', 'storms'];

/**
 * The partitions of the table that each kind of function writes: `step` decides, acts and looks; `end` ends incidents and takes back
 * what they left, which the `sweep` does, too. A question is written and closed by those that ask and end, so that none that acts can lower how many must approve.
 */
export const partitions = {
  intake: ['rejected#*', LAST_DRILLS],
  'provider-events': ['provider'],
  ask: ['approvals'],
  step: ofIncidents,
  end: [...ofIncidents, 'approvals', LAST_DRILLS, REAL_DRILLS],
  sweep: [...ofIncidents, 'approvals', 'sweep', LAST_DRILLS, REAL_DRILLS],
  hub: ['hub'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type TableWriter = keyof typeof partitions;

/**
 * The table of incidents, attempts and claims. It is kept when the stack is deleted, since it says what was done to whom, under a
 * name by which the next deployment can take it up again; a first deployment that fails takes it back.
 */
export class IncidentTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { pipeline, deletionProtection = false }: IncidentTableProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      ...itemTable,
      tableName: `${pipeline}-incidents`,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      deletionProtection,
    });
  }

  /** Lets what sends links keep them, so that no function that acts can make one. */
  grantKeepLinks({ grantPrincipal }: IGrantable): void {
    grantPrincipal.addToPrincipalPolicy(this.#onPartitions(['dynamodb:PutItem'], [LINKS]));
  }

  /** Lets the page of links read what it shows, and write the answers of these voters and no other. */
  grantAnswers({ grantPrincipal }: IGrantable, voters: readonly string[]): void {
    const read = [LINKS, 'approvals', ...votes];
    grantPrincipal.addToPrincipalPolicy(this.#onPartitions(['dynamodb:GetItem', 'dynamodb:Query'], read));
    grantPrincipal.addToPrincipalPolicy(
      this.#onPartitions(['dynamodb:PutItem'], voters.map((voter) => `approver#${voter}`).concat('approval#*')),
    );
  }

  /** Lets what asks whether the pipeline is paused read what the hub says. */
  grantReadHubPause({ grantPrincipal }: IGrantable): void {
    grantPrincipal.addToPrincipalPolicy(this.#onPartitions(['dynamodb:GetItem'], partitions.hub));
  }

  /** Lets what reads nothing else of the table read how strict people made a policy. */
  grantReadModes({ grantPrincipal }: IGrantable): void {
    grantPrincipal.addToPrincipalPolicy(this.#onPartitions(['dynamodb:GetItem'], ['policy#*']));
  }

  #onPartitions(actions: readonly string[], partitionKeys: readonly string[]): PolicyStatement {
    return new PolicyStatement({
      actions: [...actions],
      resources: [this.table.tableArn],
      // A list that is not there would be no list with a wrong member.
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitionKeys }, Null: { 'dynamodb:LeadingKeys': 'false' } },
    });
  }

  /** Grants the pipeline's own calls on the table: all reads, and writes to what the writer is there for. */
  grantUse({ grantPrincipal }: IGrantable, writer: TableWriter): void {
    const statement = (given: Partial<PolicyStatementProps>) =>
      grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ resources: [this.table.tableArn], ...given }));
    statement({ actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:ConditionCheckItem'] });
    grantPrincipal.addToPrincipalPolicy(this.#onPartitions(writes, partitions[writer]));
    statement({
      effect: Effect.DENY,
      actions: writes,
      conditions: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': votes } },
    });
  }
}
