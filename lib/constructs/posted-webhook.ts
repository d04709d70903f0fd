import { ApiDestination, Connection, type IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { NoticeFilter } from '../../lambdas/core/notice/filter.ts';
import { type PostedKind, postedBy } from '../webhook-delivery.ts';
import { noticeRule } from './notice-rule.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import type { UndeliveredNotices } from './undelivered-notices.ts';

interface PostedWebhookProps {
  readonly bus: IEventBus;
  readonly undelivered: UndeliveredNotices;
  readonly name: string;
  readonly only: NoticeFilter;
  readonly kind: PostedKind;
}

/** Tools are asked to take no more, and what comes too fast waits at EventBridge. */
const MOST_A_SECOND = 10;

/** A tool to which EventBridge posts by itself, with credentials that its connection keeps in a secret. */
export class PostedWebhook extends Construct {
  /** Names of its addresses. */
  readonly addresses: readonly string[];

  constructor(scope: Construct, id: string, { pipeline }: PipelineRecords, props: PostedWebhookProps) {
    super(scope, id);
    const { bus, undelivered, name, only, kind } = props;
    const { deliveries, ...credentials } = postedBy(kind, only);
    const connection = new Connection(this, 'Connection', {
      connectionName: `${pipeline}-${name}`,
      description: `Credentials for ${name}, to which notices of ${pipeline} are posted`,
      ...credentials,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
      description: `Posts notices of ${pipeline} to ${name}`,
    });
    const addressOf = (what: string) => `${pipeline}-${name}-${what}`;
    this.addresses = deliveries.map(({ name: what }) => addressOf(what));
    for (const { name: what, choice, url, body, pathParameters, query } of deliveries) {
      const destination = new ApiDestination(this, `To-${what}`, {
        apiDestinationName: addressOf(what),
        ...{ connection, endpoint: url, rateLimitPerSecond: MOST_A_SECOND },
      });
      const arn = destination.apiDestinationArn;
      role.addToPrincipalPolicy(new PolicyStatement({ actions: ['events:InvokeApiDestination'], resources: [arn] }));
      noticeRule(
        this,
        what,
        { pipeline, bus, undelivered, description: `Notices that are posted to ${name}`, choice },
        {
          ...{ arn, role, input: body },
          ...((pathParameters || query) && {
            httpParameters: {
              ...(pathParameters && { pathParameterValues: [...pathParameters] }),
              ...(query && { queryStringParameters: { ...query } }),
            },
          }),
        },
      );
    }
  }
}
