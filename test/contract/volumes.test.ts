import { CreateVolumeCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AwsError } from '@self-healing/local-aws/gateway/service.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { type SimulatedVolumes, simulatedVolumes } from '@self-healing/local-aws/testing/simulated-volumes.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { volumes } from '../../lambdas/adapters/ec2/volumes.ts';
import type { RemedyPorts, Volumes } from '../../lambdas/core/ports.ts';
import { remediator as growVolume } from '../../lambdas/remediators/grow-volume.ts';
import { launchWithVolume } from '../support/remedy-stage.ts';

const simulated: SimulatedVolumes = simulatedVolumes();
let aws: SharedAws;
let port: Volumes;
let owner = '';
let root = '';

beforeAll(async () => {
  aws = await openSharedAws([simulated.service]);
  port = volumes(new EC2Client(aws.client), new EC2Client(aws.actor));
});
afterAll(() => aws.close());
beforeEach(async () => {
  const launched = await launchWithVolume(aws.upstream);
  owner = launched.id;
  root = launched.volumes['/dev/xvda'] ?? '';
  simulated.move('optimizing');
});

describe('the volumes of an instance', () => {
  it('are found by device, the root among them', async () => {
    expect(await port.devices(owner)).toEqual({ root: '/dev/xvda', volumes: { '/dev/xvda': root } });
  });

  it('are described with size, state, tags and where they are attached', async () => {
    expect(await port.describe(root)).toEqual({
      id: root,
      gibibytes: 8,
      state: 'in-use',
      attachedTo: [owner],
      tags: { SelfHeal: 'enabled' },
    });
  });

  it('may stand alone', async () => {
    const { VolumeId = '' } = await new EC2Client(aws.client).send(new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 3 }));
    expect(await port.describe(VolumeId)).toMatchObject({ state: 'available', attachedTo: [], tags: {} });
  });

  it('that do not exist are no errors', async () => {
    expect(await port.devices('i-00000000000000fff')).toBeUndefined();
    expect(await port.describe('vol-00000000000000fff')).toBeUndefined();
    expect(await port.lastModification(root)).toBeUndefined();
  });

  it('remember their last change and how long ago it was', async () => {
    simulated.remember(root, 2);
    expect(await port.lastModification(root)).toEqual({ state: 'completed', gibibytes: 1, ageHours: expect.closeTo(2, 2) });
  });
});

describe('growing a volume', () => {
  const params = growVolume.params.parse({ ceilingGibibytes: 100 });
  const target = () => ({ kind: 'instance', id: owner }) as const;
  const observe = () => growVolume.observe(target(), params, { volumes: port } as RemedyPorts);
  const plan = async () => growVolume.plan(await observe(), params);
  const grow = (planned: unknown) =>
    growVolume.execute({ target: target(), plan: planned, token: 't', document: '' }, { volumes: port } as RemedyPorts);
  const progress = async (planned: unknown) => growVolume.assess(planned, await observe());

  it('is running while it is modified, and done when the room can be used', async () => {
    simulated.move('modifying');
    const planned = await plan();
    await grow(planned);

    expect(await progress(planned)).toMatchObject({ kind: 'running', why: expect.stringContaining('8 of 10 GiB') });
    simulated.move('optimizing');
    expect(await progress(planned)).toEqual({ kind: 'done', detail: 'the volume has 10 GiB' });
    expect(await port.describe(root)).toMatchObject({ gibibytes: 10 });
  });

  it('happens once, and again when the last change is completed, as often as EBS lets it', async () => {
    const before = aws.acts().length;
    await grow(await plan());

    expect(aws.acts().slice(before)).toEqual(['ModifyVolume']);
    expect(await plan()).toMatchObject({ refusal: 'not-applicable', why: expect.stringContaining('optimizing') });
    simulated.move('completed');
    for (const _ of [2, 3, 4]) await grow(await plan());
    const fifth = await plan();
    await expect(grow(fifth)).rejects.toMatchObject({ name: 'Defect', cause: { name: 'VolumeModificationRateExceeded' } });
    expect(aws.acts().slice(before)).toHaveLength(5);
    simulated.remember(root, 24.01);
    expect(await plan()).toEqual(fifth);
  });

  it('fails when EBS fails', async () => {
    const planned = await plan();
    simulated.move('failed');
    await grow(planned);
    expect(await progress(planned)).toMatchObject({ kind: 'failed' });
  });

  it('is refused by EBS for a change that came in between, and reported as not done', async () => {
    const planned = await plan();
    await grow(planned);
    await expect(grow(planned)).rejects.toMatchObject({ name: 'Defect', cause: { name: 'IncorrectModificationState' } });
  });

  it('is never repeated when its answer is lost', async () => {
    const planned = await plan();
    const before = aws.count('ModifyVolume');
    aws.disturb('ModifyVolume', [{ dropAnswer: true, after: true }]);
    await expect(grow(planned)).rejects.toMatchObject({ name: 'Uncertain' });
    expect(aws.count('ModifyVolume')).toBe(before + 1);
    expect(await progress(planned)).toMatchObject({ kind: 'done' });
  });

  it('is a defect where the role may not, as for a volume without the tag', async () => {
    const planned = await plan();
    aws.disturb('ModifyVolume', [{ error: new AwsError('UnauthorizedOperation', 'not authorized', 403) }]);
    await expect(grow(planned)).rejects.toMatchObject({ name: 'Defect' });
    expect(await port.describe(root)).toMatchObject({ gibibytes: 8 });
  });
});
