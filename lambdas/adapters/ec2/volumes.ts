import {
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  EC2Client,
  ModifyVolumeCommand,
} from '@aws-sdk/client-ec2';
import type { VolumeModification, Volumes } from '../../core/ports.ts';
import { acting, actingClient, reading } from '../aws-call.ts';

const MILLISECONDS_PER_HOUR = 3_600_000;

/** EBS volumes. What does not exist is asked for by filter, so that the answer is empty and not an error. */
export function volumes(client = new EC2Client({}), actor = new EC2Client(actingClient)): Volumes {
  return {
    async devices(instanceId) {
      const command = new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [instanceId] }] });
      const answer = await reading('describe the devices of the instance', () => client.send(command));
      const instance = answer.Reservations?.flatMap(({ Instances = [] }) => Instances).find(({ InstanceId }) => InstanceId === instanceId);
      if (!instance) return undefined;
      const pairs = (instance.BlockDeviceMappings ?? []).flatMap(({ DeviceName, Ebs }) =>
        DeviceName && Ebs?.VolumeId ? [[DeviceName, Ebs.VolumeId] as const] : [],
      );
      return { ...(instance.RootDeviceName && { root: instance.RootDeviceName }), volumes: Object.fromEntries(pairs) };
    },
    async describe(id) {
      const command = new DescribeVolumesCommand({ Filters: [{ Name: 'volume-id', Values: [id] }] });
      const answer = await reading('describe the volume', () => client.send(command));
      const volume = answer.Volumes?.find(({ VolumeId }) => VolumeId === id);
      if (!volume) return undefined;
      return {
        id,
        gibibytes: volume.Size ?? 0,
        state: volume.State ?? 'unknown',
        attachedTo: (volume.Attachments ?? []).flatMap(({ InstanceId }) => InstanceId ?? []),
        tags: Object.fromEntries((volume.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      };
    },
    async lastModification(id) {
      const command = new DescribeVolumesModificationsCommand({ Filters: [{ Name: 'volume-id', Values: [id] }] });
      const answer = await reading('describe the modifications of the volume', () => client.send(command));
      // A volume that was never modified may be listed, without a state.
      const [last] = (answer.VolumesModifications ?? [])
        .filter(({ VolumeId, ModificationState, StartTime }) => VolumeId === id && ModificationState && StartTime)
        .toSorted((a, b) => Number(b.StartTime) - Number(a.StartTime));
      if (!last) return undefined;
      return {
        state: last.ModificationState as VolumeModification['state'],
        gibibytes: last.TargetSize ?? 0,
        ageHours: (Date.now() - Number(last.StartTime)) / MILLISECONDS_PER_HOUR,
      };
    },
    async grow(id, gibibytes) {
      await acting('grow the volume', () => actor.send(new ModifyVolumeCommand({ VolumeId: id, Size: gibibytes })));
    },
  };
}
