import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Upstream } from '../../gateway/service.ts';
import { type Ec2Volume, volumeActions } from '../../services/ec2/volumes.ts';

const HOUR = 3_600_000;
const ID = 'vol-0123456789abcdef0';

/** One volume whose disk grows when the test says so. */
function stage() {
  let volume: Ec2Volume = { id: ID, gibibytes: 8, attachedTo: 'i-0123456789abcdef0', device: '/dev/sdf', tags: { SelfHeal: 'enabled' } };
  const growing = Promise.withResolvers<void>();
  const actions = volumeActions({
    volumes: () => [volume],
    async growVolume(_, gibibytes) {
      await growing.promise;
      volume = { ...volume, gibibytes };
    },
  });
  const call = (action: string, parameters: Record<string, unknown> = {}) => actions[action]?.(parameters, {} as Upstream);
  return {
    call,
    modify: (Size: number) => call('ModifyVolume', { VolumeId: ID, Size }),
    state: async () => {
      const answer = (await call('DescribeVolumesModifications')) as { VolumesModifications: { ModificationState: string }[] };
      return answer.VolumesModifications[0]?.ModificationState;
    },
    size: async () => ((await call('DescribeVolumes')) as { Volumes: { Size: number }[] }).Volumes[0]?.Size,
    growing,
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the volumes of the local AWS', () => {
  it('have their new size when the disk has it, and are optimized for a while', async () => {
    const { modify, state, size, growing } = stage();
    expect(await modify(10)).toMatchObject({ VolumeModification: { ModificationState: 'modifying', OriginalSize: 8, TargetSize: 10 } });
    expect([await state(), await size()]).toEqual(['modifying', 8]);

    growing.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect([await state(), await size()]).toEqual(['optimizing', 10]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await state()).toBe('completed');
  });

  it('refuse the next change while one is under way, and the fifth one within 24 hours', async () => {
    const { modify, growing } = stage();
    await modify(10);
    await expect(modify(11)).rejects.toMatchObject({ code: 'IncorrectModificationState' });
    growing.resolve();
    for (const size of [11, 12, 13]) {
      await vi.advanceTimersByTimeAsync(HOUR);
      await modify(size);
    }
    await vi.advanceTimersByTimeAsync(20 * HOUR);
    await expect(modify(14)).rejects.toMatchObject({ code: 'VolumeModificationRateExceeded' });
    await vi.advanceTimersByTimeAsync(HOUR);
    await expect(modify(14)).resolves.toMatchObject({ VolumeModification: { OriginalSize: 13 } });
  });

  it('say so when the disk could not be grown', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue();
    const { modify, state, size, growing } = stage();
    await modify(10);
    growing.reject(new Error('no room'));
    await vi.advanceTimersByTimeAsync(0);
    expect([await state(), await size()]).toEqual(['failed', 8]);
    expect(said).toHaveBeenCalledOnce();
  });

  it('never shrink, and must exist', async () => {
    const { modify, call } = stage();
    await expect(modify(7)).rejects.toMatchObject({ code: 'InvalidParameterValue' });
    await expect(call('ModifyVolume', { VolumeId: 'vol-0', Size: 9 })).rejects.toMatchObject({ code: 'InvalidVolume.NotFound' });
  });

  it('are found by id and by filter', async () => {
    const { call } = stage();
    const filter = (Value: string) => ({ Filters: [{ Name: 'volume-id', Values: [Value] }] });
    expect(await call('DescribeVolumes', filter('vol-0'))).toEqual({ Volumes: [] });
    expect(await call('DescribeVolumes', filter(ID))).toMatchObject({ Volumes: [{ VolumeId: ID, Attachments: [{ Device: '/dev/sdf' }] }] });
    expect(await call('DescribeVolumesModifications', filter(ID))).toEqual({ VolumesModifications: [] });
  });
});
