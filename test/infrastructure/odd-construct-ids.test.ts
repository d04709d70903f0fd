import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { expect, it } from 'vitest';
import { HttpProbe } from '../../lib/constructs/http-probe.ts';
import { Database } from '../../lib/database.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';
import { lint } from '../support/cfn-lint.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { resources } from '../support/template.ts';

/** A pipeline and a probe in a network, whose ids stand in descriptions of roles and security groups. */
function templateWith(id: string): Template {
  const stack = new Stack(unbundledApp(), 'Shop');
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a'],
    privateSubnetIds: ['subnet-0123456789abcdef0'],
  });
  const healing = new HealingPipeline(stack, id);
  const probe = new HttpProbe(stack, `${id} probe`, { url: 'https://shop.example.com', vpc, name: 'probe' });
  healing.heal('Site', {
    alarm: probe.unavailable,
    target: Target.instance('i-0123456789abcdef0'),
    ladder: [Remedy.restartInstance()],
  });
  const login = { secret: Secret.fromSecretNameV2(stack, 'Login', 'orders') };
  healing.protectDatabase('Orders', {
    database: Database.instance('orders', { engine: 'postgresql', host: 'orders.example.com', login, vpc }),
    connectivity: {},
    connections: { above: 100, ladder: [Remedy.releaseSessions(), Remedy.rebootDatabase()] },
  });
  return Template.fromStack(stack);
}

it('ids of constructs with any characters make descriptions that AWS takes', async () => {
  const template = templateWith("Anna's “Łagodzenie” & Søn <Ω> 治愈");
  const found = await lint(new Map([['odd', template.toJSON()]]));
  expect(found.filter(({ rule }) => rule.startsWith('E'))).toEqual([]);
  const described = (type: string) =>
    [...resources(type, template).values()].map(({ Properties }) => String(Properties.GroupDescription ?? Properties.Description ?? ''));
  for (const description of described('AWS::EC2::SecurityGroup'))
    expect(description).toMatch(/^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/);
  for (const description of [...described('AWS::IAM::Role'), ...described('AWS::IAM::ManagedPolicy')])
    expect(description).toMatch(/^[\t\n\r\x20-\x7E\xA1-\xFF]{0,1000}$/);
});

it('the description of a security group that EC2 takes stays as it is, since another one would make the group anew', () => {
  const described = [...resources('AWS::EC2::SecurityGroup', templateWith('Healing (shop), part #1')).values()];
  expect(described.map(({ Properties }) => Properties.GroupDescription)).toContain(
    'the self-healing probe of a URL (Shop/Healing (shop), part #1 probe)',
  );
});
