import {
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type Instance,
  type _InstanceType as InstanceType,
} from '@aws-sdk/client-ec2';
import type { Hosting } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';

/** Reads what a host keeps for an instance; undefined when there is no such instance. */
export async function hostingOf(client: EC2Client, id: string): Promise<Hosting | undefined> {
  const command = new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [id] }] });
  const answer = await reading('describe the instance', () => client.send(command));
  const instance = answer.Reservations?.flatMap(({ Instances = [] }) => Instances).find(({ InstanceId }) => InstanceId === id);
  if (!instance) return undefined;
  return {
    launchedAt: instance.LaunchTime?.toISOString() ?? '',
    instanceStore: await hasInstanceStore(client, instance),
    spot: instance.InstanceLifecycle === 'spot',
    dedicatedHost: instance.Placement?.Tenancy === 'host',
    publicAddress: publicAddressOf(instance),
    keys: await keysOf(client, instance),
  };
}

/** A type that EC2 does not describe counts as one with an instance store: not knowing is no reason to lose data. */
async function hasInstanceStore(client: EC2Client, { RootDeviceType, InstanceType: type }: Instance): Promise<boolean> {
  if (RootDeviceType === 'instance-store' || !type) return true;
  const command = new DescribeInstanceTypesCommand({ InstanceTypes: [type as InstanceType] });
  const answer = await reading('describe the instance type', () => client.send(command));
  return answer.InstanceTypes?.find(({ InstanceType: name }) => name === type)?.InstanceStorageSupported ?? true;
}

async function keysOf(client: EC2Client, { BlockDeviceMappings = [] }: Instance): Promise<readonly string[]> {
  const ids = BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.VolumeId ?? []);
  if (ids.length === 0) return [];
  const command = new DescribeVolumesCommand({ Filters: [{ Name: 'volume-id', Values: ids }] });
  const answer = await reading('describe the volumes of the instance', () => client.send(command));
  return [
    ...new Set((answer.Volumes ?? []).filter(({ VolumeId = '' }) => ids.includes(VolumeId)).flatMap(({ KmsKeyId }) => KmsKeyId ?? [])),
  ];
}

/** Only Amazon's own addresses are given back at a stop; an Elastic IP belongs to the account. */
function publicAddressOf({ PublicIpAddress, NetworkInterfaces = [] }: Instance): Hosting['publicAddress'] {
  if (!PublicIpAddress) return 'none';
  return NetworkInterfaces.some(({ Association }) => Association?.IpOwnerId === 'amazon') ? 'changes' : 'kept';
}
