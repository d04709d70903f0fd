import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { silenceAlarm } from './silence-alarm.ts';
import { SWEEP_EVERY } from './sweep.ts';

export interface HealerWatchProps {
  readonly pipeline: string;
  readonly topic: ITopic;
  readonly deadLetters: IQueue;
  readonly workflow: StateMachine;
  readonly intake: IFunction;
  readonly sweep: IFunction;
}

/** Sweeps that may be missing before it is told. */
const MISSED_SWEEPS = 3;

/**
 * Alarms about the healer itself. They publish to the topic directly, without the pipeline's functions, and no policy
 * matches them: a broken healer must not be healed by itself.
 */
export class HealerWatch extends Construct {
  constructor(scope: Construct, id: string, { pipeline, topic, deadLetters, workflow, intake, sweep }: HealerWatchProps) {
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
      'An incident could not be concluded, which the sweep tries again, or what became of giving back was perhaps not told. Look at the failed execution.',
      workflow.metricFailed({ period }),
    );
    watch(
      'workflow-timed-out',
      'An incident, or the giving back of what its remedy added, was not over within the longest time that it may take.',
      workflow.metricTimedOut({ period }),
    );
    watch(
      'workflow-aborted',
      'Somebody stopped the workflow of an incident; the next sweep ends it, tells people and gives its claim back.',
      workflow.metricAborted({ period }),
    );
    watch(
      'intake-errors',
      'Intake failed on an event; it is repeated, then put into the dead-letter queue.',
      intake.metricErrors({ period }),
    );
    watch(
      'sweep-errors',
      'A sweep was not complete: alarms or incidents that got lost are perhaps not found. Look at its log.',
      sweep.metricErrors({ period }),
    );
    watch(
      'paused',
      'The pipeline has been paused for longer than people said that it should be, or its pause has no end. Resume it, or pause it anew with an end.',
      new Metric({
        namespace: 'SelfHealing',
        metricName: 'PausedTooLong',
        dimensionsMap: { service: pipeline },
        statistic: Stats.MAXIMUM,
        period: SWEEP_EVERY,
      }),
    );
    watch(
      'not-sent',
      'A notice did not reach all that it was to be sent to. The history says what, in lines of the kind not-sent.',
      new Metric({ namespace: 'SelfHealing', metricName: 'NotSent', dimensionsMap: { service: pipeline }, statistic: Stats.SUM, period }),
    );
    const heartbeat = silenceAlarm(this, 'heartbeat', {
      alarmName: `${pipeline}-watch-heartbeat`,
      alarmDescription: 'The sweep does not come by any more: the pipeline, or the account that it runs in, may be out of order.',
      report: new Metric({
        namespace: 'SelfHealing',
        metricName: 'Heartbeat',
        dimensionsMap: { service: pipeline },
        statistic: Stats.SUM,
        period: SWEEP_EVERY,
      }),
      periods: MISSED_SWEEPS,
    });
    heartbeat.addAlarmAction(new SnsAction(topic));
    heartbeat.addInsufficientDataAction(new SnsAction(topic));
  }
}
