import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { databaseConnectionsSchema } from '../../lambdas/core/database-connection.ts';
import { Database } from '../../lib/database.ts';
import type { DatabaseAccess } from '../../lib/database-access.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { statementsOf } from '../support/template.ts';

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
    const [variables] = functions.flatMap(({ Properties }) => Properties.Environment.Variables.DATABASE_CONNECTIONS ?? []);
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

  it('that is silent counts as a database that is', () => {
    templateWith().hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'healing-Orders-unreachable',
      Namespace: 'SelfHealing',
      MetricName: 'Reachable',
      Dimensions: [{ Name: 'Database', Value: 'orders' }],
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
    });
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
