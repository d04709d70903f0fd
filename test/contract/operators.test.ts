import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { NOW } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readManifest } from '../../lambdas/adapters/ssm/manifest.ts';
import { pauseAdmin } from '../../lambdas/adapters/ssm/pause-switch.ts';
import { workflowAdmin } from '../../lambdas/adapters/step-functions/workflow.ts';
import { callerIdentity } from '../../lambdas/adapters/sts.ts';
import { formerManifestName, manifestName } from '../../lambdas/core/manifest.ts';
import { keepPauseSwitch } from '../../lambdas/steps/keep-pause-switch.ts';

const Name = '/self-healing/operators/pause';

let aws: SharedAws;
let ssm: SSMClient;
beforeAll(async () => {
  aws = await openSharedAws();
  ssm = new SSMClient(aws.client);
});
afterAll(() => aws.close());

describe('the pause switch of the operators', () => {
  beforeEach(async () => {
    await ssm.send(new DeleteParameterCommand({ Name })).catch(() => {});
  });

  it('is made as running where there is none', async () => {
    const admin = pauseAdmin(Name, ssm);
    expect(await admin.history()).toEqual([]);
    await admin.make('running');
    expect((await admin.history()).map(({ value }) => value)).toEqual(['running']);
  });

  it('keeps what it says when it is made again, and who said what before', async () => {
    const admin = pauseAdmin(Name, ssm);
    await admin.make('running');
    await admin.set('noon');
    await admin.make('running');
    const entries = await admin.history();
    expect(entries.map(({ value }) => value)).toEqual(['running', 'noon']);
    expect(entries.every(({ by, at }) => by.startsWith('arn:') && !Number.isNaN(Date.parse(at)))).toBe(true);
  });
});

describe('a deployment', () => {
  const Former = '/self-healing/former/pause';
  const forgotten = () =>
    Promise.all([Name, Former].map((each) => ssm.send(new DeleteParameterCommand({ Name: each })).catch(() => undefined)));
  beforeEach(forgotten);
  afterAll(forgotten);

  const switchOf = (parameter: string) => pauseAdmin(parameter, ssm);
  const renamed = { RequestType: 'Update', PhysicalResourceId: Former, ResourceProperties: { Parameter: Name } } as const;

  it('makes the switch as running where there is none', async () => {
    expect(await keepPauseSwitch({ RequestType: 'Create', ResourceProperties: { Parameter: Name } }, switchOf, NOW)).toEqual({
      PhysicalResourceId: Name,
    });
    expect(await switchOf(Name).read()).toBe('running');
  });

  it.each(['Create', 'Update', 'Delete'] as const)('%s leaves a paused pipeline paused', async (RequestType) => {
    const former = RequestType === 'Create' ? {} : { PhysicalResourceId: Name };
    await switchOf(Name).set('somebody works on the database');
    expect(await keepPauseSwitch({ RequestType, ...former, ResourceProperties: { Parameter: Name } }, switchOf, NOW)).toEqual({
      PhysicalResourceId: Name,
    });
    expect(await switchOf(Name).read()).toBe('somebody works on the database');
  });

  it('does not make a switch anew that somebody has deleted, since a missing one pauses', async () => {
    await keepPauseSwitch({ ...renamed, PhysicalResourceId: Name }, switchOf, NOW);
    expect(await switchOf(Name).read()).toBeUndefined();
  });

  it.each([
    ['running', 'running'],
    ['somebody works on the database', 'somebody works on the database'],
    [undefined, `${Former} was missing when the pipeline was renamed`],
    ['', `${Former} was missing when the pipeline was renamed`],
  ])('under another name takes along what the switch said: %j', async (said, says) => {
    if (said) await switchOf(Former).set(said);
    expect(await keepPauseSwitch(renamed, switchOf, NOW)).toEqual({ PhysicalResourceId: Name });
    expect(await switchOf(Name).read()).toBe(says);
    expect(await switchOf(Former).read()).toBe(said || undefined);
  });

  it('under another name that is paused already stays paused', async () => {
    await switchOf(Former).set('running');
    await switchOf(Name).set('noon');
    await keepPauseSwitch(renamed, switchOf, NOW);
    expect(await switchOf(Name).read()).toBe('noon');
  });

  it('of a paused pipeline fails where a kept switch of its new name would let it run', async () => {
    await switchOf(Former).set('noon');
    await switchOf(Name).set('running');
    await expect(keepPauseSwitch(renamed, switchOf, NOW)).rejects.toThrow(`the pipeline is paused (noon), but ${Name}`);
    expect(await switchOf(Name).read()).toBe('running');
  });

  it('that deletes the switch of a former name deletes nothing', async () => {
    await switchOf(Former).set('noon');
    await keepPauseSwitch({ ...renamed, RequestType: 'Delete', ResourceProperties: { Parameter: Former } }, switchOf, NOW);
    expect(await switchOf(Former).read()).toBe('noon');
  });

  it('fails and says why when the switch cannot be made', async () => {
    const denied = () => ({ ...switchOf(Name), make: () => Promise.reject(new Error('denied')) });
    await expect(keepPauseSwitch({ RequestType: 'Create', ResourceProperties: { Parameter: Name } }, denied, NOW)).rejects.toThrow(
      'denied',
    );
  });
});

describe('the manifest', () => {
  it('is read as it was written, and missing where there is no such pipeline', async () => {
    const manifest = { table: 'incidents', workflow: 'arn:aws:states:::x', policies: { 'Web-memory': 'shadow' } };
    await ssm.send(
      new PutParameterCommand({ Name: manifestName('contract'), Value: JSON.stringify(manifest), Type: 'String', Overwrite: true }),
    );
    expect(await readManifest('contract', ssm)).toEqual(manifest);
    expect(await readManifest('nobody', ssm)).toBeUndefined();
  });

  it('is found where an earlier version wrote it', async () => {
    const manifest = { table: 'incidents', workflow: 'arn:aws:states:::x', policies: {} };
    await ssm.send(new PutParameterCommand({ Name: formerManifestName('earlier'), Value: JSON.stringify(manifest), Type: 'String' }));
    expect(await readManifest('earlier', ssm)).toEqual(manifest);
  });
});

describe('who runs the command', () => {
  it('is told by AWS, by id and ARN', async () => {
    const { userId, arn } = await callerIdentity(new STSClient(aws.client));
    expect(userId).not.toBe('');
    expect(arn).toMatch(/^arn:aws:/);
  });
});

describe('the workflow of the operators', () => {
  it('lists the open incidents, and cannot wake one that does not wait', async () => {
    const client = new SFNClient(aws.client);
    const definition = JSON.stringify({ StartAt: 'Hold', States: { Hold: { Type: 'Wait', Seconds: 30, End: true } } });
    const roleArn = 'arn:aws:iam::000000000000:role/none';
    const { stateMachineArn = '' } = await client.send(new CreateStateMachineCommand({ name: 'operators', definition, roleArn }));
    const admin = workflowAdmin(stateMachineArn, client);
    expect(await admin.open(10)).toEqual([]);
    await client.send(new StartExecutionCommand({ stateMachineArn, name: 'a'.repeat(64) }));
    expect(await admin.open(10)).toEqual(['a'.repeat(64)]);
    expect(await admin.wake('a-token-of-nobody')).toBe('gone');
  });
});
