import { type ActionHandler, AwsError, type Parameters } from '../../gateway/service.ts';

/** One EBS volume as EC2 shows it, attached to an instance. */
export interface Ec2Volume {
  readonly id: string;
  readonly gibibytes: number;
  readonly attachedTo: string;
  /** As EC2 names it. */
  readonly device: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The disks behind the volumes. */
export interface Ec2Disks {
  volumes(): readonly Ec2Volume[];
  /** Makes the disk as large, and resolves when it is. */
  growVolume(volumeId: string, gibibytes: number): Promise<void>;
  /** Hours by which EBS's clock was put forward. @default - none */
  hoursPassed?(): number;
}

/** A change of a volume's size. */
export interface Modification {
  readonly from: number;
  readonly to: number;
  /** By EBS's clock, in milliseconds. */
  readonly startedAt: number;
  state: 'modifying' | 'optimizing' | 'completed' | 'failed';
}

/** EBS takes so many changes of a volume in so many hours, from the beginning of the first. */
const CHANGES = 4;
const HOURS = 24;
const MILLISECONDS_PER_HOUR = 3_600_000;

/** EBS optimizes a grown volume for hours; here there is nothing to optimize, only the state to be seen. */
const OPTIMIZING_MS = 2_000;

/**
 * Volumes are disks of managed nodes. A change is `modifying` until the disk has really grown; sizes only grow, and a fifth change
 * within 24 hours is refused, which are not shortened; but the clock may be put forward.
 */
export function volumeActions(disks: Ec2Disks): Readonly<Record<string, ActionHandler>> {
  const modifications = new Map<string, readonly Modification[]>();
  const ahead = () => (disks.hoursPassed?.() ?? 0) * MILLISECONDS_PER_HOUR;
  return {
    DescribeVolumes: async (parameters) => ({ Volumes: found(disks, parameters).map(described) }),
    DescribeVolumesModifications: async (parameters) => ({
      VolumesModifications: found(disks, parameters).flatMap(({ id }) => {
        const modification = modifications.get(id)?.at(-1);
        return modification ? [describedModification(id, modification, ahead())] : [];
      }),
    }),
    async ModifyVolume({ VolumeId, Size }) {
      const [id, to] = [String(VolumeId), Number(Size)];
      const volume = disks.volumes().find((each) => each.id === id);
      if (!volume) throw new AwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
      const before = modifications.get(id) ?? [];
      refuseTooSoon(id, before, Date.now() + ahead());
      if (to < volume.gibibytes) throw new AwsError('InvalidParameterValue', 'New size cannot be smaller than existing size');
      const modification: Modification = { from: volume.gibibytes, to, startedAt: Date.now() + ahead(), state: 'modifying' };
      modifications.set(id, [...before, modification]);
      grow(disks, id, modification);
      return { VolumeModification: describedModification(id, modification, ahead()) };
    },
  };
}

/** Refuses a change while the last one is under way, and a fifth one within 24 hours. */
export function refuseTooSoon(id: string, changes: readonly Modification[], now: number): void {
  const state = changes.at(-1)?.state;
  if (state === 'modifying' || state === 'optimizing')
    throw new AwsError('IncorrectModificationState', `Volume ${id} cannot be modified in modification state ${state}`);
  if (changes.filter(({ startedAt }) => now - startedAt < HOURS * MILLISECONDS_PER_HOUR).length >= CHANGES)
    throw new AwsError('VolumeModificationRateExceeded', `The volume ${id} was modified ${CHANGES} times within ${HOURS} hours.`);
}

/** EBS answers at once and grows the disk afterwards. */
function grow(disks: Ec2Disks, id: string, modification: Modification): void {
  disks.growVolume(id, modification.to).then(
    () => {
      modification.state = 'optimizing';
      setTimeout(() => {
        modification.state = 'completed';
      }, OPTIMIZING_MS).unref();
    },
    (error: unknown) => {
      console.error(`The volume ${id} could not be grown:`, error);
      modification.state = 'failed';
    },
  );
}

function found(disks: Ec2Disks, { VolumeIds = [], Filters = [] }: Parameters): readonly Ec2Volume[] {
  const wanted = [VolumeIds as readonly string[], ...(Filters as { Name: string; Values: readonly string[] }[]).map(valuesOf)];
  return disks.volumes().filter(({ id }) => wanted.every((ids) => ids.length === 0 || ids.includes(id)));
}

function valuesOf({ Name, Values }: { readonly Name: string; readonly Values: readonly string[] }): readonly string[] {
  if (Name !== 'volume-id') throw new Error(`the local AWS's EBS does not know the filter ${Name}`);
  return Values;
}

function described({ id, gibibytes, attachedTo, device, tags }: Ec2Volume): Record<string, unknown> {
  return {
    VolumeId: id,
    Size: gibibytes,
    State: 'in-use',
    Attachments: [{ VolumeId: id, InstanceId: attachedTo, Device: device, State: 'attached' }],
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** Who asks has a clock that was not put forward: to it, the change began as much earlier. */
export function describedModification(VolumeId: string, { from, to, startedAt, state }: Modification, ahead = 0): Record<string, unknown> {
  const Progress = state === 'completed' ? 100 : 0;
  return { VolumeId, ModificationState: state, OriginalSize: from, TargetSize: to, StartTime: new Date(startedAt - ahead), Progress };
}
