import { Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../../lib/database.ts';
import type { DatabaseAccess } from '../../lib/database-access.ts';
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

describe('databases of one VPC that are reached in different ways', () => {
  const shop = () => {
    const stack = new Stack(unbundledApp(), 'Shop');
    return { stack, healing: new HealingPipeline(stack, 'Healing') };
  };
  const usual = { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['a'], privateSubnetIds: ['subnet-0123456789abcdef0'] };
  const groups = (stack: Stack, ...ids: string[]) =>
    ids.map((id) => SecurityGroup.fromSecurityGroupId(stack, `Group${id}-${stack.node.children.length}`, `sg-0123456789abcde${id}`));
  const add = (healing: HealingPipeline, id: string, access: Partial<DatabaseAccess>, ladder = [Remedy.releaseSessions()]) => {
    const login = { iamUser: 'healing', resourceId: 'db-ABCDEFGHIJKL01234' };
    const host = `${id}.c0123456789a.eu-west-1.rds.amazonaws.com`;
    const stack = Stack.of(healing);
    const vpc = access.vpc ?? Vpc.fromVpcAttributes(stack, `${id}Vpc`, usual);
    const database = Database.instance(id, { engine: 'postgresql', host, login, vpc, ...access });
    healing.protectDatabase(id, { database, connections: { above: 100, ladder } });
  };
  const groupsOf = (stack: Stack, name: string) =>
    Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function', { Properties: { FunctionName: name } }))[0]?.Properties
      .VpcConfig.SecurityGroupIds;
  const both = ['healing-remediate-release-sessions', 'healing-diagnose-at-database'];

  it.each(both)('%s stands in the groups that each of them asks for, each once', (name) => {
    const { stack, healing } = shop();
    add(healing, 'orders', { functionSecurityGroups: groups(stack, 'f1') });
    add(healing, 'stock', { functionSecurityGroups: groups(stack, 'f2', 'f1') });
    expect(groupsOf(stack, name)).toEqual(['sg-0123456789abcdef1', 'sg-0123456789abcdef2']);
  });

  it.each(both)('%s stands in a group of its own, too, which the outputs name, where only the first has one', (name) => {
    const { stack, healing } = shop();
    add(healing, 'orders', { functionSecurityGroups: groups(stack, 'f1') });
    add(healing, 'stock', {});
    const outputs = Object.values(Template.fromStack(stack).findOutputs('*')).map(({ Value }) => Value);
    const [given, own] = groupsOf(stack, name);
    expect(given).toBe('sg-0123456789abcdef1');
    expect(own).toEqual({ 'Fn::GetAtt': [expect.stringContaining('SecurityGroup'), 'GroupId'] });
    expect(outputs).toContainEqual(own);
  });

  it('opens a database for its own groups alone, and not for those of another', () => {
    const { stack, healing } = shop();
    add(healing, 'orders', { functionSecurityGroups: groups(stack, 'f1') });
    const securityGroup = new SecurityGroup(stack, 'Stock', { vpc: Vpc.fromVpcAttributes(stack, 'Vpc', usual) });
    add(healing, 'stock', { functionSecurityGroups: groups(stack, 'f2'), securityGroup });
    const sources = Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress')).map(
      ({ Properties }) => Properties.SourceSecurityGroupId,
    );
    expect(new Set(sources)).toEqual(new Set(['sg-0123456789abcdef2']));
  });

  it.each([
    ['groups of their own', false, 2],
    ['one group', true, 1],
  ])('open a group that is imported for each of them once for each of %s of the functions', (_, isShared, sources) => {
    const { stack, healing } = shop();
    for (const id of ['orders', 'stock', 'bills']) {
      const [securityGroup] = groups(stack, 'd1');
      add(healing, id, {
        ...(securityGroup && { securityGroup }),
        ...(isShared && { functionSecurityGroups: groups(stack, 'f1') }),
      });
    }
    const template = Template.fromStack(stack);
    const rules = (direction: string) =>
      Object.values(template.findResources(`AWS::EC2::SecurityGroup${direction}`)).map(({ Properties: { Description, ...rule } }) =>
        JSON.stringify(rule),
      );
    for (const all of [rules('Ingress'), rules('Egress')]) expect(all).toEqual([...new Set(all)]);
    expect(rules('Ingress')).toHaveLength(sources);
  });

  it('are refused in more groups than Lambda takes, of which without the remedy the others are not looked into', () => {
    const { stack, healing } = shop();
    add(healing, 'orders', { functionSecurityGroups: groups(stack, 'f1', 'f2', 'f3', 'f4', 'f5') });
    expect(() => add(healing, 'stock', {})).toThrow('release-sessions would stand in more than 5 security groups');
    const second = shop();
    add(second.healing, 'orders', { functionSecurityGroups: groups(second.stack, 'f1', 'f2', 'f3', 'f4', 'f5') }, [
      Remedy.rebootDatabase(),
    ]);
    add(second.healing, 'stock', {}, [Remedy.rebootDatabase()]);
    expect(groupsOf(second.stack, 'healing-diagnose-at-database')).toHaveLength(5);
  });

  it('are refused in other subnets', () => {
    const { stack, healing } = shop();
    add(healing, 'orders', {});
    const vpc = Vpc.fromVpcAttributes(stack, 'Other', { ...usual, privateSubnetIds: ['subnet-0fedcba9876543210'] });
    expect(() => add(healing, 'stock', { vpc })).toThrow(
      'release-sessions stands in other subnets already: give the databases of a VPC the same',
    );
  });

  it('are in one VPC, too, where it is imported twice by values that are known only at deployment', () => {
    const { stack, healing } = shop();
    for (const id of ['orders', 'stock'])
      add(healing, id, {
        vpc: Vpc.fromVpcAttributes(stack, `Imported${id}`, {
          vpcId: Fn.importValue('Vpc'),
          availabilityZones: ['a'],
          privateSubnetIds: [Fn.importValue('Subnet')],
        }),
      });
    expect(() => Template.fromStack(stack)).not.toThrow();
    const vpc = Vpc.fromVpcAttributes(stack, 'Another', { ...usual, vpcId: Fn.importValue('Another') });
    expect(() => add(healing, 'bills', { vpc })).toThrow('release-sessions stands in another VPC already');
  });

  it('tells VPCs of two stacks apart that have the same logical id', () => {
    const { stack, healing } = shop();
    const [one, other] = ['One', 'Other'].map((id) => new Vpc(new Stack(stack.node.root, id), 'Vpc'));
    add(healing, 'orders', { vpc: one });
    expect(() => add(healing, 'stock', { vpc: other })).toThrow('release-sessions stands in another VPC already');
  });
});
