import { type App, Stack, Stage } from 'aws-cdk-lib';
import { AutoScalingGroup, type IAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { Alarm, Dashboard, GraphWidget, type IAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type IInstance, Instance, InstanceClass, InstanceSize, InstanceType, type IVpc, MachineImage, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationTargetGroup,
  type IApplicationLoadBalancer,
  type IApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseInstance,
  DatabaseInstanceEngine,
  type IDatabaseCluster,
  type IDatabaseInstance,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { databaseConnectionsSchema } from '../../lambdas/core/database-connection.ts';
import { type Policy, policySchema } from '../../lambdas/core/policy.ts';
import { Database } from '../../lib/database.ts';
import type { Protection } from '../../lib/deployed-policy.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { DeployedApp } from '../support/deployed-app.ts';

/** What a team has: a group behind a load balancer, two servers, a database and a cluster. */
interface Landscape {
  readonly vpc: IVpc;
  readonly group: IAutoScalingGroup;
  readonly loadBalancer: IApplicationLoadBalancer;
  readonly targetGroup: IApplicationTargetGroup;
  readonly servers: readonly IInstance[];
  readonly database: IDatabaseInstance;
  readonly cluster: IDatabaseCluster;
  readonly alarm: IAlarm;
}

function made(scope: Construct): Landscape & { readonly group: AutoScalingGroup } {
  const vpc = new Vpc(scope, 'Vpc');
  const machine = { vpc, instanceType: new InstanceType('t3.micro'), machineImage: MachineImage.latestAmazonLinux2023() };
  const group = new AutoScalingGroup(scope, 'Group', machine);
  const loadBalancer = new ApplicationLoadBalancer(scope, 'Balancer', { vpc });
  const targetGroup = new ApplicationTargetGroup(scope, 'Targets', { vpc, port: 80, targets: [group] });
  loadBalancer.addListener('Listener', { port: 80, defaultTargetGroups: [targetGroup] });
  return {
    vpc,
    group,
    loadBalancer,
    targetGroup,
    servers: ['One', 'Two'].map((name) => new Instance(scope, `Server${name}`, machine)),
    database: new DatabaseInstance(scope, 'Orders', {
      vpc,
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 }),
    }),
    cluster: new DatabaseCluster(scope, 'Stock', {
      vpc,
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_11 }),
      writer: ClusterInstance.provisioned('Writer', { instanceType: InstanceType.of(InstanceClass.R6G, InstanceSize.LARGE) }),
      readers: [ClusterInstance.serverlessV2('Reader')],
    }),
    alarm: new Alarm(scope, 'Backlog', {
      metric: new Metric({ namespace: 'Shop', metricName: 'OldestOrderSeconds' }),
      threshold: 300,
      evaluationPeriods: 3,
    }),
  };
}

