import { Stack } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { NoticeFilter } from '../../lambdas/core/notice/filter.ts';
import { refuseOtherRegion } from '../same-place.ts';
import { secretArnOf } from '../secret-arn.ts';
import { HealingFunction } from './healing-function.ts';
import { DELIVERED_WITHIN, noticeRuleFor } from './notice-rule.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import type { UndeliveredNotices } from './undelivered-notices.ts';

interface SignedWebhookProps {
  readonly bus: IEventBus;
  readonly undelivered: UndeliveredNotices;
  readonly name: string;
  readonly only: NoticeFilter;
  readonly url: string;
  readonly secret: ISecret;
}

/** A tool that asks for a signature over the body, which EventBridge cannot make: a function signs and posts. */
export class SignedWebhook extends Construct {
  constructor(scope: Construct, id: string, { pipeline }: PipelineRecords, props: SignedWebhookProps) {
    super(scope, id);
    const { bus, undelivered, name, only, url, secret } = props;
    refuseOtherRegion(this, 'notify', [secret]);
    const healing = new HealingFunction(this, 'Function', {
      functionName: `${pipeline}-post-to-${name}`,
      description: `Signs and posts notices to ${name}`,
      handler: 'post-signed',
      calledBy: 'rule',
      environment: { SIGNED_WEBHOOK: Stack.of(this).toJsonString({ url, secret: secret.secretArn }) },
      options: { onFailure: new SqsDestination(undelivered.queue), retryAttempts: 2, maxEventAge: DELIVERED_WITHIN },
    });
    healing.role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secretArnOf(secret)] }),
    );
    secret.encryptionKey?.grantDecrypt(healing.role);
    noticeRuleFor(healing, this, 'Open', {
      ...{ pipeline, bus, undelivered, choice: { only, alert: 'open' } },
      description: `Notices that are signed and posted to ${name}`,
    });
  }
}
