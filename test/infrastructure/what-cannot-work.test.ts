import { type CfnElement, CfnParameter, Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  AuroraMysqlEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseInstance,
  DatabaseInstanceEngine,
  type IClusterEngine,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { describe, expect, it } from 'vitest';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { processPattern } from '../../lib/symptoms/process-pattern.ts';
import { Target } from '../../lib/target.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { DeployedApp } from '../support/deployed-app.ts';

const dollar = '$';

describe('a tag of a fleet', () => {
  it.each([
    ['every value', 'SelfHeal', '*', 'tag.value', 'must not contain *'],
    ['a part of a value', 'Team', 'web-?', 'tag.value', 'must not contain *, ?'],
    ['any key that begins so', 'Self*', 'enabled', 'tag.key', 'must not contain *'],
    ['a star that EC2 alone takes for itself', 'Team', '\\*', 'tag.value', 'a backslash'],
    ['a value that would end in a query', 'Team', "o'brien", 'tag.value', 'a quote'],
    ['a variable of IAM', 'Team', `${dollar}{aws:username}`, 'tag.value', 'a variable of IAM'],
    ['a second line', 'Team', 'web\n', 'tag.value', 'control characters'],
    ['no key', '', 'enabled', 'tag.key', 'must not be empty'],
    ['no value', 'SelfHeal', '', 'tag.value', 'must not be empty'],
    ['a key of 129 characters', 'k'.repeat(129), 'enabled', 'tag.key', 'at most 128'],
    ['a value of 257 characters', 'SelfHeal', 'v'.repeat(257), 'tag.value', 'at most 256'],
    ['a key that AWS keeps', 'aws:autoscaling:groupName', 'web', 'tag.key', 'must not begin with aws:'],
    ['such a key in upper case', 'AWS:team', 'web', 'tag.key', 'must not begin with aws:'],
    ['a key in a script that IAM does not take', '環境', 'web', 'tag.key', 'IAM takes no others'],
    ['such a value', 'Équipe', '網站', 'tag.value', 'IAM takes no others'],
  ])('is refused for %s', (_, key, value, path, words) => {
    expect(() => Fleet.tagged(key, value)).toThrow(path);
    expect(() => Fleet.tagged(key, value)).toThrow(words);
  });

  it.each([
    ['at the limits of AWS', 'k'.repeat(128), 'v'.repeat(256)],
    ['with every sign that AWS names', 'a b+c-d=e.f_g:h/i@j', 'a b+c-d=e.f_g:h/i@j'],
    ['with every letter that IAM takes in a policy', 'Équipe', 'ÿ ½'],
  ])('is taken %s', (_, key, value) => {
    expect(Fleet.tagged(key, value).members).toEqual({ kind: 'tagged', key, value });
  });

  it('may have a value that is known only at deployment, but no such key', () => {
    const app = unbundledApp();
    const stack = new Stack(app, 'Shop');
    const late = new CfnParameter(stack, 'Team').valueAsString;
    expect(() => Fleet.tagged(late, 'web')).toThrow('must be known at synth');
    new HealingPipeline(stack, 'Healing').protectFleet('Web', {
      fleet: Fleet.tagged('Team', late),
      disk: { ladder: [Remedy.clearCaches()] },
    });
    const deployed = new DeployedApp(app);
    const conditions = deployed
      .resources(stack, 'AWS::IAM::Policy')
      .flatMap(({ properties }) => properties.PolicyDocument.Statement)
      .flatMap(({ Condition }) => Condition?.StringEquals?.['ssm:resourceTag/Team'] ?? []);
    expect([...new Set(conditions)]).toEqual(['parameter-Team']);
  });
});

describe('an Auto Scaling group', () => {
  it.each([
    ['a star, which IAM takes for every other group that fits', 'web*'],
    ['a question mark', 'web?'],
    ['a colon', 'arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:x:autoScalingGroupName/web'],
    ['a quote', "web'"],
    ['a variable of IAM', `${dollar}{aws:username}`],
    ['nothing', ''],
    ['256 characters', 'w'.repeat(256)],
    ['a letter that IAM does not take', 'web-Ω'],
  ])('is refused when its name is %s', (_, name) => {
    expect(() => Fleet.ofAutoScalingGroup(name)).toThrow('must be a name of 1 to 255 characters');
    expect(() => Target.autoScalingGroup(name)).toThrow('must be a name of 1 to 255 characters');
  });

  it('with brackets in its name does not fail synthesis', () => {
    const app = unbundledApp();
    const stack = new Stack(app, 'Shop');
    new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup('web (1'), groupCpu: {} });
    expect(() => app.synth()).not.toThrow();
  });

  it.each([
    [
      'the ARN of a load balancer',
      'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188',
      'targetgroup/web/73e2d6bc24d8a067',
    ],
    ['a Network Load Balancer', 'net/web/50dc6c495c0c9188', 'targetgroup/web/73e2d6bc24d8a067'],
    ['the name of a load balancer', 'web', 'targetgroup/web/73e2d6bc24d8a067'],
    ['the name of a target group', 'app/web/50dc6c495c0c9188', 'web'],
    ['both the other way round', 'targetgroup/web/73e2d6bc24d8a067', 'app/web/50dc6c495c0c9188'],
  ])('is refused behind %s', (_, loadBalancer, targetGroup) => {
    expect(() => Fleet.ofAutoScalingGroup('web', { loadBalancer, targetGroup })).toThrow('no full name of');
  });
});

