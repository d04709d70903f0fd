import {
  DescribeInstanceStatusCommand,
  type DescribeInstanceStatusCommandInput,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeVolumesCommand,
  type EbsStatusSummary,
  EC2Client,
  type Instance as Ec2Instance,
  type Filter,
  type InstanceStatus,
  type InstanceStatusSummary,
  type _InstanceType as InstanceType,
  RebootInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Instant } from '../../core/duration.ts';
import type { Hosting, Instance, Instances } from '../../core/ports.ts';
import type { StatusCheckState } from '../../core/status-check.ts';
import { acting, actingClient, reading } from '../aws-call.ts';

/** EC2 refuses a filter with more values. */
const VALUES_A_FILTER = 200;

/** EC2 instances. */
export function instances(client = new EC2Client({}), actor = new EC2Client(actingClient)): Instances {
  return {
    async describe(ids) {
      const found: Instance[] = [];
      for (let from = 0; from < ids.length; from += VALUES_A_FILTER) {
        found.push(...(await describe(client, [{ Name: 'instance-id', Values: ids.slice(from, from + VALUES_A_FILTER) }])));
      }
      // Not every stand-in for EC2 knows the filter; whoever takes the first answer must not get another instance.
      return found.filter(({ id }) => ids.includes(id));
    },
    tagged: (key, value) =>
      describe(client, [
        { Name: `tag:${key}`, Values: [value] },
        { Name: 'instance-state-name', Values: ['pending', 'running'] },
      ]),
    async statusChecks(id) {
      // Without `IncludeAllInstances` it lists only running instances.
      const answer = await reading('describe the status checks', () =>
        client.send(new DescribeInstanceStatusCommand({ InstanceIds: [id] })),
      );
      return checksOf(answer.InstanceStatuses?.find(({ InstanceId }) => InstanceId === id));
    },
    async statusCheck(id, check) {
      const statuses = await describeStatuses(client, { Filters: [{ Name: 'instance-id', Values: [id] }] });
      const status = statuses.find(({ InstanceId }) => InstanceId === id);
      return checksOf(status && { [MEMBERS[check]]: status[MEMBERS[check]] });
    },
    async impaired(check) {
      const Filters = [{ Name: `${check}-status.status`, Values: ['impaired'] }];
      const statuses = await describeStatuses(client, { Filters });
      return statuses.flatMap(({ InstanceId: id = '', [MEMBERS[check]]: status }) =>
        status?.Status === 'impaired' ? { id, ...impairedSince(status) } : [],
      );
    },
    async reboot(id) {
      await acting('reboot the instance', () => actor.send(new RebootInstancesCommand({ InstanceIds: [id] })));
    },
    hosting: (id) => hostingOf(client, id),
  };
}

/** Where the answer has a check. */
const MEMBERS = { system: 'SystemStatus', instance: 'InstanceStatus', 'attached-ebs': 'AttachedEbsStatus' } as const;

