import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type DigestProps, digestTime } from '../digest-time.ts';
import { HealingFunction } from './healing-function.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import { acknowledgeSchedule } from './security-acknowledgements.ts';

/** Longer than this a digest is not worth waiting for. */
const TRIED_WITHIN = Duration.hours(1);

/** The function that tells once a week what happened. It reads the history, and can tell; nothing else. */
export class Digest extends Construct {
  /** @throws PolicyError for a time that is none */
  constructor(scope: Construct, id: string, { pipeline, environment, history, notifications }: PipelineRecords, props: DigestProps) {
    super(scope, id);
    const { day, hour } = digestTime(props);
    const variable = (name: string) => ({ [name]: environment[name] ?? '' });
    const healing = new HealingFunction(this, 'Function', {
      functionName: `${pipeline}-digest`,
      description: 'Tells once a week what healed, what comes back and what the remedies are worth',
      handler: 'digest',
      calledBy: 'schedule',
      environment: { ...variable('PIPELINE'), ...variable('HISTORY_LOG_GROUP'), ...variable('TOPIC_ARN'), ...variable('NOTIFY') },
      options: { retryAttempts: 2, maxEventAge: TRIED_WITHIN },
    });
    const { function: fn, role } = healing;
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['logs:FilterLogEvents'], resources: [history.logGroup.logGroupArn] }));
    history.grantWrite(role);
    notifications.grantPublish(role);
    const rule = new Rule(this, 'Schedule', {
      description: `Has the digest of ${pipeline} made`,
      schedule: Schedule.cron({ minute: '0', hour: String(hour), weekDay: day }),
    });
    acknowledgeSchedule(rule);
    healing.addToRule(rule, 'Schedule', { retryPolicy: { maximumEventAgeInSeconds: TRIED_WITHIN.toSeconds(), maximumRetryAttempts: 2 } });
    new Alarm(this, 'Errors', {
      alarmName: `${pipeline}-watch-digest`,
      alarmDescription: 'The weekly digest could not be made or sent; it is tried twice more. Look at the log of digest.',
      metric: fn.metricErrors({ period: Duration.minutes(5) }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(notifications.topic));
  }
}