/** The pipeline over all of it. */
function protectAll(scope: Construct, own: Landscape, name = 'healing'): { readonly healing: HealingPipeline; readonly web: Protection } {
  const healing = new HealingPipeline(scope, 'Healing', { name });
  const { group, loadBalancer, targetGroup, servers, database, cluster, alarm } = own;
  const web = healing.protectFleet('Web', {
    fleet: Fleet.ofAutoScalingGroup(group, { loadBalancer, targetGroup }),
    service: 'web',
    memory: { ladder: [Remedy.clearCaches(), Remedy.replaceInstance()] },
    groupCpu: { ladder: [Remedy.addCapacity()] },
    unhealthyTargets: {},
    responseTime: { anomaly: { deviations: 3 } },
    errorShare: {},
    launchFailures: {},
  });
  healing.protectFleet('Servers', { fleet: Fleet.ofInstances([...servers, 'i-0123456789abcdef0']), systemStatus: {}, disk: {} });
  const login = { secret: Secret.fromSecretNameV2(scope, 'Login', 'orders/self-healing') };
  healing.protectDatabase('Orders', {
    database: Database.instance(database, { engine: 'postgresql', host: database.dbInstanceEndpointAddress, login, vpc: own.vpc }),
    cpu: { ladder: [Remedy.waitAndSee(), Remedy.failOverDatabase()] },
    connectivity: {},
    events: {},
    storage: { belowGibibytes: 10, ladder: [Remedy.growStorage({ ceilingGibibytes: 100 })] },
    connections: { above: 100, ladder: [Remedy.releaseSessions(), Remedy.rebootDatabase()] },
  });
  healing.protectDatabase('Stock', {
    database: Database.cluster(cluster, 'aurora', {
      engine: 'postgresql',
      host: cluster.clusterEndpoint.hostname,
      port: cluster.clusterEndpoint.port,
      login,
      vpc: own.vpc,
    }),
    cpu: { ladder: [Remedy.failOverDatabase()] },
    replicaLag: {},
    connections: { above: 100, ladder: [Remedy.releaseSessions()] },
  });
  healing.heal('Backlog', { alarm, target: Target.instance(servers[0] as IInstance), ladder: [Remedy.restartService('worker')] });
  healing.heal('Growth', { alarm, target: Target.autoScalingGroup(group), ladder: [Remedy.addCapacity()] });
  return { healing, web };
}

/** The names of the landscape as AWS makes them. */
function namesOf(app: DeployedApp, stack: Stack, own: Landscape) {
  const text = (token: unknown) => String(app.value(stack, token));
  return {
    group: text(own.group.autoScalingGroupName),
    loadBalancer: text((own.loadBalancer as ApplicationLoadBalancer).loadBalancerFullName),
    targetGroup: text((own.targetGroup as ApplicationTargetGroup).targetGroupFullName),
    servers: own.servers.map(({ instanceId }) => text(instanceId)),
    database: text(own.database.instanceIdentifier),
    cluster: text(own.cluster.clusterIdentifier),
    alarm: text(own.alarm.alarmName),
  };
}

/** The policies as intake gets them at run time, each judged as intake does. */
function policiesOf(app: DeployedApp, stack: Stack): ReadonlyMap<string, Policy & { readonly pattern: unknown }> {
  const rules = app.resources(stack, 'AWS::Events::Rule').filter(({ properties }) => properties.Targets?.[0]?.InputTransformer);
  return new Map(
    rules.map(({ properties }) => {
      const template: string = properties.Targets[0].InputTransformer.InputTemplate;
      const policy = policySchema.parse(JSON.parse(template.replaceAll(/<[^<>]+>/g, 'null')).policy);
      return [policy.name, { ...policy, pattern: properties.EventPattern }];
    }),
  );
}

/** The dimensions of every metric of the stack's alarms, by the alarm's name. */
function dimensionsOf(app: DeployedApp, stack: Stack): ReadonlyMap<string, string> {
  return new Map(
    app.resources(stack, 'AWS::CloudWatch::Alarm').map(({ properties }) => [properties.AlarmName, JSON.stringify(properties)]),
  );
}

/** The resources that any role may use for an action. */
function resourcesFor(app: DeployedApp, stack: Stack, action: string): readonly string[] {
  return app
    .resources(stack, 'AWS::IAM::Policy')
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => [Resource].flat() as string[])
    .filter((resource, index, all) => all.indexOf(resource) === index);
}

type Names = ReturnType<typeof namesOf>;

