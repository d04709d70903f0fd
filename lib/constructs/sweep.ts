import { Aws, Duration, Lazy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PauseWatch } from '../../lambdas/core/pause-watch.ts';
import type { HealingFunction, HealingFunctionProps } from './healing-function.ts';
import { grantOwnEvents } from './own-events.ts';
import { scheduledFunction } from './scheduled-function.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';

export interface SweepProps {
  readonly pipeline: string;
  readonly environment: HealingFunctionProps['environment'];
  readonly workflow: IStateMachine;
  readonly pauseWatch: PauseWatch;
}

/** How long a lost event or a broken workflow may stay unnoticed. */
export const SWEEP_EVERY = Duration.minutes(5);

/**
 * The function that looks every five minutes for what got lost. It has no right to act on anything that is protected: it
 * tells the pipeline's own rules of alarms, under a source that only it may use, and ends incidents.
 */
export class Sweep extends Construct {
  readonly healing: HealingFunction;
  readonly #buses: string[] = [];

  constructor(scope: Construct, id: string, { pipeline, environment, workflow, pauseWatch }: SweepProps) {
    super(scope, id);
    this.healing = scheduledFunction(this, 'Function', {
      functionName: `${pipeline}-sweep`,
      description: 'Finds alarms without an incident and incidents without a workflow',
      handler: 'sweep',
      environment: { ...environment, STATE_MACHINE_ARN: workflow.stateMachineArn, PAUSE_WATCH: JSON.stringify(pauseWatch) },
      every: SWEEP_EVERY,
    });
    this.healing.allowUnscoped([
      'cloudwatch:DescribeAlarms',
      'cloudwatch:DescribeAlarmContributors',
      'cloudwatch:GetMetricData',
      'cloudwatch:GetAlarmMuteRule',
      'cloudwatch:ListAlarmMuteRules',
      'events:ListRules',
    ]);
    const { role } = this.healing;
    const place = (service: string) => `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    grantOwnEvents(role, pipeline);
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['states:ListExecutions'], resources: [workflow.stateMachineArn] }));
    const executions = `${place('states')}:execution:${pipeline}-workflow:*`;
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['states:DescribeExecution', 'states:GetExecutionHistory'], resources: [executions] }),
    );
    acknowledgeWildcard(role, executions, 'Every execution of the pipeline’s own workflow; their names are the ids of incidents.');
  }

  /** Has it look for rules on the bus of a nested stack, too. */
  open(bus: string): void {
    if (this.#buses.length === 0)
      this.healing.function.addEnvironment('EVENT_BUSES', Lazy.string({ produce: () => this.#buses.toSorted().join() }));
    this.#buses.push(bus);
  }

  get function(): IFunction {
    return this.healing.function;
  }
}
