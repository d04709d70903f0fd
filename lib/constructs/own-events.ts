import { Aws } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { reportSource } from '../../lambdas/core/hub/hub-names.ts';
import { noticeSource } from '../../lambdas/core/notice/event.ts';
import { sweepSource } from '../../lambdas/core/sweep-source.ts';

/** Lets a role put events on the default bus under the pipeline's own source, and under no other. */
export function grantOwnEvents(role: IGrantable, pipeline: string): void {
  grantEvents(role, `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:event-bus/default`, sweepSource(pipeline));
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
  grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [busArn],
      // One request has many events, so that IAM compares a list, which may not be empty either.
      conditions: { 'ForAllValues:StringEquals': { 'events:source': source }, Null: { 'events:source': 'false' } },
    }),
  );
}
