import { describe, expect, it } from 'vitest';
import { allInstanceActions } from '../../../../lambdas/core/doctor/instance-actions.ts';
import type { Member, Readings } from '../../../../lambdas/core/doctor/readings.ts';
import { lacking, roles } from '../../../../lambdas/core/doctor/roles.ts';
import { foundBy, healthy, INSTANCE, PROFILE } from '../../../support/healthy-account.ts';

const [fleet] = healthy.fleets as [Readings['fleets'][number]];
const [agent] = healthy.managed as [Readings['managed'][number]];
const [SSM, METRICS] = ['AmazonSSMManagedInstanceCore', 'CloudWatchAgentServerPolicy'];
const BARE = 'arn:aws-cn:iam::111122223333:instance-profile/team/bare';

const fleetOf = (...members: readonly Member[]) => [{ ...fleet, members }];
const aMember = (id: string, given: Partial<Member> = {}): Member => ({ id, running: true, ...given });
const withoutProfile = (about: string, first: string, policies: string) => ({
  ...{ state: 'wrong', about, says: `no instance profile, so that the rights of ${policies} are missing` },
  mend: `self-healing-pipeline instance-role --deploy\naws ec2 associate-iam-instance-profile --instance-id ${first} --iam-instance-profile Name=healing-instances-<Region>`,
});
const attach = (policy: string | undefined, partition = 'aws') =>
  `aws iam attach-role-policy --role-name web --policy-arn arn:${partition}:iam::aws:policy/${policy}`;
const ofWeb = (...denied: readonly string[]) => [{ profile: PROFILE, role: 'web', denied }];
const lost = [{ ...agent, online: false }];

describe('the roles of the instances', () => {
  it.each<[string, Partial<Readings>, readonly object[]]>([
    ['allow all', {}, [{ state: 'ok', about: 'roles', says: 'all 1 running instances have what the agents need' }]],
    [
      'are not asked of what does not run',
      { fleets: fleetOf(aMember('i-1', { running: false })) },
      [{ state: 'ok', about: 'roles', says: 'all 0 running instances have what the agents need' }],
    ],
    [
      'deny its agent what Systems Manager gives an instance that it reaches',
      { rights: ofWeb('ssm:UpdateInstanceInformation') },
      [{ state: 'ok', about: 'roles', says: 'all 1 running instances have what the agents need' }],
    ],
    [
      'deny the metrics',
      { rights: ofWeb('cloudwatch:PutMetricData') },
      [{ state: 'wrong', about: INSTANCE, says: `role web lacks rights of ${METRICS}`, mend: attach(METRICS) }],
    ],
    [
      'deny the agent of Systems Manager, which does not answer',
      { rights: ofWeb('ssmmessages:OpenControlChannel'), managed: lost },
      [{ state: 'wrong', about: INSTANCE, says: `role web lacks rights of ${SSM}`, mend: attach(SSM) }],
    ],
    [
      'deny both, in another partition',
      {
        rights: [{ profile: BARE, role: 'web', denied: allInstanceActions }],
        ...{ fleets: fleetOf(aMember(INSTANCE, { profile: BARE })), managed: [] },
      },
      [
        {
          ...{ state: 'wrong', about: INSTANCE, says: `role web lacks rights of ${SSM} and ${METRICS}` },
          mend: `${attach(SSM, 'aws-cn')} && ${attach(METRICS, 'aws-cn')}`,
        },
      ],
    ],
    [
      'are none, since there is no instance profile',
      { fleets: fleetOf(aMember(INSTANCE), aMember('i-1'), aMember('i-2')) },
      [withoutProfile(INSTANCE, INSTANCE, `${METRICS}`), withoutProfile('i-1, i-2', 'i-1', `${SSM} and ${METRICS}`)],
    ],
    [
      'are missing in an instance profile, of which each is told',
      {
        fleets: fleetOf(aMember('i-1', { profile: PROFILE }), aMember('i-2', { profile: BARE }), aMember('i-3', { profile: BARE })),
        rights: [PROFILE, BARE].map((profile) => ({ profile, denied: [] })),
      },
      [
        {
          ...{ state: 'wrong', about: 'i-1', says: `${PROFILE} has no role` },
          mend: 'aws iam add-role-to-instance-profile --instance-profile-name web --role-name …',
        },
        {
          ...{ state: 'wrong', about: 'i-2, i-3', says: `${BARE} has no role` },
          mend: 'aws iam add-role-to-instance-profile --instance-profile-name bare --role-name …',
        },
      ],
    ],
    [
      'could not be read',
      { rights: [{ profile: PROFILE, denied: [], unread: 'AccessDenied' }] },
      [
        {
          ...{ state: 'unknown', about: PROFILE, says: 'its rights could not be read: AccessDenied' },
          mend: 'ask for iam:GetInstanceProfile and iam:SimulatePrincipalPolicy',
        },
      ],
    ],
  ])('are judged where they %s', (_, readings, findings) => {
    expect(foundBy(roles, readings)).toEqual(findings);
  });

  it('that lack the same are told together, and those that lack something else apart', () => {
    const other = `${PROFILE}-two`;
    const members = ['i-1', 'i-2', 'i-3'].map((id) => aMember(id, { profile: id === 'i-3' ? other : PROFILE }));
    const rights = [...ofWeb('ec2:DescribeTags'), { profile: other, role: 'shop', denied: ['ec2:DescribeTags'] }];
    const managed = members.map(({ id }) => ({ ...agent, id }));
    expect(foundBy(roles, { fleets: [...fleetOf(...members), ...fleetOf(...members)], rights, managed }).map(({ about }) => about)).toEqual(
      ['i-1, i-2', 'i-3'],
    );
  });
});

describe('what an instance lacks', () => {
  it('names its profile and its role where it has them', () => {
    const fleets = fleetOf(aMember('i-1'), aMember('i-2', { profile: BARE }), aMember('i-3', { profile: PROFILE }));
    const rights = [{ profile: BARE, denied: [] }, ...ofWeb('ec2:DescribeTags')];
    expect(lacking({ fleets, rights, managed: [] })).toStrictEqual([
      { instance: 'i-1', policies: [SSM, METRICS] },
      { instance: 'i-2', policies: [SSM, METRICS], profile: BARE },
      { instance: 'i-3', policies: [METRICS], profile: PROFILE, role: 'web' },
    ]);
  });
});
