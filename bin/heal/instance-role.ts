import { deployStack } from '../../lambdas/adapters/cloudformation.ts';
import { doctorClients } from '../../lambdas/adapters/doctor-clients.ts';
import type { Place } from '../../lambdas/adapters/operator-clients.ts';
import { readManifest } from '../../lambdas/adapters/ssm/manifest.ts';
import { awsCommandHere, ownCommandHere } from '../../lambdas/core/commands-here.ts';
import { instanceRoleStack, instanceRoleTemplate } from '../../lambdas/core/doctor/instance-role.ts';
import { associating, lacking } from '../../lambdas/core/doctor/roles.ts';
import { CannotDo } from './cannot-do.ts';
import type { Account } from './doctor/account.ts';
import { deployedAccount } from './doctor/deployed-account.ts';
import { type Output, table } from './output.ts';
import type { Screen } from './screen.ts';

/** The template, which nobody needs credentials for. JSON is YAML, too, so that CloudFormation takes it as either. */
export function printedRole(pipeline: string): Output {
  const template = instanceRoleTemplate(pipeline);
  return { data: template, text: JSON.stringify(template, null, 2) };
}

/** Makes role and instance profile by a stack of their own, or leaves them as they are. */
export async function deployedRole(pipeline: string, place: Place): Promise<Output> {
  const stack = instanceRoleStack(pipeline);
  const { was, outputs } = await deployStack(stack, instanceRoleTemplate(pipeline), doctorClients(place).cloudformation);
  const profile = outputs.InstanceProfile ?? '';
  const text = [
    `Stack ${stack} was ${was === 'the same' ? 'there already, as it should be' : was}. Its instance profile is ${profile}.`,
    `Give it to an instance: ${awsCommandHere(place, associating('i-…', profile))}`,
    `Of an Auto Scaling group it belongs into the launch template. Who lacks it: ${ownCommandHere({ pipeline, ...place }, 'instance-role --check')}`,
  ].join('\n');
  return { data: { stack, was, profile }, text };
}

/** @throws CannotDo when there is no such pipeline where the credentials lead */
export async function lackingRole(pipeline: string, place: Place, now: number, screen: Screen): Promise<Output> {
  const aws = doctorClients(place);
  const manifest = await readManifest(pipeline, aws.ssm);
  if (!manifest)
    throw new CannotDo(`there is no pipeline "${pipeline}" in this account and Region`, 'check --profile, --region and --pipeline');
  return lackingIn(deployedAccount({ aws, pipeline, manifest, now, onNodes: false }), screen);
}

/** Which running instances of an account lack rights; whose rights could not be read is told apart. */
export async function lackingIn(account: Pick<Account, 'fleets' | 'managed' | 'rights'>, screen: Screen): Promise<Output> {
  const [fleets, managed, rights] = await Promise.all([account.fleets(), account.managed(), account.rights()]);
  const lacks = lacking({ fleets, managed, rights });
  const unread = rights.flatMap(({ profile, unread: why }) => (why === undefined ? [] : [{ profile, why }]));
  const rows = lacks.map(({ instance, profile = '-', role = '-', policies }) => [instance, profile, role, policies.join(', ')]);
  const text = [
    rows.length === 0
      ? 'Every running instance whose rights are known has what it needs.'
      : table(['INSTANCE', 'PROFILE', 'ROLE', 'LACKS'], rows, screen),
    ...unread.map(({ profile, why }) => `The rights of ${profile} could not be read: ${why}`),
  ].join('\n');
  return { data: { lacks, unread }, text, exitCode: lacks.length > 0 ? 1 : unread.length > 0 ? 2 : 0 };
}