function expectToFit(app: DeployedApp, stack: Stack, names: Names, pipeline = 'healing'): void {
  const policies = policiesOf(app, stack);
  const target = (name: string) => (policies.get(name)?.targets as { target?: unknown } | undefined)?.target;
  expect(target('Web-group-cpu')).toEqual({ kind: 'auto-scaling-group', name: names.group });
  const servers = [...names.servers, 'i-0123456789abcdef0'];
  for (const symptom of ['system-status', 'disk'])
    expect([...policies.keys()].filter((name) => name.startsWith(`Servers-${symptom}-`)).map(target)).toEqual(
      servers.map((id) => ({ kind: 'instance', id })),
    );
  expect(target('Orders-cpu')).toEqual({ kind: 'database', id: names.database });
  expect(target('Stock-replica-lag')).toEqual({ kind: 'database-cluster', id: names.cluster });
  expect(target('Backlog')).toEqual({ kind: 'instance', id: names.servers[0] });
  expect(target('Growth')).toEqual({ kind: 'auto-scaling-group', name: names.group });
  expect(policies.get('Web-memory')?.group).toEqual({ kind: 'auto-scaling-group', name: names.group });
  expect(policies.get('Servers-disk-9abcdef0')?.group).toMatchObject({ ids: servers });
  expect(policies.get('Web-unhealthy-targets')?.targets).toEqual({
    kind: 'unhealthy-targets',
    targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:111122223333:${names.targetGroup}`,
  });
  expect(policies.get('Backlog')?.pattern).toMatchObject({ detail: { $or: [{ alarmName: [names.alarm] }, {}] } });
  expect(policies.get('Orders-not-available')?.pattern).toMatchObject({
    detail: { $or: [{ SourceIdentifier: [{ 'equals-ignore-case': names.database }] }, {}, {}] },
  });

  const alarms = dimensionsOf(app, stack);
  expect(alarms.get(`${pipeline}-Web-group-cpu`)).toContain(`{"Name":"AutoScalingGroupName","Value":"${names.group}"}`);
  const agents = app.resources(stack, 'AWS::SSM::Association').map(({ properties }) => [properties.AssociationName, properties.Targets]);
  expect(Object.fromEntries(agents)).toEqual({
    [`${pipeline}-Web-agent`]: [{ Key: 'tag:aws:autoscaling:groupName', Values: [names.group] }],
    [`${pipeline}-Servers-agent`]: [{ Key: 'InstanceIds', Values: [...names.servers, 'i-0123456789abcdef0'] }],
  });
  for (const alarm of ['unhealthy-targets', 'response-time', 'error-share']) {
    expect(alarms.get(`${pipeline}-Web-${alarm}`)).toContain(`{"Name":"LoadBalancer","Value":"${names.loadBalancer}"}`);
    expect(alarms.get(`${pipeline}-Web-${alarm}`)).toContain(`{"Name":"TargetGroup","Value":"${names.targetGroup}"}`);
  }
  expect(alarms.get(`${pipeline}-Orders-cpu`)).toContain(`{"Name":"DBInstanceIdentifier","Value":"${names.database}"}`);
  expect(alarms.get(`${pipeline}-Stock-cpu`)).toContain(`{"Name":"DBClusterIdentifier","Value":"${names.cluster}"}`);
  const checked = [...alarms].filter(([name]) => String(name).startsWith(`${pipeline}-Servers-system-status-`)).map(([, alarm]) => alarm);
  expect(checked).toEqual(servers.map((id) => expect.stringContaining(`{"Name":"InstanceId","Value":"${id}"}`)));

  const at = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
  // Of the function that adds capacity and of the one that gives it back.
  expect([...new Set(resourcesFor(app, stack, 'autoscaling:SetDesiredCapacity'))]).toEqual([
    at('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${names.group}`),
  ]);
  expect(resourcesFor(app, stack, 'rds:ModifyDBInstance')).toEqual([at('rds', `db:${names.database}`)]);
  expect(resourcesFor(app, stack, 'rds:FailoverDBCluster')).toEqual([at('rds', `cluster:${names.cluster}`)]);
  expect(resourcesFor(app, stack, 'ec2:StopInstances').toSorted()).toEqual(
    [...names.servers, 'i-0123456789abcdef0'].map((id) => at('ec2', `instance/${id}`)).toSorted(),
  );

  const connections = app
    .resources(stack, 'AWS::Lambda::Function')
    .flatMap(({ properties: { FunctionName, Environment } }) =>
      Environment?.Variables?.DATABASE_CONNECTIONS === undefined ? [] : [[FunctionName, Environment.Variables.DATABASE_CONNECTIONS]],
    );
  expect(Object.keys(Object.fromEntries(connections)).toSorted()).toEqual([
    `${pipeline}-Orders-unreachable-probe`,
    `${pipeline}-diagnose-at-database`,
    `${pipeline}-remediate-release-sessions`,
  ]);
  const toldTo = (name: string) => databaseConnectionsSchema.parse(JSON.parse(Object.fromEntries(connections)[`${pipeline}-${name}`]));
  const told = toldTo('remediate-release-sessions');
  expect(Object.keys(told)).toEqual([names.database, `cluster:${names.cluster}`]);
  expect(toldTo('diagnose-at-database')).toEqual(told);
  expect(told[`cluster:${names.cluster}`]).toMatchObject({ port: 5432 });
}

