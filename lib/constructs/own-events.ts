import { Aws } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { DRILL, drillSource } from '../../lambdas/core/drill.ts';
import { reportSource } from '../../lambdas/core/hub/hub-names.ts';
import { noticeSource } from '../../lambdas/core/notice/event.ts';
import { sweepSource } from '../../lambdas/core/sweep-source.ts';

/** Lets a role put events on the default bus under the pipeline's own source, and under no other. */
export function grantOwnEvents(role: IGrantable, pipeline: string): void {
  grantEvents(role, defaultBus(), sweepSource(pipeline));
}

/** What lets whoever has it begin drills, and put nothing else on the bus: neither under another source nor of another type. */
export function drillEventsStatement(pipeline: string): PolicyStatement {
  return eventsStatement(defaultBus(), drillSource(pipeline), { 'events:detail-type': DRILL });
}

/** Lets a role put a pipeline's notices on a bus, and nothing under another source. */
export function grantNoticeEvents(role: IGrantable, busArn: string, pipeline: string): void {
  grantEvents(role, busArn, noticeSource(pipeline));
}

/** Lets a role put reports for a hub on a bus, and nothing under another source. */
export function grantReportEvents(role: IGrantable, busArn: string, pipeline: string): void {
  grantEvents(role, busArn, reportSource(pipeline));
}

function grantEvents({ grantPrincipal }: IGrantable, busArn: string, source: string): void {
  grantPrincipal.addToPrincipalPolicy(eventsStatement(busArn, source));
}

function defaultBus(): string {
  return `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:event-bus/default`;
}

function eventsStatement(busArn: string, source: string, more: Readonly<Record<string, string>> = {}): PolicyStatement {
  const values = { 'events:source': source, ...more };
  return new PolicyStatement({
    actions: ['events:PutEvents'],
    resources: [busArn],
    // One request has many events, so that IAM compares lists, which may not be empty either.
    conditions: {
      'ForAllValues:StringEquals': values,
      Null: Object.fromEntries(Object.keys(values).map((key) => [key, 'false'])),
    },
  });
}
