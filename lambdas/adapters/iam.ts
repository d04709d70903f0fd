import { GetInstanceProfileCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { ProfileRights } from '../core/doctor/readings.ts';
import { reading } from './aws-call.ts';

/**
 * What an instance profile lets its instances do, as IAM itself judges it: managed and inline policies and the boundary of its role.
 * What the organization forbids is not seen.
 */
export async function profileRights(profile: string, actions: readonly string[], client = new IAMClient({})): Promise<ProfileRights> {
  const InstanceProfileName = profile.split('/').at(-1) ?? profile;
  const found = await reading('read the instance profile', () => client.send(new GetInstanceProfileCommand({ InstanceProfileName })));
  const role = found.InstanceProfile?.Roles?.[0];
  if (!role?.Arn) return { profile, denied: [...actions] };
  const denied = await deniedTo(role.Arn, actions, {}, client);
  return { profile, denied, ...(role.RoleName !== undefined && { role: role.RoleName }) };
}

/** Which of the actions, on any resource, a role may not do under these values of condition keys. */
export async function deniedTo(
  roleArn: string,
  actions: readonly string[],
  conditions: Readonly<Record<string, string>>,
  client = new IAMClient({}),
): Promise<readonly string[]> {
  const ContextEntries = Object.entries(conditions).map(([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyValues: [value],
    ContextKeyType: 'string' as const,
  }));
  const denied: string[] = [];
  let Marker: string | undefined;
  do {
    const command = new SimulatePrincipalPolicyCommand({
      ...{ PolicySourceArn: roleArn, ActionNames: [...actions], Marker },
      ...(ContextEntries.length > 0 && { ContextEntries }),
    });
    const page = await reading('ask IAM what the role may do', () => client.send(command));
    for (const { EvalActionName = '', EvalDecision } of page.EvaluationResults ?? [])
      if (EvalDecision !== 'allowed') denied.push(EvalActionName);
    Marker = page.IsTruncated ? page.Marker : undefined;
  } while (Marker);
  return denied;
}