/** The statuses of running instances, all pages of them. */
async function describeStatuses(client: EC2Client, input: DescribeInstanceStatusCommandInput): Promise<readonly InstanceStatus[]> {
  const found: InstanceStatus[] = [];
  let NextToken: string | undefined;
  do {
    const command = new DescribeInstanceStatusCommand({ ...input, NextToken });
    const page = await reading('describe the status checks', () => client.send(command));
    found.push(...(page.InstanceStatuses ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/** The same failure must always have the same time, by which its incident is known; none is made up where EC2 says none. */
function impairedSince({ Details = [] }: InstanceStatusSummary | EbsStatusSummary): { readonly since?: Instant } {
  const times = Details.flatMap(({ ImpairedSince }) => ImpairedSince?.getTime() ?? []);
  return times.length === 0 ? {} : { since: Math.min(...times) };
}

/** Filters, not `InstanceIds`, so that an id which does not exist gives an empty answer and not an error. */
async function describe(client: EC2Client, Filters: Filter[]): Promise<readonly Instance[]> {
  const found: Instance[] = [];
  let NextToken: string | undefined;
  do {
    const page = await reading('describe instances', () => client.send(new DescribeInstancesCommand({ Filters, NextToken })));
    for (const reservation of page.Reservations ?? []) found.push(...(reservation.Instances ?? []).map(instanceOf));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

function instanceOf({
  InstanceId = '',
  State,
  Tags = [],
  Placement,
  InstanceType,
  ImageId,
  LaunchTime,
  IamInstanceProfile,
}: Ec2Instance): Instance {
  const tags = Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
  const { AvailabilityZone: zone } = Placement ?? {};
  return {
    id: InstanceId,
    state: (State?.Name ?? 'terminated') as Instance['state'],
    tags,
    ...(LaunchTime && { launchedAt: LaunchTime.getTime() }),
    ...(zone !== undefined && { zone }),
    ...(InstanceType !== undefined && { type: InstanceType }),
    ...(ImageId !== undefined && { image: ImageId }),
    ...(IamInstanceProfile?.Arn !== undefined && { profile: IamInstanceProfile.Arn }),
  };
}

/** The checks together: one that is impaired decides, then one that still begins. */
function checksOf(status: Pick<InstanceStatus, 'InstanceStatus' | 'SystemStatus' | 'AttachedEbsStatus'> | undefined): StatusCheckState {
  if (!status) return 'unknown';
  const checks = [status.InstanceStatus, status.SystemStatus, status.AttachedEbsStatus].flatMap((check) => check?.Status ?? []);
  if (checks.includes('impaired')) return 'impaired';
  if (checks.includes('initializing')) return 'initializing';
  return checks.length > 0 && checks.every((check) => check === 'ok' || check === 'not-applicable') ? 'ok' : 'unknown';
}

/** Reads what a host keeps for an instance; undefined when there is no such instance. */
async function hostingOf(client: EC2Client, id: string): Promise<Hosting | undefined> {
  const command = new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [id] }] });
  const answer = await reading('describe the instance', () => client.send(command));
  const instance = answer.Reservations?.flatMap(({ Instances = [] }) => Instances).find(({ InstanceId }) => InstanceId === id);
  if (!instance) return undefined;
  return {
    launchedAt: instance.LaunchTime?.toISOString() ?? '',
    instanceStore: await hasInstanceStore(client, instance),
    ...(instance.InstanceLifecycle && { lifecycle: instance.InstanceLifecycle }),
    dedicatedHost: instance.Placement?.Tenancy === 'host',
    publicAddress: publicAddressOf(instance),
    keys: await keysOf(client, instance),
  };
}

/** A type that EC2 does not describe counts as one with an instance store: not knowing is no reason to lose data. */
async function hasInstanceStore(client: EC2Client, { RootDeviceType, InstanceType: type }: Ec2Instance): Promise<boolean> {
  if (RootDeviceType === 'instance-store' || !type) return true;
  const command = new DescribeInstanceTypesCommand({ InstanceTypes: [type as InstanceType] });
  const answer = await reading('describe the instance type', () => client.send(command));
  return answer.InstanceTypes?.find(({ InstanceType: name }) => name === type)?.InstanceStorageSupported ?? true;
}

async function keysOf(client: EC2Client, { BlockDeviceMappings = [] }: Ec2Instance): Promise<readonly string[]> {
  const ids = BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.VolumeId ?? []);
  if (ids.length === 0) return [];
  const command = new DescribeVolumesCommand({ Filters: [{ Name: 'volume-id', Values: ids }] });
  const answer = await reading('describe the volumes of the instance', () => client.send(command));
  return [
    ...new Set((answer.Volumes ?? []).filter(({ VolumeId = '' }) => ids.includes(VolumeId)).flatMap(({ KmsKeyId }) => KmsKeyId ?? [])),
  ];
}

/** Only Amazon's own addresses are given back at a stop; an Elastic IP belongs to the account. */
function publicAddressOf({ PublicIpAddress, NetworkInterfaces = [] }: Ec2Instance): Hosting['publicAddress'] {
  if (!PublicIpAddress) return 'none';
  return NetworkInterfaces.some(({ Association }) => Association?.IpOwnerId === 'amazon') ? 'changes' : 'kept';
}