function appWith(references: 'strong' | 'weak' = 'strong'): App {
  const app = unbundledApp();
  app.node.setContext('@aws-cdk/core:defaultCrossStackReferences', references);
  return app;
}

describe('constructs of the same app', () => {
  it('in the same stack are found under the names that AWS gives them', () => {
    const app = appWith();
    const stack = new Stack(app, 'Shop');
    const own = made(stack);
    protectAll(stack, own);
    const deployed = new DeployedApp(app);
    expectToFit(deployed, stack, namesOf(deployed, stack, own));
  });

  it.each(['strong', 'weak'] as const)(
    'in another stack are found by %s references, and that stack knows nothing of the pipeline',
    (references) => {
      const app = appWith(references);
      const shop = new Stack(app, 'Shop');
      const own = made(shop);
      const operations = new Stack(app, 'Operations');
      protectAll(operations, own);
      const deployed = new DeployedApp(app);
      expectToFit(deployed, operations, namesOf(deployed, shop, own));
      expect(operations.dependencies).toEqual(references === 'strong' ? [shop] : operations.dependencies);
      expect(shop.dependencies).toEqual([]);
    },
  );

  it('may use the pipeline the other way round: its topic, and names that were chosen', () => {
    const app = appWith();
    const operations = new Stack(app, 'Operations');
    const healing = new HealingPipeline(operations, 'Healing');
    healing.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup('web'), groupCpu: {} });
    const shop = new Stack(app, 'Shop');
    const own = made(shop);
    (own.alarm as Alarm).addAlarmAction(new SnsAction(healing.notifications.topic));
    const deployed = new DeployedApp(app);
    const [alarm] = deployed.resources(shop, 'AWS::CloudWatch::Alarm');
    expect(alarm?.properties.AlarmActions).toEqual([deployed.value(operations, healing.notifications.topic.topicArn)]);
    expect(shop.dependencies).toEqual([operations]);
    expect(operations.dependencies).toEqual([]);
  });

  it('in two stages of one app get a pipeline each', () => {
    const app = appWith();
    const stages = ['test', 'production'].map((name) => {
      const stage = new Stage(app, name);
      const shop = new Stack(stage, 'Shop');
      const operations = new Stack(stage, 'Operations');
      const own = made(shop);
      protectAll(operations, own, name);
      return { name, stage, shop, operations, own };
    });
    for (const { name, stage, shop, operations, own } of stages) {
      const deployed = new DeployedApp(stage);
      expectToFit(deployed, operations, namesOf(deployed, shop, own), name);
    }
    const [test, production] = stages.map(({ stage, operations }) =>
      new DeployedApp(stage).resources(operations, 'AWS::Lambda::Function').map(({ properties }) => properties.FunctionName),
    );
    expect(test?.filter((name) => name !== undefined && production?.includes(name))).toEqual([]);
  });
});

