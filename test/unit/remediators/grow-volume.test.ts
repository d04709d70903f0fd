import { anInstance, aVolume } from '@self-healing/simulation/accounts.ts';
import { INSTANCE_ID } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import type { CommandResult, VolumeModification } from '../../../lambdas/core/ports.ts';
import { remediator } from '../../../lambdas/remediators/grow-volume.ts';

const params = remediator.params.parse({ ceilingGibibytes: 500 });
const root = { instanceExists: true, device: '/dev/xvda' };
const modification = (given: Partial<VolumeModification> = {}): VolumeModification => ({
  state: 'completed',
  gibibytes: 120,
  ageHours: 7,
  ...given,
});

describe('growing a volume', () => {
  it.each([
    ['a fifth more', 100, {}, 120],
    ['whole gibibytes, rounded up', 8, {}, 10],
    ['no further than the ceiling', 450, {}, 500],
    ['what is left below the ceiling, however little', 499, {}, 500],
    ['its own percentage', 100, { percent: 50 }, 150],
  ])('plans %s', (_, from, given, to) => {
    const plan = remediator.plan({ ...root, volume: aVolume({ gibibytes: from }) }, { ...params, ...given });
    expect(plan).toEqual({ id: 'vol-00000001', device: '/dev/xvda', from, to });
    expect(remediator.summary(plan)).toBe(`grow volume vol-00000001 at /dev/xvda from ${from} to ${to} GiB`);
  });

  it.each([
    ['is at the ceiling', { volume: aVolume({ gibibytes: 500 }) }, 'leaves no room'],
    ['is beyond the ceiling', { volume: aVolume({ gibibytes: 600 }) }, 'leaves no room'],
    ['is shared', { volume: aVolume({ attachedTo: [INSTANCE_ID, 'i-2'] }) }, '2 instances share'],
    ['carries no tag', { volume: aVolume({ tags: {} }) }, 'SelfHeal=enabled'],
    ['carries another value of the tag', { volume: aVolume({ tags: { SelfHeal: 'disabled' } }) }, 'SelfHeal=enabled'],
    ['is being modified', { volume: aVolume(), modification: modification({ state: 'modifying' }) }, 'modifying'],
    [
      'is being optimized, since whenever',
      { volume: aVolume(), modification: modification({ state: 'optimizing', ageHours: 30 }) },
      'optim',
    ],
    ['is no EBS volume', {}, 'no EBS volume is at the device /dev/xvda'],
  ])('leaves it to the next rung when the volume %s', (_, observed, why) => {
    expect(remediator.plan({ ...root, ...observed }, params)).toEqual({ refusal: 'not-applicable', why: expect.stringContaining(why) });
  });

  it.each([
    ['is completed, however short ago', modification({ ageHours: 0.1 })],
    ['failed', modification({ state: 'failed', ageHours: 1 })],
  ])('grows when the last change %s: EBS takes four in 24 hours', (_, last) => {
    expect(remediator.plan({ ...root, volume: aVolume(), modification: last }, params)).toMatchObject({ to: 120 });
  });

  it('leaves a volume that was changed within six hours to the next rung where nobody looks whether the room was taken', () => {
    const unseen = { ...params, look: false };
    const plan = (ageHours: number) => remediator.plan({ ...root, volume: aVolume(), modification: modification({ ageHours }) }, unseen);
    expect(plan(5.99)).toEqual({ refusal: 'not-applicable', why: expect.stringContaining('changed 6.0 hours ago') });
    expect(plan(6)).toMatchObject({ to: 120 });
  });

  it.each([
    ['an instance that does not exist', { instanceExists: false }],
    ['a volume that is not in use', { ...root, volume: aVolume({ state: 'error' }) }],
  ])('refuses %s', (_, observed) => {
    expect(remediator.plan(observed, params)).toMatchObject({ refusal: 'unsafe-to-act' });
  });

  it.each([
    ['no ceiling', {}],
    ['no growth', { ceilingGibibytes: 500, percent: 0 }],
    ['a tag that nobody can set', { ceilingGibibytes: 500, volumeTag: { key: 'aws:autoscaling:groupName', value: 'web' } }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM
    ['a tag that IAM would read as a variable', { ceilingGibibytes: 500, volumeTag: { key: 'team', value: '${aws:username}' } }],
    ['a device with blanks', { ceilingGibibytes: 500, device: '/dev/sdf /dev/sdg' }],
    ['an unknown parameter', { ceilingGibibytes: 500, shrink: true }],
  ])('does not take %s', (_, given) => {
    expect(remediator.params.safeParse(given).success).toBe(false);
  });
});

describe('a grown volume', () => {
  const plan = { id: 'vol-00000001', device: '/dev/xvda', from: 100, to: 120 };
  const assess = (gibibytes: number, last?: VolumeModification) =>
    remediator.assess(plan, { ...root, volume: aVolume({ gibibytes }), ...(last && { modification: last }) }).kind;

  it.each([
    ['running while EBS does not show the change', 100, undefined, 'running'],
    ['running while it is being modified', 100, modification({ state: 'modifying', ageHours: 0 }), 'running'],
    ['running while it has the size but is being modified', 120, modification({ state: 'modifying', ageHours: 0 }), 'running'],
    ['done while it is optimized', 120, modification({ state: 'optimizing', ageHours: 0 }), 'done'],
    ['done when it is completed', 120, modification({ ageHours: 1 }), 'done'],
    ['done when EBS has forgotten the change', 120, undefined, 'done'],
    ['failed when EBS says so', 100, modification({ state: 'failed', ageHours: 0 }), 'failed'],
    ['running when only an old change failed', 100, modification({ state: 'failed', ageHours: 100 }), 'running'],
  ])('is %s', (_, gibibytes, last, kind) => {
    expect(assess(gibibytes, last)).toBe(kind);
  });

  it('is failed when another one is at its device', () => {
    expect(remediator.assess(plan, { ...root, volume: aVolume({ id: 'vol-2', gibibytes: 120 }) }).kind).toBe('failed');
    expect(remediator.assess(plan, { instanceExists: false }).kind).toBe('failed');
  });
});

describe('which volume', () => {
  const target = { kind: 'instance', id: INSTANCE_ID } as const;

  it.each([
    ['the root', {}, 'vol-00000001'],
    ['the one at the device', { device: '/dev/sdf' }, 'vol-2'],
    ['none at a device that is not there', { device: '/dev/sdz' }, undefined],
  ])('is %s', async (_, given, id) => {
    const { account, ports } = fakePorts();
    account.instances.set(INSTANCE_ID, anInstance());
    for (const volume of [aVolume(), aVolume({ id: 'vol-2' })]) account.volumes.set(volume.id, volume);
    const observed = await remediator.observe(target, { ...params, ...given }, ports);
    expect(observed).toMatchObject({ instanceExists: true, ...(id !== undefined && { volume: { id } }) });
    expect('volume' in (observed as object)).toBe(id !== undefined);
  });

  it('is none of an instance that does not exist', async () => {
    expect(await remediator.observe(target, params, fakePorts().ports)).toEqual({ instanceExists: false });
  });

  it('is grown once by what was planned', async () => {
    const { account, ports, calls } = fakePorts();
    account.instances.set(INSTANCE_ID, anInstance());
    account.volumes.set('vol-00000001', aVolume());
    const plan = remediator.plan(await remediator.observe(target, params, ports), params);
    await remediator.execute({ target, plan, token: 't', document: '' }, ports);
    expect(calls.filter((call) => call === 'volumes.grow')).toHaveLength(1);
    expect(remediator.assess(plan, await remediator.observe(target, params, ports))).toMatchObject({ kind: 'done' });
    expect(remediator.plan(await remediator.observe(target, params, ports), params)).toMatchObject({ refusal: 'not-applicable' });
  });
});

describe('looking on the instance first, whether the room could be used', () => {
  const target = { kind: 'instance', id: INSTANCE_ID } as const;
  const refused = (output: string, exitCode = 11) => ({ status: 'failed', detail: 'Failed', exitCode, output, errors: '' }) as const;

  async function planned({ look, agent = 'online', given = {} }: { look?: CommandResult; agent?: 'online' | 'silent'; given?: object }) {
    const { account, ports } = fakePorts();
    account.instances.set(INSTANCE_ID, anInstance());
    account.volumes.set('vol-00000001', aVolume({ gibibytes: 100, attachedTo: [INSTANCE_ID] }));
    const devices = given && 'device' in given ? { [String(given.device)]: 'vol-00000001' } : undefined;
    if (devices) ports.volumes.devices = async () => ({ root: '/dev/xvda', volumes: devices });
    account.agents.set(INSTANCE_ID, agent);
    if (look) account.commandsEnd.look = look;
    const asked = remediator.params.parse({ ceilingGibibytes: 500, ...given });
    return remediator.plan(await remediator.observe(target, asked, ports, undefined, 'healing-grow-volume'), asked);
  }

  it('grows the volume when the file system could use it', async () => {
    expect(await planned({})).toMatchObject({ from: 100, to: 120 });
  });

  it.each([
    ['the file system could not', refused('REFUSED: / lies on the device mapper (LVM or encryption)'), 'could not use the room: .*LVM'],
    ['a tool is missing', refused('REFUSED: growpart is missing on this machine', 15), 'could not use the room: .*growpart is missing'],
    ['the disk of the agent is full', refused('', 1), 'could not be seen .*may be full.*`look: false` grows unseen'],
  ])('leaves it as it is when %s', async (_, look, why) => {
    expect(await planned({ look })).toEqual({ refusal: 'not-applicable', why: expect.stringMatching(why) });
  });

  const said = (disk: string, unused = 2) =>
    ({ status: 'succeeded', detail: 'Success', exitCode: 0, output: looked(disk, unused), errors: '' }) as const;
  const looked = (disk: string, unused: number) =>
    `CAN GROW: /data is xfs on /dev/nvme1n1, disk ${disk} of ${100 * 2 ** 30} bytes, ${unused * 2 ** 30} unused\n`;

  it.each([
    ['vol00000001', {}],
    ['xvda', {}],
    ['xvdf', { device: '/dev/sdf' }],
    ['xvdf', { device: 'xvdf' }],
    ['xvda', { device: '/dev/sda1' }],
    ['vol00000001', { device: '/dev/sdf' }],
  ])('grows the volume that the file system lies on: the disk %s for %j', async (disk, given) => {
    expect(await planned({ look: said(disk), given: { path: '/data', ...given } })).toMatchObject({ id: 'vol-00000001', to: 120 });
  });

  it.each([
    ['vol00000002', {}, 'the file system of /data lies on vol00000002, not on vol-00000001 at /dev/xvda: name its `device`'],
    ['vol000000012', {}, 'the file system of /data lies on vol000000012, not on'],
    ['xvdf', {}, 'the file system of /data lies on xvdf, not on vol-00000001 at /dev/xvda'],
    ['xvdaf', {}, 'the file system of /data lies on xvdaf, not on'],
    ['xvda', { device: '/dev/sdf' }, 'the file system of /data lies on xvda, not on vol-00000001 at /dev/sdf'],
    ['nvme1n1', {}, 'the file system of /data lies on nvme1n1, not on'],
  ])('leaves a volume alone that the file system does not lie on: the disk %s for %j', async (disk, given, why) => {
    const plan = await planned({ look: said(disk), given: { path: '/data', ...given } });
    expect(plan).toEqual({ refusal: 'not-applicable', why: expect.stringContaining(why) });
  });

  it('leaves it as it is where the document of a former version does not tell the disk', async () => {
    const look = { ...said('xvda'), output: 'CAN GROW: / is xfs on /dev/nvme1n1\n' };
    expect(await planned({ look })).toEqual({ refusal: 'not-applicable', why: expect.stringContaining('a disk that is not told') });
  });

  it.each([
    [14, { to: 120 }],
    [15, { refusal: 'not-applicable', why: '15 GiB of the volume are there already, which the file system of / has not taken' }],
  ])('buys no more room while %i of 100 GiB are not taken', async (unused, expected) => {
    expect(await planned({ look: said('vol00000001', unused) })).toMatchObject(expected);
  });

  it.each(
    ['the partition table (MBR) of disk vol00000001', 'the file system (ext4 without 64bit) of /'].flatMap((ends) => [
      [ends, 110, { from: 100, to: 120 }] as const,
      [ends, 109, { refusal: 'not-applicable', why: expect.stringContaining(`of 120 GiB ${ends} has room for 109`) }] as const,
    ]),
  )('buys no room of which %s, which ends at %i GiB, could use less than half', async (ends, most, expected) => {
    const end = `AT MOST: ${ends} has no room beyond ${most * 2 ** 30} bytes\n`;
    const look = said('vol00000001');
    expect(await planned({ look: { ...look, output: look.output + end } })).toMatchObject(expected);
  });

  it('leaves it as it is when there is no agent to ask', async () => {
    expect(await planned({ agent: 'silent' })).toEqual({ refusal: 'not-applicable', why: expect.stringContaining('agent is silent') });
  });

  it.each([{ agent: 'silent' as const }, { look: refused('REFUSED: / lies on a software RAID') }])(
    'grows it unasked when told so',
    async (world) => {
      expect(await planned({ ...world, given: { look: false } })).toMatchObject({ to: 120 });
    },
  );
});
