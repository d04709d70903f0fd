import { describe, expect, it } from 'vitest';
import { lackingIn, printedRole } from '../../../bin/heal/instance-role.ts';
import { screenOf } from '../../../bin/heal/screen.ts';
import { allInstanceActions, instancePolicies } from '../../../lambdas/core/doctor/instance-actions.ts';
import { accountOf, healthy, INSTANCE, PROFILE } from '../../support/healthy-account.ts';

const screen = screenOf({ out: { write: () => {} }, errors: { write: () => {} } });

describe('instance-role', () => {
  it('prints a template with the managed policies and nothing else, under names that no other Region or pipeline has', () => {
    const { Resources } = JSON.parse(printedRole('shop').text) as { Resources: Record<string, { Type: string; Properties: object }> };
    expect(Object.values(Resources).map(({ Type }) => Type)).toEqual(['AWS::IAM::Role', 'AWS::IAM::InstanceProfile']);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of CloudFormation
    const name = { 'Fn::Sub': 'shop-instances-${AWS::Region}' };
    expect(Resources.Role?.Properties).toMatchObject({
      RoleName: name,
      ManagedPolicyArns: instancePolicies.map((policy) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/${policy}` })),
    });
    expect(Resources.Role?.Properties).not.toHaveProperty('Policies');
    expect(Resources.InstanceProfile?.Properties).toEqual({ InstanceProfileName: name, Roles: [{ Ref: 'Role' }] });
  });
});

describe('instance-role --check', () => {
  const [fleet] = healthy.fleets;
  if (!fleet) throw new Error('there is no fleet');

  it('is content where every running instance has the rights', async () => {
    expect(await lackingIn(accountOf(), screen)).toMatchObject({ exitCode: 0, data: { lacks: [], unread: [] } });
  });

  it('lists an instance without a profile, and one whose role lacks rights, with what they lack', async () => {
    const other = 'i-0fedcba9876543210';
    const members = [...fleet.members, { id: other, running: true }, { id: 'i-0000000000stopped', running: false }];
    const rights = [{ profile: PROFILE, role: 'web', denied: allInstanceActions }];
    const { exitCode, data, text } = await lackingIn(accountOf({ fleets: [{ ...fleet, members }], rights, managed: [] }), screen);
    expect(exitCode).toBe(1);
    expect(data).toMatchObject({
      lacks: [
        { instance: INSTANCE, profile: PROFILE, role: 'web', policies: instancePolicies },
        { instance: other, policies: instancePolicies },
      ],
    });
    expect(text).toContain(other);
  });

  it('does not call an instance well whose rights could not be read', async () => {
    const rights = [{ profile: PROFILE, denied: [], unread: 'AccessDenied' }];
    expect(await lackingIn(accountOf({ rights }), screen)).toMatchObject({ exitCode: 2, data: { unread: [{ profile: PROFILE }] } });
  });
});
