import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { databaseConnectionsSchema } from '../../lambdas/core/database-connection.ts';
import { Database } from '../../lib/database.ts';
import type { DatabaseAccess } from '../../lib/database-access.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, policyIn, statementsOf } from '../support/template.ts';

function templateWith(changes: (stack: Stack) => Partial<DatabaseAccess> = () => ({})): Template {
  const stack = new Stack(unbundledApp(), 'Shop');
  const network = { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['a', 'b'], privateSubnetIds: subnets };
  const access: DatabaseAccess = {
    engine: 'postgresql',
    host: 'orders.example.com',
    login: { secret: Secret.fromSecretCompleteArn(stack, 'Login', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf') },
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', network),
    ...changes(stack),
  };
  new HealingPipeline(stack, 'Healing').protectDatabase('Orders', { database: Database.instance('orders', access), connectivity: {} });
  return Template.fromStack(stack);
}

const subnets = ['subnet-0123456789abcdef0', 'subnet-0fedcba9876543210'];
const PROBE = 'HealingOrdersconnectivityProbe';

describe('the probe of a database', () => {
  it('runs every minute beside the database, and a run that failed is not repeated', () => {
    const template = templateWith();
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'healing-Orders-unreachable-probe',
      VpcConfig: { SubnetIds: subnets },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } })],
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  });

  it('is told a connection without any secret in it, with the usual port', () => {
    const functions = Object.values(templateWith().findResources('AWS::Lambda::Function'));
    const [variables] = functions.flatMap(({ Properties }) => Properties.Environment?.Variables?.DATABASE_CONNECTIONS ?? []);
    expect(databaseConnectionsSchema.parse(JSON.parse(variables))).toEqual({
      orders: {
        engine: 'postgresql',
        host: 'orders.example.com',
        port: 5432,
        database: 'postgres',
        login: { kind: 'secret', arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf' },
      },
    });
  });

  it('may read the one secret', () => {
    const secrets = statementsOf(PROBE, templateWith()).filter(({ actions }) =>
      actions.some((action) => action.startsWith('secretsmanager:')),
    );
    expect(secrets).toEqual([
      {
        actions: ['secretsmanager:GetSecretValue'],
        resources: ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf'],
      },
    ]);
  });

  it('may log in as the one user where that is by IAM, and reads no secret', () => {
    const template = templateWith(() => ({ login: { iamUser: 'healer', resourceId: 'db-ABCDEFGHIJKL01234' } }));
    const own = statementsOf(PROBE, template).filter(({ actions }) => /^(rds-db|secretsmanager):/.test(actions[0] ?? ''));
    expect(own).toEqual([
      { actions: ['rds-db:connect'], resources: [expect.stringMatching(/:rds-db:.*:dbuser:db-ABCDEFGHIJKL01234\/healer$/)] },
    ]);
  });

  it("has the database's security group opened for it, on the one port", () => {
    const template = templateWith((stack) => ({
      engine: 'mysql',
      securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0'),
    }));
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-0123456789abcdef0', FromPort: 3306, ToPort: 3306 });
  });

  it('that was never well, or is silent, does not set off the alarm by which the database is healed', () => {
    templateWith().hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'healing-Orders-unreachable',
      Namespace: 'SelfHealing',
      MetricName: 'Reachable',
      Dimensions: [{ Name: 'Database', Value: 'orders' }],
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 3,
      TreatMissingData: 'missing',
    });
  });

  it('tells people when it was never well, when it fails and when it is silent, and no rule matches these alarms', () => {
    const template = templateWith();
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    const tells = [{ Ref: topic }];
    const alarm = (name: string) => ({ AlarmName: `healing-Orders-unreachable-probe-${name}` });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{
        ...alarm('not-set-up'),
        MetricName: 'NotSetUp',
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 15,
      },
      AlarmActions: tells,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{ ...alarm('failing'), Namespace: 'AWS/Lambda', MetricName: 'Errors', TreatMissingData: 'missing', AlarmActions: tells },
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{ ...alarm('silent'), Statistic: 'SampleCount', TreatMissingData: 'missing', InsufficientDataActions: tells },
    });
    const patterns = JSON.stringify(template.findResources('AWS::Events::Rule'));
    const watching = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([, { Properties }]) =>
      /-probe-/.test(String(Properties.AlarmName)),
    );
    expect(watching).toHaveLength(3);
    for (const [id] of watching) expect(patterns).not.toContain(id);
  });

  it('names in its description host, port, security group and secret, within what CloudWatch takes', () => {
    const template = templateWith(() => ({ host: `${'o'.repeat(63)}.c0123456789a.ap-southeast-1.rds.amazonaws.com` }));
    const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(({ Properties }) =>
      String(Properties.AlarmName).endsWith('-not-set-up'),
    );
    const words = inText(alarm?.Properties.AlarmDescription);
    expect(words).toMatch(/rds\.amazonaws\.com:5432, from security group \$\{.*GroupId\}, with secret orders/);
    for (const fault of ['1 the probe cannot read', '3 nothing comes back', '5 it and the probe agree on no TLS', '6 it turns'])
      expect(words).toContain(fault);
    expect(words.length).toBeLessThan(1_024);
  });

  it('remembers in one parameter of its own whether it was ever well, and may read and write no other', () => {
    const template = templateWith();
    const own = statementsOf(PROBE, template).filter(({ actions }) => actions.some((action) => action.startsWith('ssm:')));
    expect(own).toEqual([
      {
        actions: ['ssm:GetParameter', 'ssm:PutParameter'],
        resources: [expect.stringMatching(/:parameter\/\$\{HealingOrdersconnectivityProbeMemory/)],
      },
    ]);
    template.hasResourceProperties('AWS::SSM::Parameter', { Value: 'never', Name: Match.absent() });
  });

  it('has a security group of its own that lets nothing in, and out only to the port, to AWS and to DNS', () => {
    const template = templateWith();
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [443, 53, 53, 5432].map((FromPort) => Match.objectLike({ FromPort, ToPort: FromPort, CidrIp: '0.0.0.0/0' })),
      SecurityGroupIngress: Match.absent(),
    });
    const outputs = Object.values(template.findOutputs('*', { Description: Match.stringLikeRegexp('let it in') }));
    // That of the probe, and that of the function which looks before a hand-off.
    expect(outputs).toHaveLength(2);
  });

  it('takes a security group that is there, and changes nothing of it', () => {
    const template = templateWith((stack) => ({
      functionSecurityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Clients', 'sg-0fedcba9876543210')],
    }));
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: Match.objectLike({ SecurityGroupIds: ['sg-0fedcba9876543210'] }),
    });
    for (const type of ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupEgress', 'AWS::EC2::SecurityGroupIngress'])
      template.resourceCountIs(type, 0);
  });

  it('opens the security group of a database that is a construct by itself', () => {
    const stack = new Stack(unbundledApp(), 'Shop');
    const vpc = new Vpc(stack, 'Vpc');
    const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
    const orders = new DatabaseInstance(stack, 'Orders', { vpc, engine });
    const login = { secret: orders.secret as ISecret };
    const database = Database.instance(orders, { engine: 'postgresql', host: 'orders.example.com', login, vpc });
    new HealingPipeline(stack, 'Healing').protectDatabase('Orders', { database, connectivity: {} });
    const template = Template.fromStack(stack);
    const [probes] = Object.keys(template.findResources('AWS::EC2::SecurityGroup')).filter((id) => id.includes('Probe'));
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: { 'Fn::GetAtt': [probes, 'GroupId'] },
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^OrdersSecurityGroup'), 'GroupId'] },
    });
  });

  it('brings what tells a fault of the database from one of its own', () => {
    expect(policyIn(templateWith(), 'healing.Orders-unreachable').evidence).toEqual({
      ...{ kind: 'probe', metric: 'Reachable', dimension: 'Database', name: 'orders' },
      way: { to: 'orders.example.com:5432', from: expect.stringMatching(/^security group \$\{.*GroupId\}$/), login: 'secret orders' },
      life: {
        ...{ kind: 'connections', namespace: 'AWS/RDS', metric: 'DatabaseConnections', lateBy: { minutes: 5 } },
        dimensions: { DBInstanceIdentifier: 'orders' },
      },
    });
  });

  it('may not use the rights to network interfaces that Lambda needs to place it', () => {
    const policies = Object.entries(templateWith().findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith(PROBE));
    const denied = policies
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .filter(({ Effect }: { Effect: string }) => Effect === 'Deny');
    expect(denied).toHaveLength(1);
    expect(denied[0].Action).toEqual(expect.arrayContaining(['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface']));
    expect(inText(denied[0].Condition.ArnEquals['lambda:SourceFunctionArn'])).toMatch(/:function:healing-Orders-unreachable-probe$/);
  });
});

