import { Aws, Duration } from 'aws-cdk-lib';
import type { IRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { rulesBeginning } from '../../lambdas/core/manifest.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import { policyRecordName, spreadRecordName } from '../../lambdas/core/policy-record.ts';
import { PolicyError } from '../policy-error.ts';
import { longestOf } from '../policy-length.ts';
import { HealingFunction, type HealingFunctionProps } from './healing-function.ts';
import { grantReadRecords, PolicyRecord } from './policy-record.ts';
import { PolicyRule, type Signals } from './policy-rule.ts';
import type { PolicyStack } from './policy-stacks.ts';
import { acknowledgeDeadLetters } from './security-acknowledgements.ts';

export interface IntakeProps {
  readonly pipeline: string;
  readonly environment: HealingFunctionProps['environment'];
  readonly workflow: IStateMachine;
}

/** EventBridge's input template holds 8,192 characters; the rest is room for the event's placeholder and for names that CDK fills in. */
const LONGEST_POLICY = 7_500;

const LONGEST_RULE_NAME = 64;

/**
 * How long Lambda keeps an event that intake has no room to run for, or has failed on, which it tries twice more, a
 * minute and two minutes later. At 300 executions a second, as Step Functions starts in the large Regions, that is some
 * 250,000 alarms; what is older is refused as a late event anyway. No concurrency is reserved for intake: it would be
 * taken from the account's other functions for good, and an account that may run only ten at a time would refuse it.
 */
const ACCEPTED_WITHIN = Duration.minutes(15);

/** What enters the pipeline: the rules of all policies, the one function behind them, and the queue for what could not be taken in. */
export class Intake extends Construct {
  readonly healing: HealingFunction;
  readonly deadLetters: Queue;
  readonly #pipeline: string;
  #opened = false;

  constructor(scope: Construct, id: string, { pipeline, environment, workflow }: IntakeProps) {
    super(scope, id);
    this.#pipeline = pipeline;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      // Without a name of its own, since SQS gives a name free only a minute after its queue was deleted.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledgeDeadLetters(this.deadLetters);
    this.healing = new HealingFunction(this, 'Function', {
      functionName: `${pipeline}-intake`,
      description: 'Takes in alarm events and starts a workflow for each target',
      handler: 'intake',
      environment: { ...environment, STATE_MACHINE_ARN: workflow.stateMachineArn },
      calledBy: 'rule',
      options: { onFailure: new SqsDestination(this.deadLetters), retryAttempts: 2, maxEventAge: ACCEPTED_WITHIN },
    });
    // What the sweep's source brings is asked for before it is believed.
    this.healing.allowUnscoped([
      'cloudwatch:DescribeAlarms',
      'cloudwatch:DescribeAlarmContributors',
      'cloudwatch:GetMetricData',
      'cloudwatch:ListAlarmMuteRules',
    ]);
    workflow.grantStartExecution(this.healing.role);
    this.#readRecords(policyRecordName);
    this.#admitRules(`arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/${rulesBeginning(pipeline)}*`);
  }

  get function(): NodejsFunction {
    return this.healing.function;
  }

  /**
   * Opens the door for a policy, in the pipeline's own stack or in a nested one.
   *
   * @throws PolicyError for a policy that no rule can carry
   */
  admit(policy: Policy, signals: Signals, nested?: PolicyStack): IRule {
    const ruleName = `${rulesBeginning(this.#pipeline)}${policy.name}`;
    const problems = [
      ...(ruleName.length > LONGEST_RULE_NAME
        ? [`its rule name ${ruleName} is longer than ${LONGEST_RULE_NAME} characters: choose a shorter id`]
        : []),
      ...tooLong(longestOf(withoutLate(policy))),
    ];
    if (problems.length > 0) throw new PolicyError(policy.name, problems);
    const place = nested ?? this;
    const record = new PolicyRecord(place, `Record-${policy.name}`, { pipeline: this.#pipeline, policy, spread: nested !== undefined });
    // Written before the rule that carries the policy, and before the function that asks for it; a nested stack refers to that function
    // and cannot come before it.
    if (!nested) this.healing.function.node.addDependency(record);
    const { rule } = new PolicyRule(place, `Rule-${policy.name}`, {
      ...signals,
      ruleName,
      pipeline: this.#pipeline,
      policy,
      intake: this.function,
      deadLetters: this.deadLetters,
      ...(nested && { bus: nested.bus }),
    });
    rule.node.addDependency(record);
    if (signals.statusCheck) this.healing.allowUnscoped(['ec2:DescribeInstanceStatus']);
    if (signals.events?.ofMembers) this.healing.allowUnscoped(['rds:DescribeDBInstances']);
    if (policy.targets.kind === 'unhealthy-targets') this.healing.allowUnscoped(['elasticloadbalancing:DescribeTargetHealth']);
    return rule;
  }

  /** Lets intake read the records of a nested stack, too. */
  open(): void {
    if (this.#opened) return;
    this.#opened = true;
    this.#readRecords(spreadRecordName);
    this.healing.function.addEnvironment('SPREAD', 'yes');
  }

  #readRecords(nameOf: typeof policyRecordName): void {
    grantReadRecords(this.healing.role, this.#pipeline, 'ssm:GetParameter', nameOf);
  }

  /** One permission for all rules, since a function's resource policy holds only 20 KB. */
  #admitRules(rules: string): void {
    const events = new ServicePrincipal('events.amazonaws.com');
    this.function.addPermission('Rules', { principal: events, sourceArn: rules });
    this.deadLetters.addToResourcePolicy(
      new PolicyStatement({
        principals: [events],
        actions: ['sqs:SendMessage'],
        resources: [this.deadLetters.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': rules } },
      }),
    );
  }
}

/** The groups beside the policy's own are known only when all policies are; then its length is judged once more. */
function withoutLate({ alongside: _, ...policy }: Policy): Policy {
  return policy;
}

/** Why a rule cannot carry a policy of so many characters. */
export function tooLong(characters: number, advice = 'shorten its ladder or lists'): string[] {
  return characters > LONGEST_POLICY ? [`it takes ${characters} characters; a rule can carry ${LONGEST_POLICY}: ${advice}`] : [];
}
