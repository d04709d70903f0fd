import * as z from 'zod';
import type { RemedyPorts, Volume, VolumeModification } from '../core/ports.ts';
import type { Target } from '../core/target.ts';
import { isRefused } from '../core/untouched.ts';
import type { Progress } from '../core/verification.ts';
import { instanceId, progressOf } from './command-remediator.ts';
import { mountPointParameter, mountPointSchema } from './mount-point.ts';
import { defineRemediator, isRefusal, type Refusal } from './remediator.ts';

// Longer than 250 lines: the look, the rules of EBS, and how the growth is followed.

/**
 * How long a change counts as one whose room the file system may not have taken yet, where nobody looks. EBS itself takes four changes in
 * 24 hours, and shows the last one only: what it refuses leads to the next rung.
 */
const RECENT_HOURS = 6;

/** A change that failed longer ago is none of an act that is followed for a quarter of an hour. */
const FAILED_OURS_HOURS = 0.5;

/**
 * A part of the disk that is left unused only where the file system has not taken it. What ext4 keeps for itself is not told apart, and
 * takes up to a tenth of a small disk.
 */
const UNUSED_SHARE = 0.15;

/** What a look has in place of the token of an attempt. */
const LOOK = 'a look that changes nothing';

// No `$`: IAM would read a variable into the condition.
const TAG_TEXT = /^[A-Za-z0-9 _.:/=+@-]{1,128}$/;

const GIBIBYTE = 1_073_741_824;

const paramsSchema = z.strictObject({
  /** Share of the volume's size to add, rounded up to whole gibibytes. @default 20 */
  percent: z.number().positive('must be above 0 percent').max(100).default(20),
  /** Never grow beyond this, since a volume can not be made smaller. */
  ceilingGibibytes: z.int().min(1).max(65_536),
  /** The device of the volume under `path`, as EC2 names it, not as the system does: `/dev/sdf`. @default - the root device */
  device: z
    .string()
    .regex(/^[A-Za-z0-9/]{1,32}$/, 'must be a device name of EC2, such as /dev/sdf')
    .optional(),
  /** The mount point of the file system that the next rung grows. @default / */
  path: mountPointSchema,
  /**
   * Whether the instance is asked first, by a command that changes nothing, if the file system lies on this volume and could use the room:
   * on LVM, RAID or an encrypted device, before another partition, with errors that the kernel has noted, or where most of the room lies beyond
   * the 2 TiB of an MBR or the 16 TiB of an ext4 without `64bit`, it could not, and the volume would cost more for good; nor is it grown while
   * 15 % of the disk are not used yet. Then, and where the agent gives no answer,
   * as on a disk without a free byte, the volume is left as it is. `false` grows it unasked: for a next rung that needs no agent,
   * `Remedy.restartInstance({ by: 'ec2' })`, after which cloud-init grows the root of the usual images.
   * @default true
   */
  look: z.boolean().default(true),
  /**
   * The tag that a volume must carry to be grown. Volumes do not inherit the tags of their instance, so it is set on them, in
   * the launch template or by hand; the remedy's role may modify no volume without it. @default SelfHeal = enabled
   */
  volumeTag: z
    .strictObject({
      key: z
        .string()
        .regex(TAG_TEXT, 'must be a tag key')
        .refine((key) => !key.startsWith('aws:'), 'must be a tag that can be set'),
      value: z.string().regex(TAG_TEXT, 'must be a tag value'),
    })
    .default({ key: 'SelfHeal', value: 'enabled' }),
});

type Params = z.output<typeof paramsSchema>;

interface Observed {
  readonly instanceExists: boolean;
  /** The device that was looked at; absent when the root is not known by a device. */
  readonly device?: string;
  /** Absent when no EBS volume is at the device. */
  readonly volume?: Volume;
  readonly modification?: VolumeModification;
  /** Why the volume would be grown in vain, as far as the instance was asked; absent when it would not. */
  readonly useless?: string;
}

