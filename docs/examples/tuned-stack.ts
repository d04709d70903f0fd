/** Every example of docs/tuning.md in one stack; the tests compile and synthesize it. */
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { HttpProbe } from '../../lib/constructs/http-probe.ts';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';

export class TunedStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const healing = new HealingPipeline(this, 'Healing', { notify: { emails: ['oncall@example.com'] } });

    healing.protectFleet('Web', {
      fleet: Fleet.tagged('SelfHeal', 'enabled'),
      service: 'nginx',
      runbook: 'https://wiki.example.com/web',
      memory: { above: 85, sustainedFor: Duration.minutes(5), probation: Duration.minutes(10) },
      disk: { above: 80, path: '/var' },
      serviceDown: {},
    });

    healing.protectFleet('Workers', {
      fleet: Fleet.ofInstances(['i-0123456789abcdef0', 'i-0fedcba9876543210']),
      memory: {
        ladder: [
          Remedy.waitAndSee({}, { verifyWithin: Duration.minutes(5) }),
          Remedy.clearCaches({ paths: ['/srv/app/tmp'], olderThan: { hours: 6 }, protect: ['*.lock'] }),
          Remedy.restartService('worker', { settle: Duration.minutes(1) }),
        ],
      },
    });

    healing.protectFleet('Shop', {
      fleet: Fleet.ofAutoScalingGroup('shop', {
        loadBalancer: 'app/shop/50dc6c495c0c9188',
        targetGroup: 'targetgroup/shop/73e2d6bc24d8a067',
      }),
      service: 'shop',
      guardrails: { blastRadiusPercent: 5, blastRadiusMembers: 2, cooldown: Duration.minutes(10) },
      unhealthyTargets: { guardrails: { attempts: 2, attemptsPer: Duration.hours(6) } },
      groupCpu: { above: 70, ladder: [Remedy.addCapacity({ percent: 25, ceiling: 12, giveBackAfter: { hours: 2 } })] },
      responseTime: { aboveSeconds: 1, percentile: 'p95' },
    });

    const backlog = new Alarm(this, 'Backlog', {
      metric: new Metric({ namespace: 'Shop', metricName: 'OldestOrderSeconds', statistic: 'Maximum', period: Duration.minutes(1) }),
      threshold: 300,
      evaluationPeriods: 3,
    });
    healing.heal('Backlog', {
      alarm: backlog,
      target: Target.instance('i-0123456789abcdef0'),
      seen: 'orders wait longer than five minutes',
      ladder: [Remedy.restartService('order-worker')],
    });

    healing.heal('Queue', {
      alarm: Alarm.fromAlarmName(this, 'QueueAlarm', 'an-alarm-that-exists-already'),
      target: Target.autoScalingGroup('workers'),
      ladder: [Remedy.waitAndSee(), Remedy.addCapacity({ instances: 2 })],
    });

    healing.protectDatabase('Accounts', {
      database: Database.instance('accounts'),
      mode: 'approval',
      approval: { within: Duration.minutes(10), approvers: 2 },
      cpu: { ladder: [Remedy.waitAndSee(), Remedy.failOverDatabase()] },
      storage: { belowGibibytes: 20, mode: 'shadow' },
    });

    healing.protectDatabase('Orders', {
      database: Database.instance('orders'),
      connections: { above: 450 },
      cpu: { above: 95, ladder: [Remedy.waitAndSee(), Remedy.failOverDatabase()] },
      guardrails: { cooldown: Duration.hours(1), attempts: 1 },
    });

    healing.protectFleet('Desk', {
      fleet: Fleet.tagged('Team', 'desk'),
      disk: {},
      guardrails: {
        protectedWindows: [
          { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:30', timeZone: 'Europe/London', why: 'trading hours' },
          { monthDays: [-1], from: '22:00', to: '06:00', timeZone: 'Europe/Berlin', why: 'month-end batch' },
        ],
        calendars: ['QuarterEndFreeze'],
        deployments: [{ application: 'desk', group: 'production' }],
        waitAtMost: Duration.hours(2),
        largestFleet: 40,
      },
    });

    healing.protectDatabase('Catalog', {
      database: Database.cluster('catalog', 'aurora'),
      connections: { above: 450 },
      replicaLag: { aboveSeconds: 5 },
    });

    healing.heal('LedgerCpu', {
      alarm: Alarm.fromAlarmName(this, 'LedgerAlarm', 'cpu-of-the-instances-of-the-ledger'),
      target: Target.databaseCluster('ledger'),
      ladder: [Remedy.waitAndSee(), Remedy.failOverDatabase(), Remedy.rebootDatabase()],
    });

    const probe = new HttpProbe(this, 'ShopProbe', { url: 'https://shop.example.com/health', expectedStatus: 200 });
    healing.heal('ShopDown', {
      alarm: probe.unavailable,
      target: Target.instance('i-0123456789abcdef0'),
      ladder: [Remedy.waitAndSee(), Remedy.restartService('shop')],
    });

    healing.protectDatabase('Stock', {
      database: Database.instance('stock', {
        engine: 'postgresql',
        host: 'stock.c0123456789a.eu-west-1.rds.amazonaws.com',
        login: { secret: Secret.fromSecretNameV2(this, 'StockLogin', 'stock/self-healing') },
        vpc: Vpc.fromVpcAttributes(this, 'Vpc', {
          vpcId: 'vpc-0123456789abcdef0',
          availabilityZones: ['eu-west-1a'],
          privateSubnetIds: ['subnet-0123456789abcdef0'],
        }),
      }),
      connectivity: {},
      connections: { above: 450, ladder: [Remedy.releaseSessions({ idleFor: { minutes: 10 } }), Remedy.rebootDatabase()] },
    });
  }
}
