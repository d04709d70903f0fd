/** Every symptom and every remedy once, in one stack; a test sees to it that none is missing. */
import { SecretValue, Stack, type StackProps } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Authorization, EventBus } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Webhook } from '../../lib/webhook.ts';
import { remediesWithDefaults } from './remedies-with-defaults.ts';

export interface CompleteStackProps extends StackProps {
  /** @default false */
  readonly spread?: boolean;
}

export class CompleteStack extends Stack {
  constructor(scope: Construct, id: string, { spread = false, ...props }: CompleteStackProps = {}) {
    super(scope, id, props);
    const healing = new HealingPipeline(this, 'Healing', {
      notify: {
        emails: ['oncall@example.com'],
        bus: new EventBus(this, 'Notices', { eventBusName: 'healing-notices' }),
        chat: { slack: { workspaceId: 'T0123456789', channelId: 'C0123456789' } },
        opsItems: true,
        digest: true,
        webhooks: [
          Webhook.pagerDuty('oncall', { routingKey: SecretValue.secretsManager('tools/oncall') }),
          Webhook.opsgenie('operations', { apiKey: SecretValue.secretsManager('tools/operations') }),
          Webhook.json('board', {
            url: 'https://board.example.com/notices',
            authorization: Authorization.apiKey('X-Api-Key', SecretValue.secretsManager('tools/board')),
          }),
          Webhook.devOpsAgent('investigate', {
            url: 'https://event-ai.eu-west-1.api.aws/webhook/generic/0f0f0f0f-0000-4000-8000-000000000001',
            secret: Secret.fromSecretNameV2(this, 'InvestigateSecret', 'tools/investigate'),
          }),
        ],
      },
      approvalLinks: { to: [{ name: 'Anna Night', email: 'anna@example.com' }] },
      resourceTagsOnTelemetry: true,
      spread,
    });

    healing.protectFleet('Fleet', {
      fleet: Fleet.tagged('SelfHeal', 'enabled'),
      service: 'nginx',
      cpu: {
        above: 90,
        ladder: [
          Remedy.waitAndSee(),
          Remedy.runRunbook({
            document: 'Shop-RestartWorkers',
            assumeRole: 'arn:aws:iam::111122223333:role/shop-runbooks',
            targetParameter: 'InstanceId',
          }),
        ],
      },
      memory: { above: 90, ladder: [Remedy.clearCaches(), Remedy.restartService('nginx'), Remedy.restartInstance()] },
      disk: { above: 85, ladder: [Remedy.clearCaches(), Remedy.growVolume({ ceilingGibibytes: 200 }), Remedy.growFileSystem('/')] },
      inodes: { freeBelow: 20_000 },
      serviceDown: { ladder: [Remedy.reconnectSessions({ by: 'pgbouncer' }), Remedy.restartService('nginx')] },
      systemStatus: {
        ladder: [
          Remedy.waitAndSee(),
          Remedy.replaceInstance(),
          Remedy.moveInstance({ keys: ['arn:aws:kms:eu-west-1:111122223333:key/0f0f0f0f-0000-4000-8000-000000000001'] }),
        ],
      },
      instanceStatus: {},
      attachedEbsStatus: { ladder: remediesWithDefaults('instance') },
    });

    healing.protectFleet('Group', {
      fleet: Fleet.ofAutoScalingGroup('web', { loadBalancer: 'app/web/0123456789abcdef', targetGroup: 'targetgroup/web/0123456789abcdef' }),
      service: 'nginx',
      groupCpu: { above: 80, ladder: [Remedy.addCapacity({ percent: 20, raiseMinimum: true, giveBackAfter: { hours: 1 } })] },
      unhealthyTargets: { ladder: [Remedy.restartService('nginx'), Remedy.replaceInstance({ minHealthyPercent: 75 })] },
      launchFailures: {},
      responseTime: { anomaly: { deviations: 3 }, percentile: 'p95' },
      errorShare: { above: 5, ladder: remediesWithDefaults('auto-scaling-group') },
    });

    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0fedcba9876543210'],
    });
    healing.protectDatabase('Database', {
      database: Database.instance('orders', {
        engine: 'postgresql',
        host: 'orders.c0123456789a.eu-west-1.rds.amazonaws.com',
        login: { secret: Secret.fromSecretNameV2(this, 'OrdersLogin', 'orders/self-healing') },
        vpc,
      }),
      connectivity: {},
      cpu: { above: 90, ladder: [Remedy.waitAndSee(), Remedy.failOverDatabase()] },
      connections: { above: 80, ladder: [Remedy.releaseSessions(), Remedy.rebootDatabase()] },
      memory: { ofGibibytes: 2, belowPercent: 10 },
      replicaLag: { aboveSeconds: 60, ladder: remediesWithDefaults('database') },
      storage: { belowGibibytes: 10, ladder: [Remedy.growStorage({ ceilingGibibytes: 500 })] },
      events: { ladder: [Remedy.waitAndSee(), Remedy.growStorage({ ceilingGibibytes: 500 })] },
    });

    healing.protectDatabase('Cluster', {
      database: Database.cluster('stock', 'aurora', {
        engine: 'mysql',
        host: 'stock.cluster-c0123456789a.eu-west-1.rds.amazonaws.com',
        login: { secret: Secret.fromSecretNameV2(this, 'StockLogin', 'stock/self-healing') },
        vpc,
      }),
      cpu: { above: 90, ladder: remediesWithDefaults('database-cluster') },
      events: {},
    });
  }
}