describe('a database cannot be probed', () => {
  it('without its access', () => {
    const stack = new Stack(unbundledApp(), 'Bare');
    const protect = () =>
      new HealingPipeline(stack, 'Healing').protectDatabase('Orders', { database: Database.instance('orders'), connectivity: {} });
    expect(protect).toThrow('connectivity: the database needs its access');
  });

  it.each(['10.0.0.5', '::1', 'orders.example.com; x', ''])('at the host %j', (host) => {
    expect(() => templateWith(() => ({ host }))).toThrow(/access\.host: .* is not allowed/);
  });
});

describe('a function that speaks to databases', () => {
  const protect = (count: number) => {
    const stack = new Stack(unbundledApp(), 'Many');
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['a'],
      privateSubnetIds: subnets,
    });
    const healing = new HealingPipeline(stack, 'Healing');
    for (let number = 0; number < count; number += 1) {
      const login = { secret: Secret.fromSecretNameV2(stack, `Login${number}`, `a-team/orders-${number}/self-healing`) };
      const host = `orders-${number}.c0123456789a.eu-west-1.rds.amazonaws.com`;
      const database = Database.instance(`orders-${number}`, { engine: 'postgresql', host, login, vpc });
      healing.protectDatabase(`Orders${number}`, { database, connections: { above: 400, ladder: [Remedy.releaseSessions()] } });
    }
    return Template.fromStack(stack);
  };

  it('is told of ten databases', () => {
    expect(() => protect(10)).not.toThrow();
  });

  it('is told of more than Lambda’s 4 KB of variables take by the register', () => {
    expect(() => protect(40)).not.toThrow();
  });
});
