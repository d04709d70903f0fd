import { AwsError, type Parameters, type Service, type Upstream } from '../gateway/service.ts';
import { describedModification, type Modification, refuseTooSoon } from '../services/ec2/volumes.ts';

type State = Modification['state'];

/** What EBS remembers of changes, which the local AWS does not, and how many it takes in a day. */
export interface SimulatedVolumes {
  readonly service: Service;
  /** The state of every change from now on. */
  move(state: State): void;
  /** As if the volume had been changed so long ago. */
  remember(volumeId: string, hoursAgo: number): void;
}

/**
 * A change of a volume is remembered and passed on to the local AWS when it is no longer `modifying`, since only then does the volume show
 * its new size. Sizes only grow, and at most four times in 24 hours. The volumes themselves are those of the local AWS.
 */
export function simulatedVolumes(): SimulatedVolumes {
  const modifications = new Map<string, readonly Modification[]>();
  const pending = new Map<string, () => Promise<unknown>>();
  let state: State = 'optimizing';
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
      for (const modification of [...modifications.values()].flat()) modification.state = next;
    },
    remember: (id, hours) =>
      void modifications.set(id, [{ from: 1, to: 1, startedAt: Date.now() - hours * 3_600_000, state: 'completed' }]),
    service: {
      service: 'ec2',
      note: 'Changes of volumes take their time and their pause; the local AWS makes them at once and remembers none.',
      actions: {
        async ModifyVolume({ VolumeId, Size }, upstream) {
          const [id, size] = [String(VolumeId), Number(Size)];
          const before = modifications.get(id) ?? [];
          refuseTooSoon(id, before, Date.now());
          const from = await sizeOf(id, upstream);
          if (size < from) throw new AwsError('InvalidParameterValue', 'New size cannot be smaller than existing size');
          const modification: Modification = { from, to: size, startedAt: Date.now(), state };
          modifications.set(id, [...before, modification]);
          pending.set(id, () => upstream.call('ec2', 'ModifyVolume', { VolumeId: id, Size: size }));
          await arrive();
          return { VolumeModification: describedModification(id, modification) };
        },
        async DescribeVolumes(parameters, upstream) {
          await arrive();
          return upstream.call('ec2', 'DescribeVolumes', parameters);
        },
        DescribeVolumesModifications: async (parameters) => ({
          VolumesModifications: [...modifications]
            .filter(([id]) => wanted(id, parameters))
            .flatMap(([id, changes]) => changes.slice(-1).map((last) => describedModification(id, last))),
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
