import { Stack } from 'aws-cdk-lib';
import { Effect, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface NotificationsProps {
  /**
   * Addresses that get every message. Each must confirm the mail that AWS sends once.
   * @default - none; subscribe to the topic by other means
   */
  readonly emails?: readonly string[];
}

/** The topic on which people are told. */
export class Notifications extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: NotificationsProps & { readonly pipeline: string }) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { topicName: `${props.pipeline}-notifications`, displayName: 'Self-healing', enforceSSL: true });
    // The pipeline's alarms about itself publish directly: they must get through when its functions cannot.
    topic.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    for (const email of props.emails ?? []) topic.addSubscription(new EmailSubscription(email));
    this.topic = topic;
  }

  grantPublish(grantee: IGrantable): void {
    this.topic.grantPublish(grantee);
  }
}