describe('instances', () => {
  it('are refused when there are none, one twice, or a list that only deployment knows', () => {
    expect(() => Fleet.ofInstances([])).toThrow('names no instance');
    expect(() => Fleet.ofInstances(['i-0123456789abcdef0', 'i-0123456789abcdef0'])).toThrow('more than once');
    expect(() => Fleet.ofInstances(Token.asList(Lazy.any({ produce: () => ['i-0123456789abcdef0'] })))).toThrow('use Fleet.tagged');
  });
});

describe('an identifier of a database', () => {
  const makers = [
    ['Database.instance', (id: string) => Database.instance(id).id],
    ['Database.cluster', (id: string) => Database.cluster(id, 'aurora').id],
    ['Target.database', (id: string) => (Target.database(id).wire as { id: string }).id],
    ['Target.databaseCluster', (id: string) => (Target.databaseCluster(id).wire as { id: string }).id],
  ] as const;

  it.each(makers)('of %s is kept in lower case, as RDS keeps it', (_, make) => {
    expect(make('Orders-EU')).toBe('orders-eu');
  });

  it.each(makers)('of %s is refused where RDS would not have it', (_, make) => {
    for (const wrong of ['', '1orders', 'orders-', 'or--ders', 'or_ders', 'arn:aws:rds:eu-west-1:111122223333:db:orders', 'o'.repeat(64)])
      expect(() => make(wrong), wrong).toThrow('identifier: ');
  });

  it.each(makers)('of %s passes through untouched where it is known only at deployment', (_, make) => {
    const late = new CfnParameter(new Stack(unbundledApp(), 'Shop'), 'Database').valueAsString;
    expect(make(late)).toBe(late);
  });

  it('that is known only at deployment is warned of where it may have capitals, and not where it comes from RDS', () => {
    const app = unbundledApp();
    const stack = new Stack(app, 'Shop');
    const healing = new HealingPipeline(stack, 'Healing');
    const late = (id: string) => new CfnParameter(stack, id).valueAsString;
    const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 });
    const own = new DatabaseInstance(new Stack(app, 'Data'), 'Own', { vpc: aNetwork(stack), engine });
    const [database, ladder] = [Database.instance(late('Name')), [Remedy.waitAndSee()]];
    healing.protectDatabase('Late', { database, cpu: {}, memory: { belowMegabytes: 200 } });
    healing.protectDatabase('Own', { database: Database.instance(own), cpu: {} });
    healing.protectDatabase('Known', { database: Database.instance('stock'), cpu: {} });
    const alarm = Alarm.fromAlarmName(stack, 'Alarm', 'backlog');
    healing.heal('Backlog', { alarm, target: Target.databaseCluster(late('Cluster')), ladder });
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('identifier of its database is known only'));
    expect(warnings.map(({ entry }) => String(entry.data).split(':')[0])).toEqual(['Late', 'Backlog']);
  });

  it('that was written in upper case into a database of the app is in lower case in the template, to which it refers', () => {
    const app = unbundledApp();
    const stack = new Stack(app, 'Shop');
    const instance = new DatabaseInstance(stack, 'Orders', {
      vpc: aNetwork(stack),
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 }),
      instanceIdentifier: 'Orders',
    });
    const cluster = new DatabaseCluster(stack, 'Stock', {
      vpc: aNetwork(stack),
      engine: DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 }),
      clusterIdentifier: 'Stock',
      writer: ClusterInstance.serverlessV2('Writer'),
    });
    expect(stack.resolve(Database.instance(instance).id)).toEqual({ Ref: stack.getLogicalId(instance.node.defaultChild as CfnElement) });
    expect(stack.resolve(Database.cluster(cluster).id)).toEqual({ Ref: stack.getLogicalId(cluster.node.defaultChild as CfnElement) });
    const deployed = new DeployedApp(app);
    expect(deployed.resources(stack, 'AWS::RDS::DBInstance').map(({ properties }) => properties.DBInstanceIdentifier)).toContain('orders');
    expect(deployed.resources(stack, 'AWS::RDS::DBCluster').map(({ properties }) => properties.DBClusterIdentifier)).toEqual(['stock']);
  });
});