describe('imported constructs', () => {
  it('are found under their names', () => {
    const app = appWith();
    const env = { account: '111122223333', region: 'eu-west-1' };
    const stack = new Stack(app, 'Operations', { env });
    const arn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
    const own: Landscape = {
      vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['eu-west-1a'],
        privateSubnetIds: ['subnet-0123456789abcdef0'],
      }),
      group: AutoScalingGroup.fromAutoScalingGroupName(stack, 'Group', 'web'),
      loadBalancer: ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Balancer', {
        loadBalancerArn: `${arn}:loadbalancer/app/web/50dc6c495c0c9188`,
        securityGroupId: 'sg-0123456789abcdef0',
      }),
      targetGroup: ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'Targets', {
        targetGroupArn: `${arn}:targetgroup/web/73e2d6bc24d8a067`,
      }),
      servers: made(new Stack(app, 'Shop', { env })).servers,
      database: DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Database', {
        instanceIdentifier: 'Orders',
        instanceEndpointAddress: 'orders.c0123456789a.eu-west-1.rds.amazonaws.com',
        port: 5432,
        securityGroups: [],
      }),
      cluster: DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
        clusterIdentifier: 'Stock',
        clusterEndpointAddress: 'stock.cluster-c0123456789a.eu-west-1.rds.amazonaws.com',
        port: 5432,
      }),
      alarm: Alarm.fromAlarmArn(stack, 'Imported', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:backlog'),
    };
    protectAll(stack, own);
    const deployed = new DeployedApp(app);
    expectToFit(deployed, stack, {
      group: 'web',
      loadBalancer: 'app/web/50dc6c495c0c9188',
      targetGroup: 'targetgroup/web/73e2d6bc24d8a067',
      servers: own.servers.map(({ instanceId }) => String(deployed.value(stack, instanceId))),
      database: 'orders',
      cluster: 'stock',
      alarm: 'backlog',
    });
  });
});

describe('what a protection returns', () => {
  it('are the policies, with alarms that take actions and stand on dashboards', () => {
    const app = appWith();
    const stack = new Stack(app, 'Shop');
    const { healing, web } = protectAll(stack, made(stack));
    expect(web.policies.map(({ name, symptom }) => [name, symptom])).toContainEqual(['Web-group-cpu', 'group-cpu']);
    expect(web.alarms).toHaveLength(6);
    for (const alarm of web.alarms) alarm.addAlarmAction(new SnsAction(healing.notifications.topic));
    new Dashboard(stack, 'Board').addWidgets(...web.alarms.map(({ metric }) => new GraphWidget({ left: [metric] })));
    const deployed = new DeployedApp(app);
    const topic = deployed.value(stack, healing.notifications.topic.topicArn);
    const told = deployed
      .resources(stack, 'AWS::CloudWatch::Alarm')
      .filter(({ properties }) => properties.AlarmName?.startsWith('healing-Web-'));
    expect(told.map(({ properties }) => properties.AlarmActions)).toEqual(web.alarms.map(() => [topic]));
    const rules = deployed.resources(stack, 'AWS::Events::Rule').map(({ properties }) => properties.Name);
    expect(web.policies.map(({ rule }) => deployed.value(stack, rule.ruleName)).filter((name) => !rules.includes(name))).toEqual([]);
  });

  it('of heal is the policy with its rule and the alarm that was given', () => {
    const stack = new Stack(appWith(), 'Shop');
    const alarm = Alarm.fromAlarmName(stack, 'Mine', 'mine');
    const healed = new HealingPipeline(stack, 'Healing').heal('Queue', {
      alarm,
      target: Target.autoScalingGroup('workers'),
      ladder: [Remedy.waitAndSee()],
    });
    expect(healed).toMatchObject({ name: 'Queue', symptom: 'Queue', alarm });
  });

  it('of events alone has no alarm', () => {
    const stack = new Stack(appWith(), 'Shop');
    const { policies, alarms } = new HealingPipeline(stack, 'Healing').protectDatabase('Orders', {
      database: Database.instance('orders'),
      events: {},
    });
    expect(policies.map(({ name }) => name)).toEqual(['Orders-not-available']);
    expect(alarms).toEqual([]);
  });
});
