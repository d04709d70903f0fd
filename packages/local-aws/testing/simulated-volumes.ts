import { AwsError, type Parameters, type Service, type Upstream } from '../gateway/service.ts';

type State = 'modifying' | 'optimizing' | 'completed' | 'failed';

interface Modification {
  readonly size: number;
  readonly startedAt: Date;
  state: State;
}

const PAUSE_MILLISECONDS = 6 * 3_600_000;

/** What EBS remembers of changes, which the local AWS does not, and its pause between two of them. */
export interface SimulatedVolumes {
  readonly service: Service;
  /** The state of every change from now on. */
  move(state: State): void;
  /** As if the volume had been changed so long ago. */
  remember(volumeId: string, hoursAgo: number): void;
}

/**
 * A change of a volume is remembered and passed on to the local AWS when it is no longer `modifying`, since only then does the volume show
 * its new size. Sizes only grow, and not twice in six hours. The volumes themselves are those of the local AWS.
 */
export function simulatedVolumes(initial: State = 'optimizing'): SimulatedVolumes {
  const modifications = new Map<string, Modification>();
  const pending = new Map<string, () => Promise<unknown>>();
  let state = initial;
  const arrive = async () => {
    if (state === 'modifying' || state === 'failed') return;
    for (const [id, change] of pending) {
      pending.delete(id);
      await change();
    }
  };
  return {
    move(next) {
      state = next;
      for (const modification of modifications.values()) modification.state = next;
    },
    remember: (id, hours) =>
      void modifications.set(id, { size: 1, startedAt: new Date(Date.now() - hours * 3_600_000), state: 'completed' }),
    service: {
      service: 'ec2',
      note: 'Changes of volumes take their time and their pause; the local AWS makes them at once and remembers none.',
      actions: {
        async ModifyVolume({ VolumeId, Size }, upstream) {
          const [id, size] = [String(VolumeId), Number(Size)];
          const last = modifications.get(id);
          if (last && (last.state === 'modifying' || last.state === 'optimizing'))
            throw new AwsError('IncorrectModificationState', `Volume ${id} cannot be modified in modification state ${last.state}`);
          if (last && Date.now() - last.startedAt.getTime() < PAUSE_MILLISECONDS)
            throw new AwsError('VolumeModificationRateExceeded', 'Wait at least 6 hours between modifications per EBS volume.');
          if (size < (await sizeOf(id, upstream)))
            throw new AwsError('InvalidParameterValue', 'New size cannot be smaller than existing size');
          modifications.set(id, { size, startedAt: new Date(), state });
          pending.set(id, () => upstream.call('ec2', 'ModifyVolume', { VolumeId: id, Size: size }));
          await arrive();
          return { VolumeModification: described([id, { size, startedAt: new Date(), state }]) };
        },
        async DescribeVolumes(parameters, upstream) {
          await arrive();
          return upstream.call('ec2', 'DescribeVolumes', parameters);
        },
        DescribeVolumesModifications: async (parameters) => ({
          VolumesModifications: [...modifications].filter(([id]) => wanted(id, parameters)).map(described),
        }),
      },
    },
  };
}

async function sizeOf(id: string, upstream: Upstream): Promise<number> {
  const { Volumes = [] } = (await upstream.call('ec2', 'DescribeVolumes', { VolumeIds: [id] })) as { Volumes?: { Size: number }[] };
  return Volumes[0]?.Size ?? 0;
}

function wanted(id: string, { Filters = [] }: Parameters): boolean {
  return (Filters as { Name: string; Values: readonly string[] }[]).every(
    ({ Name, Values }) => Name === 'volume-id' && Values.includes(id),
  );
}

function described([VolumeId, { size, startedAt, state }]: readonly [string, Modification]) {
  return { VolumeId, ModificationState: state, TargetSize: size, StartTime: startedAt, Progress: state === 'completed' ? 100 : 50 };
}
