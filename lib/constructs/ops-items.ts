import { Aws } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Construct } from 'constructs';
import type { NoticeFilter } from '../../lambdas/core/notice/filter.ts';
import { closing } from '../notice-pattern.ts';
import { HealingFunction } from './healing-function.ts';
import { DELIVERED_WITHIN, noticeRuleFor } from './notice-rule.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';
import type { UndeliveredNotices } from './undelivered-notices.ts';

interface OpsItemsProps {
  readonly bus: IEventBus;
  readonly undelivered: UndeliveredNotices;
  readonly only: NoticeFilter;
}

/** The function that keeps OpsItems in OpsCenter. It stands behind a bus, so that what ends incidents has no part in it. */
export class OpsItems extends Construct {
  readonly healing: HealingFunction;

  constructor(scope: Construct, id: string, { pipeline, environment }: PipelineRecords, { bus, undelivered, only }: OpsItemsProps) {
    super(scope, id);
    this.healing = new HealingFunction(this, 'Function', {
      functionName: `${pipeline}-keep-ops-items`,
      description: 'Opens an OpsItem for what a person must see to, and resolves it when that is healed',
      handler: 'keep-ops-items',
      calledBy: 'rule',
      environment: { PIPELINE: pipeline, TOPIC_ARN: environment.TOPIC_ARN ?? '' },
      options: { onFailure: new SqsDestination(undelivered.queue), retryAttempts: 2, maxEventAge: DELIVERED_WITHIN },
    });
    this.#allow(pipeline);
    const rule = { pipeline, bus, undelivered };
    noticeRuleFor(this.healing, this, 'Open', {
      ...{ ...rule, choice: { only, alert: 'open' } },
      description: 'Notices that open an OpsItem',
    });
    noticeRuleFor(this.healing, this, 'Closed', {
      ...{ ...rule, choice: closing(only) },
      description: 'Notices that resolve an OpsItem',
    });
  }

  /** Only what carries the pipeline's tag is made or changed. What is made has no id yet, so AWS lets nobody name it. */
  #allow(pipeline: string): void {
    this.healing.allowUnscoped(['ssm:DescribeOpsItems']);
    const items = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:opsitem/*`;
    const { role } = this.healing;
    const allow = (action: string, resource: string, tag: 'RequestTag' | 'ResourceTag') =>
      role.addToPrincipalPolicy(
        new PolicyStatement({
          actions: [action],
          resources: [resource],
          conditions: { StringEquals: { [`aws:${tag}/self-healing`]: pipeline } },
        }),
      );
    allow('ssm:CreateOpsItem', '*', 'RequestTag');
    allow('ssm:AddTagsToResource', items, 'RequestTag');
    allow('ssm:UpdateOpsItem', items, 'ResourceTag');
    acknowledgeWildcard(role, items, 'Systems Manager makes the ids of OpsItems; those of others have no tag of the pipeline.');
  }
}