describe('a cluster', () => {
  it('as a construct has the family of its engine', () => {
    const stack = new Stack(unbundledApp(), 'Shop');
    const known = (engine: IClusterEngine) =>
      DatabaseCluster.fromDatabaseClusterAttributes(stack, `Cluster${stack.node.children.length}`, { clusterIdentifier: 'stock', engine });
    const aurora = known(DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 }));
    expect(Database.cluster(aurora).cluster).toBe('aurora');
    expect(() => Database.cluster(aurora, 'multi-az')).toThrow("makes it 'aurora', not 'multi-az'");
    const unknown = DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Unknown', { clusterIdentifier: 'stock' });
    expect(() => Database.cluster(unknown)).toThrow("say 'aurora' or 'multi-az'");
    expect(Database.cluster(unknown, 'multi-az').cluster).toBe('multi-az');
  });
});

describe('resources of another place than the pipeline', () => {
  it.each([
    ['Region', { account: '111122223333', region: 'us-east-1' }],
    ['account', { account: '444455556666', region: 'eu-west-1' }],
  ])('are refused in another %s', (_, env) => {
    const app = unbundledApp();
    const healing = new HealingPipeline(new Stack(app, 'Operations', { env: { account: '111122223333', region: 'eu-west-1' } }), 'Healing');
    const there = new Stack(app, 'There', { env });
    const group = AutoScalingGroup.fromAutoScalingGroupName(there, 'Group', 'web');
    const cluster = DatabaseCluster.fromDatabaseClusterAttributes(there, 'Cluster', { clusterIdentifier: 'stock' });
    const alarm = Alarm.fromAlarmName(there, 'Alarm', 'backlog');
    const balanced = {
      loadBalancer: ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(there, 'Balancer', {
        loadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188',
        securityGroupId: 'sg-0123456789abcdef0',
      }),
      targetGroup: ApplicationTargetGroup.fromTargetGroupAttributes(there, 'Targets', {
        targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/73e2d6bc24d8a067',
      }),
    };
    const words = 'protect it by a pipeline there';
    expect(() => healing.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup(group), groupCpu: {} })).toThrow(words);
    expect(() => healing.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup('web', balanced), groupCpu: {} })).toThrow(words);
    expect(() => healing.protectDatabase('Stock', { database: Database.cluster(cluster, 'aurora'), cpu: {} })).toThrow(words);
    const ladder = [Remedy.waitAndSee()];
    expect(() => healing.heal('Grow', { alarm, target: Target.autoScalingGroup('web'), ladder })).toThrow(words);
    expect(() =>
      healing.heal('Grow', { alarm: Alarm.fromAlarmName(healing, 'Own', 'own'), target: Target.autoScalingGroup(group), ladder }),
    ).toThrow(words);
  });
});

