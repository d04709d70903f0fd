import { Aws, Lazy, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { answerRunbookName } from '../../lambdas/core/answer-runbook.ts';
import { formerManifestName, historyName, type Manifest, manifestName, manifestPage, pauseName } from '../../lambdas/core/manifest.ts';
import type { Mode } from '../../lambdas/core/mode.ts';
import { OPERATORS_STREAM } from '../../lambdas/core/operator-action.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';

export interface OperatorsProps {
  readonly pipeline: string;
  readonly table: ITable;
  readonly history: ILogGroup;
  readonly workflow: IStateMachine;
  /** @default - the pipeline has no hub */
  readonly hubBusArn?: string;
  /** Undefined where notices go out by mail alone. */
  readonly ways: Manifest['ways'];
}

/** What an advanced parameter of Parameter Store holds, without what else stands in the manifest. */
const LONGEST_PAGE = 7_500;

/** A name of 64 letters, and an ARN of a topic whose name CloudFormation makes. */
const LONGEST_HOLDER = 450;

/**
 * What people need who operate the pipeline: the manifest, in which the operator's command finds its parts, and a managed
 * policy to be put on their role. It lets them look, pause, answer and set modes and breakers; it lets them act on no target,
 * and write no answer in another's name.
 */
export class Operators extends Construct {
  readonly policy: ManagedPolicy;
  readonly #pipeline: string;
  readonly #pages: Record<string, Mode>[] = [{}];
  /** Characters of the last page. */
  #length = 0;
  readonly #buses: string[] = [];

  constructor(scope: Construct, id: string, { pipeline, table, history, workflow, hubBusArn: hub, ways }: OperatorsProps) {
    super(scope, id);
    this.#pipeline = pipeline;
    // ARNs, which are not known yet, and the names of addresses and holders leave less room for policies.
    this.#length = ways ? JSON.stringify(ways.posts).length + 500 + (ways.holders?.length ?? 0) * LONGEST_HOLDER : 0;
    const manifest = () =>
      ({
        ...{ table: table.tableName, workflow: workflow.stateMachineArn, policies: this.#pages[0] ?? {} },
        ...(this.#pages.length > 1 && { pages: this.#pages.length }),
        ...(hub !== undefined && { hub }),
        ...(this.#buses.length > 0 && { buses: this.#buses.toSorted() }),
        ...(ways && { ways }),
      }) satisfies Manifest & { readonly pages?: number };
    new StringParameter(this, 'Manifest', {
      parameterName: manifestName(pipeline),
      description: 'Where the command of the operators finds the parts of the self-healing pipeline.',
      tier: ParameterTier.INTELLIGENT_TIERING,
      stringValue: Lazy.string({ produce: () => Stack.of(this).toJsonString(manifest()) }),
    });
    const parameter = (name: string) => `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${name}`;
    const systemsManager = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    const document = `${systemsManager}:document/${answerRunbookName(pipeline)}`;
    const automations = `${systemsManager}:automation-execution/*`;
    const place = `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    const ownStreams = `${place}:log-group:${historyName(pipeline)}:log-stream:${OPERATORS_STREAM}/*`;
    this.policy = new ManagedPolicy(this, 'Policy', {
      // IAM knows no Regions. Without a description, since a changed one would replace the policy under its own name.
      managedPolicyName: `${pipeline}-operators-${Aws.REGION}`,
      statements: [
        new PolicyStatement({
          actions: ['ssm:GetParameter', 'ssm:GetParameterHistory'],
          resources: Lazy.list({
            produce: () => [pauseName(pipeline), ...this.manifests, formerManifestName(pipeline)].map(parameter),
          }),
        }),
        new PolicyStatement({ actions: ['ssm:PutParameter'], resources: [parameter(pauseName(pipeline))] }),
        new PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [table.tableArn] }),
        new PolicyStatement({
          actions: ['dynamodb:PutItem'],
          resources: [table.tableArn],
          // The answer that counts stands under the id of whoever gives it, and IAM knows whose that is.
          conditions: {
            // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM, not of this file
            'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['approval#*', 'approver#${aws:userid}', 'policy#*'] },
            // A list that is not there would be no list with a wrong member.
            Null: { 'dynamodb:LeadingKeys': 'false' },
          },
        }),
        // Whoever could delete what points to an answer could take back the denial of another.
        new PolicyStatement({
          actions: ['dynamodb:DeleteItem'],
          resources: [table.tableArn],
          conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['policy#*'] }, Null: { 'dynamodb:LeadingKeys': 'false' } },
        }),
        new PolicyStatement({ actions: ['logs:FilterLogEvents'], resources: [history.logGroupArn] }),
        // Their actions are lines of the history, in streams that no function writes.
        new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [ownStreams] }),
        // The runbook has no role: it does what its reader may do.
        new PolicyStatement({
          actions: ['ssm:StartAutomationExecution'],
          resources: [document, `${systemsManager}:automation-definition/${answerRunbookName(pipeline)}:*`, automations],
        }),
        new PolicyStatement({ actions: ['ssm:DescribeDocument', 'ssm:GetDocument'], resources: [document] }),
        new PolicyStatement({ actions: ['ssm:GetAutomationExecution', 'ssm:DescribeAutomationStepExecutions'], resources: [automations] }),
        new PolicyStatement({ actions: ['states:ListExecutions', 'states:SendTaskSuccess'], resources: [workflow.stateMachineArn] }),
      ],
    });
    acknowledgeWildcard(
      this.policy,
      automations,
      'Only Systems Manager knows the ids of executions; starting one is bound to its runbook.',
    );
    acknowledgeWildcard(
      this.policy,
      `${systemsManager}:automation-definition/${answerRunbookName(pipeline)}:*`,
      'A new release makes a new version of the runbook.',
    );
    acknowledgeWildcard(this.policy, ownStreams, 'One stream of the operators for each day.');
  }

  /** The names of the parameters in which the manifest stands. */
  get manifests(): readonly string[] {
    return [manifestName(this.#pipeline), ...this.#pages.slice(1).map((_, index) => manifestPage(this.#pipeline, index + 2))];
  }

  /** Puts a policy with its own mode into the manifest, on a further page where those before are full. */
  enter(policy: string, mode: Mode): void {
    const length = JSON.stringify({ [policy]: mode }).length;
    this.#length += length;
    if (this.#length > LONGEST_PAGE) this.#begin(length);
    const page = this.#pages.at(-1);
    if (page) page[policy] = mode;
  }

  /** Says in the manifest that there are rules on another bus, too. */
  open(bus: string): void {
    this.#buses.push(bus);
  }

  #begin(length: number): void {
    const page: Record<string, Mode> = {};
    this.#pages.push(page);
    this.#length = length;
    const number = this.#pages.length;
    new StringParameter(this, `Manifest${number}`, {
      parameterName: manifestPage(this.#pipeline, number),
      description: 'Further policies of the manifest of the self-healing pipeline.',
      tier: ParameterTier.INTELLIGENT_TIERING,
      stringValue: Lazy.string({ produce: () => Stack.of(this).toJsonString({ policies: page }) }),
    });
  }
}
