import { awsCommandHere, ownCommandHere } from '../commands-here.ts';
import { check, type Place } from './check.ts';
import { type Finding, ok, someOf, unknown, wrong } from './finding.ts';
import { instanceActions, instancePolicies } from './instance-actions.ts';
import { instanceRoleName } from './instance-role.ts';
import type { ProfileRights, Readings } from './readings.ts';
import { runningMembers } from './running-members.ts';

/** What one running instance lacks. */
export interface Lack {
  readonly instance: string;
  readonly profile?: string;
  readonly role?: string;
  /** The managed policies whose rights it does not have. */
  readonly policies: readonly string[];
}

/**
 * The running instances that lack rights. One that Systems Manager reaches has those of its agent, wherever from: the account's Default
 * Host Management Configuration gives them without an instance profile.
 */
export function lacking({ fleets, managed, rights }: Pick<Readings, 'fleets' | 'managed' | 'rights'>): readonly Lack[] {
  const online = new Set(managed.flatMap((each) => (each.online ? each.id : [])));
  const known = new Map(rights.map((each) => [each.profile, each]));
  return runningMembers(fleets).flatMap(({ id, profile }) => {
    const own = profile === undefined ? undefined : known.get(profile);
    if (own?.unread !== undefined) return [];
    const policies = instancePolicies.filter(
      (policy) => !(policy === 'AmazonSSMManagedInstanceCore' && online.has(id)) && lacks(own, instanceActions[policy]),
    );
    if (policies.length === 0) return [];
    return [{ instance: id, policies, ...(profile !== undefined && { profile }), ...(own?.role !== undefined && { role: own.role }) }];
  });
}

function lacks(rights: ProfileRights | undefined, actions: readonly string[]): boolean {
  return rights?.role === undefined || actions.some((action) => rights.denied.includes(action));
}

/** Whether the agents on the instances may speak with AWS. */
export const roles = check({
  name: 'roles',
  whether: 'each instance has a role that lets its agents speak with Systems Manager and CloudWatch',
  needs: ['fleets', 'managed', 'rights'],
  judge(readings, place) {
    const unread = readings.rights.flatMap(({ profile, unread: why }) =>
      why === undefined
        ? []
        : [unknown(profile, `its rights could not be read: ${why}`, 'ask for iam:GetInstanceProfile and iam:SimulatePrincipalPolicy')],
    );
    const found = [...groups(lacking(readings), place), ...unread];
    return found.length > 0
      ? found
      : [ok('roles', `all ${runningMembers(readings.fleets).length} running instances have what the agents need`)];
  },
});

/** Words for the AWS CLI that give an instance a profile. */
export function associating(instance: string, profile: string): string {
  return `ec2 associate-iam-instance-profile --instance-id ${instance} --iam-instance-profile Name=${profile}`;
}

/** One finding for all instances that lack the same. */
function groups(lacks: readonly Lack[], place: Place): readonly Finding[] {
  const byLack = new Map<string, Lack[]>();
  for (const lack of lacks) {
    const key = JSON.stringify([lack.role ?? lack.profile, lack.policies]);
    byLack.set(key, [...(byLack.get(key) ?? []), lack]);
  }
  return [...byLack.values()].map((same) => {
    const [{ role, profile, policies, instance }] = same as [Lack, ...Lack[]];
    const about = someOf(same.map((each) => each.instance));
    if (profile === undefined)
      return wrong(
        about,
        `no instance profile, so that the rights of ${policies.join(' and ')} are missing`,
        [
          ownCommandHere(place, 'instance-role --deploy'),
          awsCommandHere(place, associating(instance, instanceRoleName(place.pipeline, place.region ?? '<Region>'))),
        ].join('\n'),
      );
    if (role === undefined) {
      const name = profile.split('/').at(-1);
      return wrong(
        about,
        `${profile} has no role`,
        awsCommandHere(place, `iam add-role-to-instance-profile --instance-profile-name ${name} --role-name …`),
      );
    }
    return wrong(
      about,
      `role ${role} lacks rights of ${policies.join(' and ')}`,
      policies
        .map((policy) => {
          const arn = `arn:${profile.split(':')[1]}:iam::aws:policy/${policy}`;
          return awsCommandHere(place, `iam attach-role-policy --role-name ${role} --policy-arn ${arn}`);
        })
        .join(' && '),
    );
  });
}
