import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface HealerWatchProps {
  readonly pipeline: string;
  readonly topic: ITopic;
  readonly deadLetters: IQueue;
  readonly workflow: StateMachine;
  readonly intake: IFunction;
}

/**
 * Alarms about the healer itself. They publish to the topic directly, without the pipeline's functions, and no policy
 * matches them: a broken healer must not be healed by itself.
 */
export class HealerWatch extends Construct {
  constructor(scope: Construct, id: string, { pipeline, topic, deadLetters, workflow, intake }: HealerWatchProps) {
    super(scope, id);
    const period = Duration.minutes(1);
    const watch = (name: string, alarmDescription: string, metric: IMetric) => {
      const alarm = new Alarm(this, name, {
        alarmName: `${pipeline}-watch-${name}`,
        alarmDescription,
        metric,
        threshold: 0,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(new SnsAction(topic));
    };
    watch(
      'dead-letters',
      'An event reached the self-healing pipeline and was not taken in. Read the dead-letter queue; the symptom needs a person.',
      deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
    );
    watch(
      'workflow-failed',
      'An incident could not be concluded: its outcome, or that of giving back, was perhaps not told. Look at the failed execution.',
      workflow.metricFailed({ period }),
    );
    watch(
      'workflow-timed-out',
      'An incident, or the giving back of what its remedy added, was not over within the longest time that it may take.',
      workflow.metricTimedOut({ period }),
    );
    watch(
      'workflow-aborted',
      'Somebody stopped the workflow of an incident; its claim lapses by itself, and nobody was told.',
      workflow.metricAborted({ period }),
    );
    watch(
      'intake-errors',
      'Intake failed on an event; it is repeated, then put into the dead-letter queue.',
      intake.metricErrors({ period }),
    );
  }
}