describe('the id of a protection', () => {
  const fleet = () => ({ fleet: Fleet.tagged('A', 'b'), memory: {} });
  const healing = () => new HealingPipeline(new Stack(unbundledApp(), 'Shop'), 'Healing');

  it.each(['Intake', 'History', 'Workflow', 'Incidents', 'AgentDocument', 'AgentWatch', 'StatusChecks', 'Remedy-clear-caches'])(
    'is refused where the pipeline has a part %s',
    (id) => {
      expect(() => healing().protectFleet(id, fleet())).toThrow('or a part of the pipeline, has this id: choose another one');
    },
  );

  it('may be that of a part where it stands in a nested stack, beside none of them', () => {
    const pipeline = new HealingPipeline(new Stack(unbundledApp(), 'Shop'), 'Healing', { spread: true });
    expect(() => pipeline.protectFleet('StatusChecks', fleet())).not.toThrow();
  });

  it('is refused where another protection has it, of whatever kind', () => {
    const pipeline = healing();
    pipeline.protectFleet('Orders', fleet());
    expect(() => pipeline.protectDatabase('Orders', { database: Database.instance('orders'), cpu: {} })).toThrow('another protection');
  });

  it.each([
    ['Web', 'WebFailed'],
    ['WebSilent', 'Web'],
    ['Other', 'Errors'],
  ])('is refused where %s and %s would have alarms about their agents of one id', (one, other) => {
    const pipeline = healing();
    pipeline.protectFleet(one, { fleet: Fleet.tagged('A', 'one'), memory: {} });
    const second = () => pipeline.protectFleet(other, { fleet: Fleet.tagged('A', 'other'), memory: {} });
    expect(second).toThrow('the alarms about the agents of');
  });

  it.each([
    ['has a space', 'Web shop'],
    ['has letters that no name takes', 'Łódź'],
    ['is empty', ''],
  ])('is refused where it %s', (_, id) => {
    expect(() => healing().protectFleet(id, fleet())).toThrow('id: ');
    expect(() => healing().protectFleet(id, fleet())).toThrow('must begin with a letter and have only letters, digits and hyphens');
  });

  it('is refused where it is known only at deployment', () => {
    const stack = new Stack(unbundledApp(), 'Shop');
    expect(() => new HealingPipeline(stack, 'Healing').protectFleet(stack.stackId, fleet())).toThrow('id: must be known at synth');
  });
});

describe('lists that are known only at deployment', () => {
  const late = (stack: Stack) => new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' }).valueAsList;
  const web = { fleet: Fleet.tagged('A', 'b'), memory: {} };
  it.each<[string, (stack: Stack) => unknown]>([
    ['notify.emails', (stack) => new HealingPipeline(stack, 'Healing', { notify: { emails: late(stack) } })],
    [
      'policy.guardrails.calendars',
      (stack) => new HealingPipeline(stack, 'Healing').protectFleet('Web', { ...web, guardrails: { calendars: late(stack) } }),
    ],
    [
      'ladder.0.clear-caches.paths',
      (stack) =>
        new HealingPipeline(stack, 'Healing').protectFleet('Web', {
          ...web,
          memory: { ladder: [Remedy.clearCaches({ paths: late(stack) })] },
        }),
    ],
  ])('are refused as %s, in words that say so', (path, make) => {
    const stack = new Stack(unbundledApp(), 'Shop');
    expect(() => make(stack)).toThrow(`${path}: a list that is known only at deployment is not allowed: name its entries`);
  });
});

it('values that the CDK has yet to look up let the first synthesis pass, which asks for them', () => {
  const app = unbundledApp();
  const stack = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
  const lookedUp = (name: string) => StringParameter.valueFromLookup(stack, name);
  const healing = new HealingPipeline(stack, 'Healing', { notify: { emails: [lookedUp('/mail')] } });
  healing.protectFleet('Web', {
    fleet: Fleet.ofAutoScalingGroup(lookedUp('/group')),
    service: lookedUp('/service'),
    serviceDown: {},
    disk: { path: lookedUp('/disk') },
    memory: {},
    runbook: lookedUp('/runbook'),
  });
  healing.protectFleet('List', { fleet: Fleet.ofInstances([lookedUp('/one'), lookedUp('/two')]), instanceStatus: {} });
  healing.protectDatabase('Orders', { database: Database.instance(lookedUp('/database')), cpu: {} });
  expect((app.synth().manifest.missing ?? []).map(({ props }) => Reflect.get(props, 'parameterName'))).toEqual([
    '/mail',
    '/group',
    '/service',
    '/disk',
    '/runbook',
    '/one',
    '/two',
    '/database',
  ]);
});

