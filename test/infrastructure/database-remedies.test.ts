import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../../lib/database.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { statementsOf } from '../support/template.ts';

describe('a remedy that speaks to databases', () => {
  let stack: Stack;
  let healing: HealingPipeline;

  beforeEach(() => {
    stack = new Stack(unbundledApp(), 'Shop');
    healing = new HealingPipeline(stack, 'Healing');
  });

  const vpc = (id: string) =>
    Vpc.fromVpcAttributes(stack, id, {
      vpcId: `vpc-0123456789abcdef${id}`,
      availabilityZones: ['a'],
      privateSubnetIds: [`subnet-0123456789abcdef${id}`],
    });
  const protect = (id: string, network: IVpc) => {
    const login = {
      secret: Secret.fromSecretCompleteArn(stack, `${id}Login`, `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${id}-AbCdEf`),
    };
    const database = Database.instance(id, { engine: 'mysql', host: `${id}.example.com`, login, vpc: network });
    healing.protectDatabase(id, { database, connections: { above: 100, ladder: [Remedy.releaseSessions()] } });
  };
  const environmentOf = (template: Template, name: string) =>
    Object.values(template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: name } }))[0]?.Properties.Environment
      .Variables;

  it('stands in the network of the database, with what looks there before a hand-off, and no other function does', () => {
    protect('orders', vpc('0'));
    const functions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    const inside = functions.filter(({ Properties }) => Properties.VpcConfig).map(({ Properties }) => Properties.FunctionName);
    expect(inside.toSorted()).toEqual(['healing-diagnose-at-database', 'healing-remediate-release-sessions']);
  });

  it('is told each database of the network once, and may read the login of each and of no other', () => {
    const network = vpc('0');
    protect('orders', network);
    protect('stock', network);
    const template = Template.fromStack(stack);
    const told = JSON.parse(environmentOf(template, 'healing-remediate-release-sessions').DATABASE_CONNECTIONS);
    const secrets = statementsOf('HealingRemedyreleasesessions', template).filter(({ actions }) =>
      actions[0]?.startsWith('secretsmanager:'),
    );

    expect(Object.keys(told)).toEqual(['orders', 'stock']);
    expect(told.stock).toMatchObject({ engine: 'mysql', host: 'stock.example.com', port: 3306, database: 'information_schema' });
    expect(secrets.flatMap(({ resources }) => resources).toSorted()).toEqual([
      'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf',
      'arn:aws:secretsmanager:eu-west-1:111122223333:secret:stock-AbCdEf',
    ]);
  });

  it('keeps a cluster apart from an instance of the same name', () => {
    const network = vpc('0');
    protect('orders', network);
    const login = { iamUser: 'self_healing', resourceId: 'cluster-ABCDEFGHIJKL01234' };
    const access = { engine: 'postgresql', host: 'writer.example.com', login, vpc: network } as const;
    const database = Database.cluster('orders', 'aurora', access);
    healing.protectDatabase('Cluster', { database, connections: { above: 100, ladder: [Remedy.releaseSessions()] } });
    const template = Template.fromStack(stack);
    const told = JSON.parse(environmentOf(template, 'healing-remediate-release-sessions').DATABASE_CONNECTIONS);
    const own = statementsOf('HealingRemedyreleasesessions', template);

    expect(told).toMatchObject({ orders: { host: 'orders.example.com' }, 'cluster:orders': { host: 'writer.example.com' } });
    expect(own.filter(({ actions }) => actions.includes('rds-db:connect')).flatMap(({ resources }) => resources)).toEqual([
      expect.stringMatching(/dbuser:cluster-ABCDEFGHIJKL01234\/self_healing$/),
    ]);
  });

  it('cannot stand in two networks', () => {
    protect('orders', vpc('0'));
    expect(() => protect('stock', vpc('1'))).toThrow('release-sessions stands in another VPC already');
  });

  it('needs to know how the database is reached', () => {
    const ladder = [Remedy.releaseSessions()];
    const bare = () => healing.protectDatabase('orders', { database: Database.instance('orders'), connections: { above: 100, ladder } });
    expect(bare).toThrow('release-sessions speaks to the database');
  });
});
