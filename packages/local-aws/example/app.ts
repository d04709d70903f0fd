import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';

const stack = new Stack(new App(), 'Warehouse');

const warnings = new Topic(stack, 'Warnings');
const inbox = new Queue(stack, 'Inbox', { queueName: 'warehouse-inbox' });
warnings.addSubscription(new SqsSubscription(inbox));

const parcels = new Metric({ namespace: 'Warehouse', metricName: 'Parcels', period: Duration.minutes(1) });
const full = new Alarm(stack, 'Full', { alarmName: 'warehouse-full', metric: parcels, threshold: 100, evaluationPeriods: 1 });
full.addAlarmAction(new SnsAction(warnings));