interface Plan {
  readonly id: string;
  readonly device: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Raises the size of an EBS volume of an instance. The file system on it stays as it is: `grow-file-system` is the next rung.
 *
 * Cures what: nothing alone; it gives the disk the room that the next rung takes.
 * Does what in AWS: one `ssm:SendCommand` of its own document, which only looks; one `ec2:ModifyVolume` with an absolute size computed from what was observed:
 * 20 % more, or `percent`, up to the ceiling.
 * Can harm what: cost, for good: a volume cannot be made smaller; it may be slower while AWS optimizes it.
 * Refuses when: the volume is not in use, lacks the tag, is shared by several instances, is being changed or optimized or is at the ceiling, or
 * with `look: false` was changed within the last six hours; there is no EBS volume at the device; the file system lies on another volume, could
 * not use the room or has not taken what is there, or the instance does not say so. A recent change, and a fifth one in 24 hours, which EBS refuses, lead
 * to the next rung rather than to a person: the room may be there already, and only the file system has not taken it.
 * Safe twice: yes, the same absolute size is set, and EBS refuses a second change while the first is under way.
 * Proved by: `scenarios/disk-grown`, `scenarios/disk-grown-again`, `contract/volumes`, `contract/grow-file-system-document`.
 */
export const remediator = defineRemediator<'commands' | 'volumes', typeof paramsSchema, Observed, Plan, object>({
  name: 'grow-volume',
  targets: ['instance'],
  acts: true,
  cost: 'money',
  forGood: true,
  params: paramsSchema,
  settle: { minutes: 1 },
  verifyWithin: { minutes: 5 },
  // Not the command, which only looks: EBS shows the larger size when it begins to optimize the volume.
  longest: () => ({ minutes: 15 }),
  heldTo: (plan) => plan,
  enabling: true,
  ports: { commands: true, volumes: true },
  permissions: {
    observe: [
      {
        actions: [
          'ec2:DescribeInstances',
          'ec2:DescribeVolumes',
          'ec2:DescribeVolumesModifications',
          'ssm:DescribeInstanceInformation',
          'ssm:GetCommandInvocation',
        ],
        on: 'any',
      },
    ],
    execute: [
      {
        actions: ['ec2:ModifyVolume'],
        on: 'named',
        resources: () => ['arn:{partition}:ec2:{region}:{account}:volume/*'],
        tag: ({ volumeTag }: Params) => volumeTag,
      },
      { actions: ['ssm:SendCommand'], on: 'document' },
      { actions: ['ssm:SendCommand'], on: 'targets' },
    ],
  },
  document: {
    description: 'Tells whether the file system of a mount point could use a larger disk; changes nothing.',
    parameters: {
      Path: mountPointParameter,
      LookOnly: { description: 'Always true.', allowedPattern: '^true$', default: 'true' },
    },
    timeoutSeconds: 30,
  },
  async observe(target, params, ports, receipt, document) {
    const observed = await observeVolume(target, params, ports);
    const plan = planOf(observed, params);
    if (receipt !== undefined || document === undefined || !params.look || isRefusal(plan)) return observed;
    const useless = await lookAt(instanceId(target), params.path, plan, document, ports);
    return { ...observed, ...(useless !== undefined && { useless }) };
  },
  plan: planOf,
  summary: ({ id, device, from, to }) => `grow volume ${id} at ${device} from ${from} to ${to} GiB`,
  async execute({ plan: { id, to } }, { volumes }) {
    await volumes.grow(id, to);
    return {};
  },
  assess({ id, to }, { volume, modification }): Progress {
    if (volume?.id !== id) return { kind: 'failed', hopeless: true, why: 'the volume is not at its device any more' };
    const ours = modification && modification.gibibytes === to && modification.ageHours < RECENT_HOURS ? modification : undefined;
    // A change that failed before this act stays the last one that EBS shows for a moment.
    if (ours?.state === 'failed' && ours.ageHours < FAILED_OURS_HOURS)
      return { kind: 'failed', hopeless: true, why: 'EBS could not modify the volume' };
    if (volume.gibibytes < to || ours?.state === 'modifying')
      return {
        kind: 'running',
        why: `the volume has ${volume.gibibytes} of ${to} GiB; EBS says ${ours?.state ?? 'nothing'} of the change`,
      };
    return { kind: 'done', detail: `the volume has ${volume.gibibytes} GiB` };
  },
});

function planOf(observed: Observed, params: Params): Plan | Refusal {
  if (!observed.instanceExists) return { refusal: 'unsafe-to-act', why: 'the instance does not exist' };
  const { device, volume, modification, useless } = observed;
  if (device === undefined || !volume)
    return { refusal: 'not-applicable', why: `no EBS volume is at the ${device ? `device ${device}` : 'root device'} of the instance` };
  const plan = refusalOf(volume, params) ?? changeOf(modification, params) ?? planGrowth(device, volume, params);
  return isRefusal(plan) || useless === undefined ? plan : { refusal: 'not-applicable', why: useless };
}

/** Whether the file system could use the room of this volume; why not, as far as the instance says. */
async function lookAt(id: string, path: string, plan: Plan, document: string, { commands }: Pick<RemedyPorts, 'commands'>) {
  const unseen = (why: string) =>
    `whether the file system of ${path} could use the room could not be seen (${why}); \`look: false\` grows unseen`;
  const agent = (await commands.agent(id)).state;
  if (agent !== 'online') return unseen(`the Systems Manager agent is ${agent}`);
  const result = await commands.look({ document, instanceId: id, parameters: { Path: path, LookOnly: 'true' }, token: LOOK });
  if (!result) return unseen('the command did not end in time');
  const progress = progressOf(result);
  if (progress.kind === 'done') return inVain(plan, path, result.output);
  return isRefused(result.output) ? `the file system of ${path} could not use the room: ${progress.why}` : unseen(progress.why);
}

/** Why the volume is not the one to grow, or not half of what is added could be used, by what the instance says of the disk. */
function inVain({ id, device, from, to }: Plan, path: string, output: string): string | undefined {
  const [, disk = '', total, unused] = /^CAN GROW: .*, disk (\S+) of (\d+) bytes, (-?\d+) unused$/m.exec(output) ?? [];
  if (!isOnVolume(disk, id, device))
    return `the file system of ${path} lies on ${disk || 'a disk that is not told'}, not on ${id} at ${device}: name its \`device\``;
  const [, ends = '', most = Infinity] = /^AT MOST: (.*) has no room beyond (\d+) bytes$/m.exec(output) ?? [];
  const usable = Math.floor(Number(most) / GIBIBYTE);
  if (usable < (from + to) / 2)
    return `of ${to} GiB ${ends} has room for ${usable}: make it anew (GPT, 64bit), or \`ceilingGibibytes: ${usable}\``;
  if (Number(unused) < UNUSED_SHARE * Number(total)) return undefined;
  return `${Math.floor(Number(unused) / GIBIBYTE)} GiB of the volume are there already, which the file system of ${path} has not taken`;
}

/** An NVMe disk is named after its volume; elsewhere the system names it as EC2 does but for the prefix: /dev/sdf is xvdf. */
function isOnVolume(disk: string, id: string, device: string): boolean {
  if (disk.startsWith('vol')) return disk === id.replace('-', '');
  const letters = (name: string) => /^(?:\/dev\/)?(?:sd|xvd)([a-z]{1,2})\d*$/.exec(name)?.[1];
  return letters(disk) !== undefined && letters(disk) === letters(device);
}

async function observeVolume(target: Target, { device }: Params, { volumes }: Pick<RemedyPorts, 'volumes'>): Promise<Observed> {
  const devices = await volumes.devices(instanceId(target));
  if (!devices) return { instanceExists: false };
  const name = device ?? devices.root;
  const id = name === undefined ? undefined : devices.volumes[name];
  const [volume, modification] = id === undefined ? [] : await Promise.all([volumes.describe(id), volumes.lastModification(id)]);
  return {
    instanceExists: true,
    ...(name !== undefined && { device: name }),
    ...(volume && { volume }),
    ...(modification && { modification }),
  };
}

function refusalOf({ state, attachedTo, tags }: Volume, { volumeTag: { key, value } }: Params): Refusal | undefined {
  if (state !== 'in-use') return { refusal: 'unsafe-to-act', why: `the volume is ${state}, not in use` };
  if (attachedTo.length > 1) return { refusal: 'not-applicable', why: `${attachedTo.length} instances share the volume` };
  if (tags[key] !== value) return { refusal: 'not-applicable', why: `the volume does not carry the tag ${key}=${value}` };
  return undefined;
}

function changeOf(modification: VolumeModification | undefined, { look }: Params): Refusal | undefined {
  if (!modification) return undefined;
  const { state, ageHours } = modification;
  if (state === 'modifying' || state === 'optimizing') return { refusal: 'not-applicable', why: `a change of the volume is ${state}` };
  if (look || state === 'failed' || ageHours >= RECENT_HOURS) return undefined;
  const why = `the volume was changed ${ageHours.toFixed(1)} hours ago, and nobody looks whether its file system has taken the room`;
  return { refusal: 'not-applicable', why };
}

function planGrowth(device: string, { id, gibibytes: from }: Volume, { percent, ceilingGibibytes: ceiling }: Params): Plan | Refusal {
  const to = Math.min(from + Math.ceil((from * percent) / 100), ceiling);
  if (to > from) return { id, device, from, to };
  return { refusal: 'not-applicable', why: `the volume has ${from} GiB; the ceiling of ${ceiling} GiB leaves no room to grow` };
}
