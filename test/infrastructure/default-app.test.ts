import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { SelfHealingStack, type SelfHealingStackProps } from '../../lib/self-healing-stack.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, resources, statementsOf } from '../support/template.ts';

const access = {
  host: 'orders.example.com',
  secret: 'orders/self-healing',
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0', 'subnet-0fedcba9876543210'],
};

function templateOf(props: SelfHealingStackProps): Template {
  return Template.fromStack(new SelfHealingStack(unbundledApp(), 'SelfHealing', props));
}

interface CarriedRung {
  readonly remedy: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The ladder of a policy, as its rule carries it; undefined where there is no such policy. */
function rungsOf(policy: string, template: Template): readonly CarriedRung[] | undefined {
  const rule = [...resources('AWS::Events::Rule', template).values()].find(({ Properties }) => Properties.Name === `healing.${policy}`);
  if (!rule) return undefined;
  const input = inText(rule.Properties.Targets[0].InputTransformer.InputTemplate).replaceAll(/<[^<>]+>/g, 'null');
  const { policy: carried } = JSON.parse(input) as { policy: { ladder: readonly CarriedRung[] } };
  return carried.ladder;
}

function ladderOf(policy: string, template: Template): readonly string[] | undefined {
  return rungsOf(policy, template)?.map(({ remedy }) => remedy);
}

describe('the default app with the access to its database', () => {
  const template = templateOf({ database: { id: 'orders', connectionsAbove: 80, access } });

  it('ends stuck sessions before it reboots, and fails an unreachable database over', () => {
    expect(ladderOf('Database-connections', template)).toEqual(['wait-and-see', 'release-sessions', 'reboot-database']);
    expect(ladderOf('Database-unreachable', template)).toEqual(['wait-and-see', 'fail-over-database']);
  });

  it('puts what speaks to it into the given subnets', () => {
    const { subnetIds: SubnetIds } = access;
    for (const FunctionName of ['healing-Database-unreachable-probe', 'healing-remediate-release-sessions'])
      template.hasResourceProperties('AWS::Lambda::Function', { FunctionName, VpcConfig: { SubnetIds } });
  });

  it('may stand in the security group that the database has itself', () => {
    const own = { securityGroupId: 'sg-0123456789abcdef0', functionSecurityGroupIds: ['sg-0123456789abcdef0', 'sg-0123456789abcdef0'] };
    templateOf({ database: { id: 'orders', access: { ...access, ...own } } }).hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'healing-Database-unreachable-probe',
      VpcConfig: { SecurityGroupIds: ['sg-0123456789abcdef0'] },
    });
  });

  it('may read the secret under its whole name, and no other whose name only begins so', () => {
    const reads = statementsOf('HealingDatabaseconnectivityProbe', template).filter(({ actions }) =>
      actions.includes('secretsmanager:GetSecretValue'),
    );
    expect(reads.map(({ resources }) => resources)).toEqual([[expect.stringMatching(/:secret:orders\/self-healing-\?{6}$/)]]);
  });
});

describe('the default app', () => {
  it('has the security group of its database opened for what speaks to it, on the one port', () => {
    const own = { ...access, securityGroupId: 'sg-0123456789abcdef0' };
    const opened = resources(
      'AWS::EC2::SecurityGroupIngress',
      templateOf({ database: { id: 'orders', connectionsAbove: 80, access: own } }),
    );
    expect([...opened.values()].map(({ Properties: { GroupId, FromPort, ToPort } }) => [GroupId, FromPort, ToPort])).toEqual([
      // Of the probe, of the remedy, and of what looks before a hand-off.
      ['sg-0123456789abcdef0', 5432, 5432],
      ['sg-0123456789abcdef0', 5432, 5432],
      ['sg-0123456789abcdef0', 5432, 5432],
    ]);
  });

  it('stands in security groups that its database lets in already, and makes none', () => {
    const own = { ...access, functionSecurityGroupIds: ['sg-0fedcba9876543210'] };
    const template = templateOf({ database: { id: 'orders', connectionsAbove: 80, access: own } });
    const VpcConfig = { SecurityGroupIds: ['sg-0fedcba9876543210'] };
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'healing-Database-unreachable-probe', VpcConfig });
    expect(resources('AWS::EC2::SecurityGroup', template).size).toBe(0);
  });

  it('speaks to no database without the access', () => {
    const template = templateOf({ database: { id: 'orders', connectionsAbove: 80 } });
    expect(ladderOf('Database-connections', template)).toEqual(['wait-and-see', 'reboot-database']);
    expect(ladderOf('Database-unreachable', template)).toBeUndefined();
  });

  it.each([
    [{}, ['clear-caches']],
    [{ volume: { ceilingGibibytes: 200, device: '/dev/sdf' } }, ['clear-caches', 'grow-volume', 'grow-file-system']],
  ] as const)('clears the disk, and grows it only up to a given ceiling: %j', (props, ladder) => {
    expect(ladderOf('Fleet-disk', templateOf({ diskPath: '/srv/data', ...props }))).toEqual(ladder);
  });

  it('grows the volume at the given device and the file system that is watched', () => {
    const rungs = rungsOf('Fleet-disk', templateOf({ diskPath: '/srv/data', volume: { ceilingGibibytes: 200, device: '/dev/sdf' } }));
    expect(rungs?.map(({ params }) => params)).toMatchObject([{}, { ceilingGibibytes: 200, device: '/dev/sdf' }, { path: '/srv/data' }]);
  });

  it('grows the storage of a database up to the ceiling', () => {
    const storage = { belowGibibytes: 5, ceilingGibibytes: 100 };
    expect(ladderOf('Database-storage', templateOf({ database: { id: 'orders', connectionsAbove: 80, storage } }))).toEqual([
      'wait-and-see',
      'grow-storage',
    ]);
  });

  it.each([
    [{ pgbouncer: true }, ['wait-and-see', 'reconnect-sessions', 'restart-service']],
    [{}, ['wait-and-see', 'restart-service']],
  ] as const)('heals a server that does not answer at its URL, with %j', (more, ladder) => {
    const site = { url: 'https://shop.example.com/health', instanceId: 'i-0123456789abcdef0', ...more };
    const template = templateOf({ service: 'shop', site });
    expect(ladderOf('Site', template)).toEqual(ladder);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'healing-Site-unavailable' });
  });
});

describe('the default app in an account that has nothing yet', () => {
  const template = templateOf({});

  it('watches the tagged fleet, and nothing by a name that was only an example', () => {
    const alarms = [...resources('AWS::CloudWatch::Alarm', template).values()].map(({ Properties }) => Properties.AlarmName as string);
    expect(alarms.filter((name) => !/^healing-(Fleet|watch)-/.test(name))).toEqual([]);
    const dimensions = [...resources('AWS::CloudWatch::Alarm', template).values()].flatMap(({ Properties }) => Properties.Dimensions ?? []);
    expect(
      dimensions.map(({ Name }) => Name).filter((name) => /AutoScalingGroupName|LoadBalancer|TargetGroup|DBInstance/.test(name)),
    ).toEqual([]);
  });

  it('watches no connections of a database whose limit nobody has said', () => {
    expect(ladderOf('Database-connections', templateOf({ database: { id: 'orders' } }))).toBeUndefined();
    expect(ladderOf('Database-cpu', templateOf({ database: { id: 'orders' } }))).toBeDefined();
  });
});
