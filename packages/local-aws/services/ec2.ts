import { AwsError, type Parameters, type Service } from '../gateway/service.ts';
import { type Ec2Disks, volumeActions } from './ec2/volumes.ts';

/** One instance as EC2 shows it. */
export interface Ec2Instance {
  readonly id: string;
  readonly state: 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';
  readonly tags: Readonly<Record<string, string>>;
  /** What both status checks say of a running instance. @default ok */
  readonly checks?: 'ok' | 'initializing' | 'impaired';
  /** Since when they are impaired. */
  readonly impairedSince?: Date;
  /** Its EBS volumes by device. @default - none is shown */
  readonly volumes?: Readonly<Record<string, string>>;
  /** @default - the device of the first volume */
  readonly rootDevice?: string;
  /** Availability Zone. @default - none is shown */
  readonly zone?: string;
  /** @default - none is shown */
  readonly type?: string;
  /** ARN of its instance profile. @default - it has none */
  readonly profile?: string;
  /** When it was started last. @default - is not shown */
  readonly launchedAt?: Date;
}

/** What stands behind the instances. */
export interface Ec2Machines {
  instances(): readonly Ec2Instance[];
  /** Resolves when the machine is up again. */
  reboot(instanceId: string): Promise<void>;
}

interface Filter {
  readonly Name: string;
  readonly Values: readonly string[];
}

/** EC2's numbers for its states. */
const stateCodes = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 } as const;

/** EC2 instances are the managed nodes: what is described is what runs. Without disks the volumes are left to the local AWS. */
export function createEc2(machines: Ec2Machines, disks?: Ec2Disks): Service {
  const instances = () => machines.instances();
  return {
    service: 'ec2',
    note: 'The instances are the managed nodes, with their real state; types and networks of AWS are not shown. A reboot is a real one; what does not shut down is cut off. A volume is a file behind a loop device of its size: a change really makes the disk larger, in seconds, and a fifth one within 24 hours is refused.',
    actions: {
      ...(disks && volumeActions(disks)),
      DescribeInstances: async (parameters) => ({
        Reservations: found(instances(), parameters).map((instance) => ({ Instances: [described(instance)] })),
      }),
      DescribeInstanceStatus: async (parameters) => ({
        InstanceStatuses: (parameters.InstanceIds === undefined ? instances() : named(instances(), parameters))
          .filter((instance) => instance.state === 'running' && filtersOf(parameters).every((filter) => passes(instance, filter)))
          .map(statusOf),
      }),
      RebootInstances: async (parameters) => {
        for (const { id, state } of named(instances(), parameters)) {
          // EC2 answers at once and reboots afterwards; what is terminated already it passes over.
          if (state !== 'terminated') machines.reboot(id).catch((error) => console.error('A reboot failed:', error));
        }
        return {};
      },
      DescribeTags: async (parameters) => ({ Tags: tagsOf(instances(), filtersOf(parameters)) }),
    },
  };
}

function found(instances: readonly Ec2Instance[], parameters: Parameters): readonly Ec2Instance[] {
  const ids = (parameters.InstanceIds ?? []) as readonly string[];
  return instances.filter(
    (instance) => (ids.length === 0 || ids.includes(instance.id)) && filtersOf(parameters).every((filter) => passes(instance, filter)),
  );
}

/** The instances that the call names by id, which must all exist. */
function named(instances: readonly Ec2Instance[], parameters: Parameters): readonly Ec2Instance[] {
  const ids = (parameters.InstanceIds ?? []) as readonly string[];
  return ids.map((id) => {
    const found = instances.find((instance) => instance.id === id);
    if (!found) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
    return found;
  });
}

function statusOf({ id, checks = 'ok', impairedSince }: Ec2Instance): Record<string, unknown> {
  const failed =
    checks === 'impaired' ? { Status: 'failed', ImpairedSince: impairedSince } : { Status: checks === 'ok' ? 'passed' : checks };
  const check = { Status: checks, Details: [{ Name: 'reachability', ...failed }] };
  return { InstanceId: id, InstanceState: { Code: stateCodes.running, Name: 'running' }, InstanceStatus: check, SystemStatus: check };
}

function filtersOf(parameters: Parameters): readonly Filter[] {
  return (parameters.Filters ?? []) as readonly Filter[];
}

function passes({ id, state, tags, checks = 'ok' }: Ec2Instance, { Name, Values }: Filter): boolean {
  if (Name === 'instance-status.status' || Name === 'system-status.status') return Values.includes(checks);
  // The volumes of the nodes have no check.
  if (Name === 'attached-ebs-status.status') return false;
  if (Name === 'instance-id') return Values.includes(id);
  if (Name === 'instance-state-name') return Values.includes(state);
  if (Name.startsWith('tag:')) return Values.includes(tags[Name.slice('tag:'.length)] ?? '');
  throw new Error(`the local AWS's EC2 does not know the filter ${Name}`);
}

function described({ id, state, tags, volumes = {}, rootDevice, type, launchedAt, zone, profile }: Ec2Instance): Record<string, unknown> {
  const [RootDeviceName] = rootDevice === undefined ? Object.keys(volumes) : [rootDevice];
  return {
    InstanceId: id,
    InstanceType: type,
    LaunchTime: launchedAt,
    IamInstanceProfile: profile === undefined ? undefined : { Arn: profile },
    Placement: zone === undefined ? undefined : { AvailabilityZone: zone },
    RootDeviceName,
    BlockDeviceMappings: Object.entries(volumes).map(([DeviceName, VolumeId]) => ({ DeviceName, Ebs: { VolumeId, Status: 'attached' } })),
    State: { Code: stateCodes[state], Name: state },
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

function tagsOf(instances: readonly Ec2Instance[], filters: readonly Filter[]): readonly Record<string, unknown>[] {
  const wanted = (name: string, value: string) => filters.filter(({ Name }) => Name === name).every(({ Values }) => Values.includes(value));
  return instances.flatMap(({ id, tags }) =>
    Object.entries(tags)
      .filter(([key]) => wanted('key', key) && wanted('resource-id', id) && wanted('resource-type', 'instance'))
      .map(([Key, Value]) => ({ Key, Value, ResourceId: id, ResourceType: 'instance' })),
  );
}