describe('values that are known only at deployment', () => {
  const pipeline = () => new HealingPipeline(new Stack(unbundledApp(), 'Shop'), 'Healing');
  const late = () => Token.asNumber(Lazy.any({ produce: () => 90 }));

  it.each([
    [
      'a threshold',
      (healing: HealingPipeline) => healing.protectFleet('Web', { fleet: Fleet.tagged('A', 'b'), memory: { above: late() } }),
      'memory.above',
    ],
    [
      'a threshold that is reckoned with',
      (healing: HealingPipeline) =>
        healing.protectDatabase('Orders', { database: Database.instance('orders'), storage: { belowGibibytes: late() } }),
      'storage.belowGibibytes',
    ],
    [
      'a guardrail',
      (healing: HealingPipeline) =>
        healing.protectFleet('Web', { fleet: Fleet.tagged('A', 'b'), disk: { guardrails: { attempts: late() } } }),
      'disk.guardrails.attempts',
    ],
    [
      'shards',
      (healing: HealingPipeline) => healing.protectFleet('Web', { fleet: Fleet.tagged('A', 'b'), memory: {}, shards: late() }),
      'shards',
    ],
    [
      'the size of a fleet',
      (healing: HealingPipeline) => healing.protectFleet('Web', { fleet: Fleet.tagged('A', 'b'), memory: {}, expectedMembers: late() }),
      'expectedMembers',
    ],
    [
      'a duration of a symptom',
      (healing: HealingPipeline) =>
        healing.protectFleet('Web', { fleet: Fleet.tagged('A', 'b'), memory: { sustainedFor: Duration.seconds(late()) } }),
      'memory.sustainedFor',
    ],
    [
      'a duration of a rung',
      (healing: HealingPipeline) =>
        healing.protectDatabase('Orders', {
          database: Database.instance('orders'),
          cpu: { ladder: [Remedy.waitAndSee({}, { verifyWithin: Duration.minutes(late()) })] },
        }),
      'ladder.0.wait-and-see.verifyWithin',
    ],
    [
      'a duration of an answer',
      (healing: HealingPipeline) =>
        healing.heal('Backlog', {
          alarm: Alarm.fromAlarmName(healing, 'Own', 'own'),
          target: Target.autoScalingGroup('web'),
          ladder: [Remedy.waitAndSee()],
          approval: { within: Duration.minutes(late()) },
        }),
      'approval.within',
    ],
    [
      'a parameter of a remedy',
      (healing: HealingPipeline) =>
        healing.protectFleet('Web', {
          fleet: Fleet.ofAutoScalingGroup('web'),
          groupCpu: { ladder: [Remedy.addCapacity({ instances: late() })] },
        }),
      'ladder.0.add-capacity.instances',
    ],
  ])('are refused as %s, since the number stands in texts and alarms at synth', (_, protect, path) => {
    expect(() => protect(pipeline())).toThrow(`${path}: a number that is known only at deployment`);
  });

  it.each([
    ['actsPerHour', () => ({ actsPerHour: late() })],
    ['rulesOnBus', () => ({ rulesOnBus: late() })],
    ['notify.stillAfter', () => ({ notify: { stillAfter: Duration.minutes(late()) } })],
    ['pause.alarmAfter', () => ({ pause: { alarmAfter: Duration.minutes(late()) } })],
  ])('are refused as %s of the pipeline', (path, props) => {
    const stack = new Stack(unbundledApp(), 'Shop');
    expect(() => new HealingPipeline(stack, 'Healing', props())).toThrow(`${path}: a number that is known only at deployment`);
  });

  it('are taken where CloudFormation itself puts them in', () => {
    const stack = new Stack(unbundledApp(), 'Shop');
    const days = new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber;
    expect(() => new HealingPipeline(stack, 'Healing', { historyRetention: days })).not.toThrow();
  });

  it('are taken as the port of a database of the app', () => {
    const stack = new Stack(unbundledApp(), 'Shop');
    const login = { secret: Secret.fromSecretNameV2(stack, 'Login', 'orders') };
    const access = { engine: 'postgresql', host: 'orders.example.com', port: late(), login, vpc: aNetwork(stack) } as const;
    const database = Database.instance('orders', access);
    expect(() => new HealingPipeline(stack, 'Healing').protectDatabase('Orders', { database, cpu: {} })).not.toThrow();
  });

  it('are refused as the name of the pipeline', () => {
    const stack = new Stack(unbundledApp(), 'Shop');
    expect(() => new HealingPipeline(stack, 'Healing', { name: stack.stackId })).toThrow('name: must be known at synth');
  });

  it('are taken as roles, keys and documents of remedies, beside the defaults of other parameters', () => {
    const app = unbundledApp();
    const stack = new Stack(app, 'Shop');
    const key = new Key(stack, 'Volumes', { enableKeyRotation: true });
    const role = Role.fromRoleArn(stack, 'Runbooks', new CfnParameter(stack, 'RunbookRole').valueAsString);
    const document = new CfnParameter(stack, 'Runbook').valueAsString;
    const fleet = Fleet.ofInstances(['i-0123456789abcdef0']);
    const runbook = Remedy.runRunbook({ document, assumeRole: role.roleArn, targetParameter: 'InstanceId' });
    new HealingPipeline(stack, 'Healing').protectFleet('Web', {
      fleet,
      systemStatus: { ladder: [Remedy.moveInstance({ keys: [key.keyArn] })] },
      disk: { ladder: [runbook, Remedy.clearCaches({ paths: [new CfnParameter(stack, 'Folder').valueAsString] })] },
    });
    const statements = new DeployedApp(app)
      .resources(stack, 'AWS::IAM::Policy')
      .flatMap(({ properties }) => properties.PolicyDocument.Statement);
    const on = (action: string) => statements.filter(({ Action }) => [Action].flat().includes(action)).flatMap(({ Resource }) => Resource);
    expect(on('kms:CreateGrant')).toEqual([expect.stringMatching(/^arn:aws:of:.*:Volumes/)]);
    expect(on('iam:PassRole')).toContain('parameter-RunbookRole');
    expect(on('ssm:StartAutomationExecution').some((arn: string) => arn.includes('parameter-Runbook'))).toBe(true);
    const rungs = new DeployedApp(app)
      .resources(stack, 'AWS::Events::Rule')
      .filter(({ properties }) => properties.Name === 'healing.Web-disk-9abcdef0')
      .map(
        ({ properties }) => JSON.parse(properties.Targets[0].InputTransformer.InputTemplate.replaceAll(/<[^<>]+>/g, 'null')).policy.ladder,
      );
    expect(rungs[0][1].params).toMatchObject({ paths: ['parameter-Folder'], olderThan: { days: 1 } });
  });
});

