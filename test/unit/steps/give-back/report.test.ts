import { aState, HOUR, NOW } from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { capacityPolicy, keepCapacity, keeping, recovered } from '@self-healing/simulation/kept-capacity.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Defect } from '../../../../lambdas/core/failure.ts';
import { type GiveBackReason, giveBackReasonNames, giveBackReasons, type Keeping } from '../../../../lambdas/core/give-back/give-back.ts';
import type { Next } from '../../../../lambdas/core/next.ts';
import { isMailed } from '../../../../lambdas/core/notice/mailed.ts';
import type { WorkflowState } from '../../../../lambdas/core/workflow-state.ts';
import { reportGiveBack } from '../../../../lambdas/steps/give-back/report.ts';

let world: World;
beforeEach(() => {
  world = fakePorts();
  keepCapacity(world);
  world.claims.leases.set('auto-scaling-group#web', { incident: recovered.id, policy: 'giving back', expiresAt: NOW + HOUR });
});

const report = (next: Next, error?: WorkflowState['error']) =>
  reportGiveBack(aState({ incident: recovered, policy: capacityPolicy, next, ...(error && { error }) }), world.ports, NOW);
const ended = (reason: GiveBackReason, kept: Keeping = keeping): Next => ({
  do: 'report-give-back',
  keeping: kept,
  result: { reason, why: 'as it was' },
});

describe('reporting what became of giving back', () => {
  it.each(giveBackReasonNames)('writes %s down, tells who should know, and frees the target', async (reason) => {
    expect(await report(ended(reason))).toEqual({ do: 'end' });

    const kind = reason === 'given-back' ? 'given-back' : 'not-given-back';
    expect(world.history).toMatchObject([{ kind, reason, remedy: 'add-capacity', rung: 0, text: 'as it was' }]);
    expect(world.messages.map(({ attributes }) => attributes.reason)).toEqual(giveBackReasons[reason].tell ? [reason] : []);
    expect(world.claims.leases.size).toBe(0);
  });

  it('says in the message what was added, what not done, why, and what to do', async () => {
    await report(ended('failed'));
    const [{ subject, body } = { subject: '', body: '' }] = world.messages;
    expect(subject).toBe('NOT GIVEN BACK: group-cpu on Auto Scaling group web, 123456789012 eu-central-1');
    for (const part of ['raise the capacity of web to 3', 'is still', 'as it was', 'DO NOW', recovered.id]) expect(body).toContain(part);
  });

  it('says that it was given back to all ways but mail, unless mail asks for it', async () => {
    await report(ended('given-back'));
    const [notice] = world.notices;
    if (!notice) throw new Error('nobody was told');
    expect(notice).toMatchObject({ stage: 'given-back', alert: { state: 'closed', key: expect.stringMatching(/:added$/) } });
    expect(isMailed(notice, {})).toBe(false);
    expect(isMailed(notice, { mails: { stages: ['given-back'] } })).toBe(true);
  });

  it('leaves the incident as it ended', async () => {
    await report(ended('failed'));
    expect(world.items.endings.size).toBe(0);
    expect(world.outcomes).toEqual([]);
  });

  it('goes on to the change below', async () => {
    expect(await report(ended('given-back', { ...keeping, rung: 2, below: [1, 0] }))).toEqual({
      do: 'keep',
      at: new Date(NOW).toISOString(),
      keeping: { ...keeping, rung: 1, below: [0] },
    });
  });

  it.each([
    ['considering', { do: 'keep', at: new Date(NOW).toISOString(), keeping }],
    ['giving back', { do: 'give-back', remedy: 'add-capacity', keeping }],
  ] as [string, Next][])('reports the failure of %s', async (_, next) => {
    await report(next, { Error: 'Defect', Cause: 'AccessDenied' });
    expect(world.notices[0]?.why).toContain('Defect failed: AccessDenied');
  });

  it('keeps no part of a secret that stands where the failure is cut', async () => {
    const Cause = `${'x '.repeat(490)}postgres://shop:Zq7hV2mKpX9wZq7hV2mKpX9w@db/orders`;
    await report({ do: 'keep', at: new Date(NOW).toISOString(), keeping }, { Error: 'Defect', Cause });
    expect(JSON.stringify([world.history, world.notices])).not.toContain('Zq7');
  });

  it('takes the failure of a change before for no failure of this one', async () => {
    await report(ended('given-back'), { Error: 'Defect', Cause: 'AccessDenied' });
    expect(world.notices.map(({ stage }) => stage)).toEqual(['given-back']);
  });

  it('is a defect when nothing was to be given back', async () => {
    await expect(report({ do: 'end' })).rejects.toThrow(Defect);
  });

  it.each(['history.write', 'notifier.publish', 'claims.release', 'store.attempts'])(
    'tries all else when %s fails, then fails',
    async (broken) => {
      failing(world, broken, new Error('unavailable'));
      await expect(report(ended('failed'))).rejects.toThrow('giving back ended, but: unavailable');
      for (const channel of ['history.write', 'notifier.publish', 'claims.release']) expect(world.calls).toContain(channel);
    },
  );
});
