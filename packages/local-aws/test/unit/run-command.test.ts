import { describe, expect, it } from 'vitest';
import type { Upstream } from '../../gateway/service.ts';
import { DocumentStore } from '../../services/run-command/document-store.ts';
import {
  cancelled,
  deliveryTimedOut,
  failed,
  inProgress,
  overallState,
  pending,
  succeeded,
} from '../../services/run-command/invocation.ts';
import { createRunCommand } from '../../services/run-command.ts';

const upstream: Upstream = {
  call: () => Promise.reject(new Error('nothing here goes to the local AWS')),
  sendEvents: () => Promise.reject(new Error('no events are sent here')),
};
const now = new Date('2026-01-02T03:04:05Z');

const content = (command: string) =>
  JSON.stringify({ schemaVersion: '2.2', mainSteps: [{ action: 'aws:runShellScript', name: 'run', inputs: { runCommand: [command] } }] });

describe('documents', () => {
  it('are sent in their default version unless another is asked for', () => {
    const documents = new DocumentStore();
    documents.create('d', 'Command', content('one'), now);
    documents.addVersion('d', content('two'), now);

    expect(documents.version('d').version).toBe(1);
    expect(documents.version('d', '$LATEST').version).toBe(2);
    expect(documents.version('arn:aws:ssm:us-east-1:123456789012:document/d', '2').content).toBe(content('two'));
    expect(() => documents.version('d', '3')).toThrow(expect.objectContaining({ code: 'InvalidDocumentVersion' }));
    expect(documents.setDefaultVersion('d', '2').defaultVersion).toBe(2);
  });

  it('are refused when they exist already or change nothing', () => {
    const documents = new DocumentStore();
    documents.create('d', 'Command', content('one'), now);

    expect(() => documents.create('d', 'Command', content('two'), now)).toThrow(expect.objectContaining({ code: 'DocumentAlreadyExists' }));
    expect(() => documents.addVersion('d', content('one'), now)).toThrow(expect.objectContaining({ code: 'DuplicateDocumentContent' }));
  });
});

it('document and parameters together are refused beyond 64 KB, as either is', async () => {
  const { actions } = createRunCommand({ find: () => undefined });
  const withParameter = (script: string) =>
    JSON.stringify({ ...JSON.parse(content(script)), parameters: { Text: { type: 'String', interpolationType: 'ENV_VAR' } } });
  const room = 65_536 - Buffer.byteLength(withParameter(''));
  const send = (DocumentName: string, Text: string) =>
    actions.SendCommand?.({ DocumentName, InstanceIds: ['i-0'], Parameters: { Text: [Text] } }, upstream);
  const tooLarge = expect.objectContaining({ code: 'MaxDocumentSizeExceeded' });
  const create = (Name: string, script: string) => actions.CreateDocument?.({ Name, Content: withParameter(script) }, upstream);

  await expect(create('Over', 'x'.repeat(room + 1))).rejects.toEqual(tooLarge);
  await create('Full', 'x'.repeat(room));
  await expect(send('Full', 'x')).rejects.toEqual(tooLarge);
  await create('Half', 'x'.repeat(room / 2));
  await expect(send('Half', 'x'.repeat(room))).rejects.toEqual(tooLarge);
  await expect(send('Half', 'x')).rejects.toEqual(expect.objectContaining({ code: 'InvalidInstanceId' }));
});