it('the agent of a service whose name is known only at deployment is told that name', () => {
  const app = unbundledApp();
  const stack = new Stack(app, 'Shop');
  const service = new CfnParameter(stack, 'Service').valueAsString;
  const fleet = Fleet.tagged('SelfHeal', 'enabled');
  new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet, service, serviceDown: { process: service } });
  const [association] = new DeployedApp(app).resources(stack, 'AWS::SSM::Association');
  const told = Buffer.from(association?.properties.Parameters.Configuration[0], 'base64').toString();
  expect(JSON.parse(told).metrics.metrics_collected.procstat).toEqual([
    expect.objectContaining({ exe: processPattern('parameter-Service') }),
  ]);
});

function aNetwork(stack: Stack) {
  return Vpc.fromVpcAttributes(stack, `Vpc${stack.node.children.length}`, {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0fedcba9876543210'],
  });
}

describe('fleets whose agents cannot be configured', () => {
  const pipeline = (name?: string) => new HealingPipeline(new Stack(unbundledApp(), 'Shop'), 'Healing', { ...(name && { name }) });
  const [one = '', two = ''] = ['i-0123456789abcdef0', 'i-0fedcba9876543210'];

  it.each([
    ['tag', () => Fleet.tagged('SelfHeal', 'enabled'), 'the tag SelfHeal=enabled'],
    ['group', () => Fleet.ofAutoScalingGroup('web'), 'the group web'],
  ])('are refused for a second protection of the same %s, since a machine takes one configuration', (_, fleet, words) => {
    const healing = pipeline();
    healing.protectFleet('Web', { fleet: fleet(), memory: {} });
    expect(() => healing.protectFleet('Disks', { fleet: fleet(), disk: {} })).toThrow(`${words} are configured by healing-Web already`);
  });

  it('are refused for lists that share an instance', () => {
    const healing = pipeline();
    healing.protectFleet('Web', { fleet: Fleet.ofInstances([one, two]), memory: {} });
    expect(() => healing.protectFleet('Disks', { fleet: Fleet.ofInstances([two]), disk: {} })).toThrow(two);
  });

  it('are refused for a second pipeline of the app, too', () => {
    const stack = new Stack(unbundledApp(), 'Shop');
    const [healing, other] = [new HealingPipeline(stack, 'Healing'), new HealingPipeline(stack, 'Other', { name: 'other' })];
    healing.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), memory: {} });
    expect(() => other.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {} })).toThrow('healing-Web already');
  });

  it('are taken where the second needs no agent, brings its own, or has other machines', () => {
    const healing = pipeline();
    const fleet = Fleet.tagged('SelfHeal', 'enabled');
    healing.protectFleet('Web', { fleet, memory: {} });
    healing.protectFleet('Checks', { fleet, systemStatus: {} });
    healing.protectFleet('Own', { fleet, agent: false, disk: {} });
    expect(() => healing.protectFleet('Desk', { fleet: Fleet.tagged('SelfHeal', 'desk'), disk: {} })).not.toThrow();
  });

  it('are refused for symptoms of two platforms', () => {
    expect(() => pipeline().protectFleet('Mixed', { fleet: Fleet.tagged('OS', 'any'), memory: { platform: 'windows' }, disk: {} })).toThrow(
      'watches Memory of Windows and disk of Linux',
    );
  });
});

