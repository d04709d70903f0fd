import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { AuroraPostgresEngineVersion, ClusterInstance, DatabaseCluster, DatabaseClusterEngine } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../../lib/database.ts';
import type { DatabaseAccess } from '../../lib/database-access.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { DatabaseProtection } from '../../lib/protection.ts';
import { Remedy } from '../../lib/remedy.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, resources, statementsOf } from '../support/template.ts';

let stack: Stack;
let healing: HealingPipeline;

beforeEach(() => {
  stack = new Stack(unbundledApp(), 'Shop');
  healing = new HealingPipeline(stack, 'Healing');
});

const aurora = Database.cluster('stock', 'aurora');
const protect = (database: Database, symptoms: Omit<DatabaseProtection, 'database'>) => {
  healing.protectDatabase('Stock', { database, ...symptoms });
  return Template.fromStack(stack);
};
const alarmOf = (template: Template) => {
  const [alarm, ...more] = [...resources('AWS::CloudWatch::Alarm', template).values()].filter(
    ({ Properties }) => Properties.Namespace === 'AWS/RDS',
  );
  if (!alarm || more.length > 0) throw new Error('not one alarm of RDS');
  return alarm;
};
const ladderOf = (template: Template) => {
  const [rule] = [...resources('AWS::Events::Rule', template).values()].filter(({ Properties }) => Properties.EventPattern);
  const carried = inText(rule?.Properties.Targets[0].InputTransformer.InputTemplate);
  const { policy } = JSON.parse(carried.replace('<f1>', 'null')) as { policy: { targets: object; ladder: { remedy: string }[] } };
  return { target: policy.targets, remedies: policy.ladder.map(({ remedy }) => remedy) };
};

describe('an Aurora cluster', () => {
  it.each([
    ['cpu', {}, 'CPUUtilization'],
    ['connections', { above: 100 }, 'DatabaseConnections'],
    ['memory', { belowMegabytes: 500 }, 'FreeableMemory'],
  ])('is watched for %s at its writer, whichever member that is', (symptom, props, MetricName) => {
    const { Properties } = alarmOf(protect(aurora, { [symptom]: props }));
    expect(Properties).toMatchObject({ Namespace: 'AWS/RDS', MetricName });
    expect(Properties.Dimensions).toEqual([
      { Name: 'DBClusterIdentifier', Value: 'stock' },
      { Name: 'Role', Value: 'WRITER' },
    ]);
  });

  it('is watched for the lag of its slowest reader, in milliseconds', () => {
    const { Properties } = alarmOf(protect(aurora, { replicaLag: { aboveSeconds: 2 } }));
    expect(Properties).toMatchObject({ MetricName: 'AuroraReplicaLagMaximum', Threshold: 2_000 });
    expect(Properties.Dimensions).toEqual([{ Name: 'DBClusterIdentifier', Value: 'stock' }]);
  });

  it('is failed over when its connections are used up, since it cannot be rebooted as a whole', () => {
    expect(ladderOf(protect(aurora, { connections: { above: 100 } }))).toEqual({
      target: { kind: 'fixed', target: { kind: 'database-cluster', id: 'stock' } },
      remedies: ['wait-and-see', 'fail-over-database'],
    });
  });

  it('has no metric of free storage, and says so', () => {
    expect(() => protect(aurora, { storage: { belowGibibytes: 10 } })).toThrow('has no metric FreeStorageSpace');
  });

  it('is named by a construct of the same app as well', () => {
    const engine = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_6 });
    const vpc = new Vpc(stack, 'Network', { maxAzs: 2 });
    const made = new DatabaseCluster(stack, 'Made', { engine, vpc, writer: ClusterInstance.serverlessV2('Writer') });
    const template = protect(Database.cluster(made, 'aurora'), { cpu: {} });
    expect(alarmOf(template).Properties.Dimensions[0]).toMatchObject({ Value: { Ref: expect.stringMatching(/^Made/) } });
  });

  it('is no target of remedies for instances only', () => {
    expect(() => protect(aurora, { cpu: { ladder: [Remedy.growStorage({ ceilingGibibytes: 100 })] } })).toThrow(
      'grow-storage acts on database, not on database-cluster',
    );
  });
});

describe('a Multi-AZ DB cluster', () => {
  it.each([
    { cpu: {} },
    { connections: { above: 1 } },
    { memory: { belowMegabytes: 1 } },
    { replicaLag: {} },
    { storage: { belowGibibytes: 1 } },
  ])('refuses %o, since RDS measures its instances and the alarm would stay silent', (symptom) => {
    expect(() => protect(Database.cluster('ledger', 'multi-az'), symptom)).toThrow(/measure/);
  });

  it('is asked by the probe under a name that no instance has', () => {
    const access: DatabaseAccess = {
      engine: 'postgresql',
      host: 'ledger.example.com',
      login: { secret: Secret.fromSecretCompleteArn(stack, 'Login', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ledger-AbCdEf') },
      vpc: Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0', availabilityZones: ['a'], privateSubnetIds: ['subnet-0'] }),
    };
    const template = protect(Database.cluster('ledger', 'multi-az', access), { connectivity: {} });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Reachable',
      Dimensions: [{ Name: 'Database', Value: 'cluster:ledger' }],
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { DATABASE_CONNECTIONS: Match.stringLikeRegexp('^\\{"cluster:ledger":') } },
    });
  });
});

describe('the role of a remedy', () => {
  const ladder = [Remedy.failOverDatabase(), Remedy.rebootDatabase()];
  const acts = (remedy: string, template: Template) =>
    statementsOf(`HealingRemedy${remedy}`, template)
      .filter(({ actions }) => actions.some((action) => /^rds:[^D]/.test(action)))
      .map(({ actions, resources: on }) => [actions, on.map((arn) => arn.split(':').slice(-2).join(':'))]);

  it('may do to a cluster what is done to clusters, and to that one only', () => {
    const template = protect(aurora, { cpu: { ladder } });
    expect(acts('failoverdatabase', template)).toEqual([[['rds:FailoverDBCluster'], ['cluster:stock']]]);
    expect(acts('rebootdatabase', template)).toEqual([[['rds:RebootDBCluster'], ['cluster:stock']]]);
  });

  it('may do to an instance what is done to instances, and to that one only', () => {
    const template = protect(Database.instance('orders'), { cpu: { ladder } });
    expect(acts('failoverdatabase', template)).toEqual([[['rds:RebootDBInstance'], ['db:orders']]]);
    expect(acts('rebootdatabase', template)).toEqual([[['rds:RebootDBInstance'], ['db:orders']]]);
  });
});