describe('the document resource of a template', () => {
  const identity = { stackName: 'Healing', logicalId: 'Restart' };
  const resourceOf = () => {
    const service = createRunCommand({ find: () => undefined });
    const resource = service.resources?.['AWS::SSM::Document'];
    if (resource === undefined) throw new Error('no resource');
    const describeDocument = async (Name: string) => {
      const { Document } = (await service.actions.DescribeDocument?.({ Name }, upstream)) ?? {};
      return Document as Record<string, unknown>;
    };
    return { resource, describeDocument };
  };

  it('keeps the name and makes the new version the default with UpdateMethod NewVersion', async () => {
    const { resource, describeDocument } = resourceOf();
    const first = { Name: 'Heal', DocumentType: 'Command', UpdateMethod: 'NewVersion', Content: JSON.parse(content('one')) };
    const { physicalId } = await resource.create(first, identity, upstream);

    const updated = await resource.update(physicalId, { ...first, Content: JSON.parse(content('two')) }, identity, upstream);

    expect(updated.physicalId).toBe('Heal');
    expect(await describeDocument('Heal')).toMatchObject({ DefaultVersion: '2', LatestVersion: '2', PlatformTypes: ['Linux'] });
  });

  it('replaces an unnamed document, and refuses to replace a named one', async () => {
    const { resource } = resourceOf();
    const properties = { Content: content('one') };
    const { physicalId } = await resource.create(properties, identity, upstream);

    const updated = await resource.update(physicalId, { Content: content('two') }, identity, upstream);

    expect(physicalId).toMatch(/^Healing-Restart-[0-9A-F]{12}$/);
    expect(updated.physicalId).not.toBe(physicalId);
    await resource.create({ ...properties, Name: 'Heal' }, identity, upstream);
    await expect(resource.update('Heal', { Name: 'Heal', Content: content('two') }, identity, upstream)).rejects.toThrow(/custom-named/);
  });

  it('deletes, also what is gone already', async () => {
    const { resource, describeDocument } = resourceOf();
    await resource.create({ Name: 'Heal', Content: content('one') }, identity, upstream);

    await resource.delete('Heal', upstream);
    await resource.delete('Heal', upstream);

    await expect(describeDocument('Heal')).rejects.toMatchObject({ code: 'InvalidDocument' });
  });
});

describe('sending a command', () => {
  const { actions } = createRunCommand({ find: () => undefined });
  const send = async (parameters: Record<string, unknown>) => actions.SendCommand?.({ InstanceIds: ['i-1'], ...parameters }, upstream);

  it.each([
    { case: 'the document is unknown', parameters: { DocumentName: 'none' }, code: 'InvalidDocument' },
    { case: 'the instance is not registered', parameters: { DocumentName: 'd' }, code: 'InvalidInstanceId' },
    { case: 'an instance is named twice', parameters: { DocumentName: 'd', InstanceIds: ['i-1', 'i-1'] }, code: 'DuplicateInstanceId' },
    { case: 'no instance is named', parameters: { DocumentName: 'd', InstanceIds: [] }, code: 'InvalidParameters' },
    { case: 'the version is unknown', parameters: { DocumentName: 'd', DocumentVersion: '9' }, code: 'InvalidDocumentVersion' },
    { case: 'a parameter is unknown', parameters: { DocumentName: 'd', Parameters: { A: ['b'] } }, code: 'InvalidParameters' },
    { case: 'the delivery timeout is below 30 s', parameters: { DocumentName: 'd', TimeoutSeconds: 29 }, code: 'ValidationException' },
    { case: 'the comment is too long', parameters: { DocumentName: 'd', Comment: 'c'.repeat(101) }, code: 'ValidationException' },
    { case: 'the hash differs', parameters: { DocumentName: 'd', DocumentHash: 'ab' }, code: 'InvalidDocument' },
  ])('is refused with $code when $case', async ({ parameters, code }) => {
    await actions.CreateDocument?.({ Name: 'd', Content: content('one') }, upstream).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'DocumentAlreadyExists' });
    });

    await expect(send(parameters)).rejects.toMatchObject({ code });
  });
});

describe('the status of a command on several nodes', () => {
  it.each([
    { case: 'nothing has begun', states: [pending, pending], status: 'Pending' },
    { case: 'one is under way', states: [succeeded, inProgress], status: 'InProgress' },
    { case: 'all went well', states: [succeeded, succeeded], status: 'Success' },
    { case: 'one failed', states: [succeeded, failed], status: 'Failed' },
    { case: 'one was not reached', states: [deliveryTimedOut, succeeded], status: 'TimedOut' },
    { case: 'one was cancelled', states: [succeeded, cancelled], status: 'Cancelled' },
  ])('is $status when $case', ({ states, status }) => {
    expect(overallState(states).status).toBe(status);
  });
});
