import { describe, expect, it } from 'vitest';
import { type Hub, refuseMissing, reportsAt } from '../../../bin/heal/hub.ts';
import { Defect, TargetGone } from '../../../lambdas/core/failure.ts';

const failing = (error: Error) => reportsAt('healing-hub', { all: () => Promise.reject(error) });
const at = (pipelines: Hub['pipelines']) => ({ pipelines, setting: async () => ({ value: 'running', at: 0, sequence: 1, by: 'anna' }) });
const gone = new TargetGone('query the incident table: ResourceNotFoundException: Requested resource not found', undefined);
const denied = new Defect('query the incident table: AccessDeniedException', undefined);

describe('a hub', () => {
  it('that was removed is told as such before anything is set, though its switch is left', async () => {
    const removed = { name: 'CannotDo', message: expect.stringContaining('the hub "healing-hub" was removed; its pause switch is left') };
    await expect(refuseMissing(at(failing(gone)))).rejects.toMatchObject(removed);
    await expect(failing(gone)()).rejects.toMatchObject({ next: expect.stringContaining('--import-existing-resources') });
  });

  it('whose table cannot be read for another reason can be paused all the same', async () => {
    await refuseMissing(at(failing(denied)));
    await expect(failing(denied)()).rejects.toBe(denied);
  });
});