describe('what the agent is asked for', () => {
  const protect = (props: object) =>
    new HealingPipeline(new Stack(unbundledApp(), 'Shop'), 'Healing').protectFleet('Web', {
      fleet: Fleet.ofInstances(['i-0123456789abcdef0']),
      service: 'shop',
      ...props,
    });

  it.each([
    ['a mount point with a slash at the end', { disk: { path: '/var/' } }, 'disk.path'],
    ['a mount point with two slashes', { inodes: { path: '/var//log' } }, 'inodes.path'],
    ['a mount point through ..', { disk: { path: '/var/../srv' } }, 'disk.path'],
    ['a mount point that CloudWatch cannot store', { disk: { path: '/données' } }, 'disk.path'],
    ['a mount point with a quote', { disk: { path: "/a'b" } }, 'disk.path'],
    ['a process with a quote', { serviceDown: { process: "sh'op" } }, 'serviceDown.process'],
    ['a process in two lines', { serviceDown: { process: 'sh\nop' } }, 'serviceDown.process'],
    ['a process that is no regular expression', { serviceDown: { process: 'shop(' } }, 'serviceDown.process'],
    ['a process with two plus signs', { serviceDown: { process: 'c++' } }, 'serviceDown.process'],
    ['a process with a name as no file has', { serviceDown: { process: 'x'.repeat(220) } }, 'serviceDown.process'],
    ['a process in another script', { serviceDown: { process: 'läden' } }, 'serviceDown.process'],
  ])('is refused for %s', (_, props, path) => {
    expect(() => protect(props)).toThrow(path);
  });

  it.each([
    ['mount points', { disk: { path: '/srv/my data/.snapshots' }, inodes: { path: '/' } }],
    ['versions in names of processes', { serviceDown: { process: 'php-fpm8.3' } }],
    ['a plus sign', { serviceDown: { process: 'shop+' } }],
    ['a process that is known only at deployment', { serviceDown: { process: Token.asString({ Ref: 'Process' }) } }],
    ['a mount point that is known only at deployment', { disk: { path: Token.asString({ Ref: 'Path' }) } }],
  ])('is taken for %s', (_, props) => {
    expect(() => protect(props)).not.toThrow();
  });
});
