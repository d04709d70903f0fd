import { Duration, Lazy } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { HealingFunction } from './healing-function.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import { acknowledgeDeadLetters, acknowledgeQueueReader } from './security-acknowledgements.ts';

/** A message that is read at once is gone long before; six times the function's time is what Lambda asks for. */
const READ_AGAIN_AFTER = Duration.minutes(6);

/** After this a message was tried twice. */
const UNREAD_FOR = Duration.minutes(15);

/**
 * What the rules of the bus could not deliver, be it that a tool refused it or that it could not be reached: each becomes a line of the
 * history and raises the alarm of everything that is not sent. Where that fails, too, an alarm of its own sees the queue.
 */
export class UndeliveredNotices extends Construct {
  readonly queue: Queue;
  readonly healing: HealingFunction;
  readonly #rules: string[] = [];

  constructor(scope: Construct, id: string, { pipeline, environment, history, notifications }: PipelineRecords) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: READ_AGAIN_AFTER,
    });
    acknowledgeDeadLetters(this.queue);
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        // One statement for all, since a queue's policy holds only twenty.
        conditions: { ArnEquals: { 'aws:SourceArn': Lazy.list({ produce: () => this.#rules }) } },
      }),
    );
    this.healing = new HealingFunction(this, 'Function', {
      functionName: `${pipeline}-record-not-sent`,
      description: 'Writes down the notices that a tool did not get',
      handler: 'record-not-sent',
      calledBy: 'queue',
      environment: { PIPELINE: pipeline, HISTORY_LOG_GROUP: environment.HISTORY_LOG_GROUP ?? '' },
    });
    history.grantWrite(this.healing.role);
    // The event source of `aws-lambda-event-sources` would put the place of the queue into the id of the mapping.
    this.healing.function.addEventSourceMapping('Undelivered', { eventSourceArn: this.queue.queueArn });
    this.queue.grantConsumeMessages(this.healing.role);
    acknowledgeQueueReader(this.healing.function);
    new Alarm(this, 'Unread', {
      alarmName: `${pipeline}-watch-not-sent-unread`,
      alarmDescription:
        'What tools did not get could not be written into the history. Read the queue of undelivered notices, and the log of record-not-sent.',
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: UNREAD_FOR.toSeconds(),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(notifications.topic));
  }

  /** Lets a rule put into the queue what it cannot deliver. */
  admit(ruleArn: string): void {
    this.#rules.push(ruleArn);
  }
}
