import { beforeEach, describe, expect, it } from 'vitest';
import { Defect, TargetGone, TryAgain, Uncertain } from '../../../lambdas/core/failure.ts';
import { attemptToken } from '../../../lambdas/core/incident.ts';
import type { Next } from '../../../lambdas/core/next.ts';
import { remediator as restartService } from '../../../lambdas/remediators/restart-service.ts';
import { remediate } from '../../../lambdas/steps/remediate.ts';
import { failing, fakePorts, losingAnswerOf, texts, type World } from '../../../rehearsal/fakes/fake-ports.ts';
import { anAttempt, anIncident, aPolicy, aRung, aState, climbing, INSTANCE_ID, MINUTE, NOW, SECOND } from '../../support/builders.ts';

const incident = anIncident();
const TOKEN = attemptToken(incident.id, 0);
const settledAt = (now: number) => new Date(now + 30 * SECOND).toISOString();

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.agents.set(INSTANCE_ID, 'online');
  world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: incident.id, policy: incident.policy, expiresAt: NOW + 15 * MINUTE });
});

const climb = (given: Parameters<typeof aState>[0] = {}, now = NOW) =>
  remediate(aState({ next: climbing(), ...given }), restartService, 'healing-restart-service', world.ports, now);
const sent = () => world.calls.filter((call) => call === 'commands.send').length;
const attempt = () => world.items.attempts.get(TOKEN);

describe('climbing a rung', () => {
  it('observes, reads the pause switch and the mode, writes the attempt, then acts, then keeps the receipt', async () => {
    expect(await climb()).toEqual({ do: 'verify', at: settledAt(NOW), check: { rung: 0, verifyBy: NOW + 30 * SECOND + 4 * MINUTE } });

    expect(world.calls).toEqual([
      'store.attempts',
      'commands.agent',
      'pauseSwitch.read',
      'modes.read',
      'store.record',
      'history.write',
      'commands.send',
      'store.recordReceipt',
      'history.write',
    ]);
    expect(attempt()).toMatchObject({ token: TOKEN, deed: 'restart service nginx', receipt: { commandId: 'command-1' } });
    expect(world.history.map(({ kind, text }) => [kind, text])).toEqual([
      ['attempt', 'about to restart service nginx'],
      ['acted', 'restart service nginx'],
    ]);
  });

  it('measures the time to the first action, and only to the first', async () => {
    await climb();
    expect(world.times).toEqual([{ metric: 'first action', policy: 'Web-memory', seconds: 60 }]);

    await climb({ policy: aPolicy({ ladder: [aRung(), aRung()] }), next: climbing(1) });
    expect(world.times).toHaveLength(1);
  });

  it('does not act when the pause switch was set after triage', async () => {
    world.pause.text = 'stop, Ada';

    expect(await climb()).toEqual({
      do: 'conclude',
      end: { outcome: 'skipped', reason: 'paused', why: 'the pause switch says: stop, Ada' },
    });
    expect(sent()).toBe(0);
    expect(world.items.attempts.size).toBe(0);
  });

  it.each([
    ['shadow', undefined],
    ['shadow', true],
    ['approval', undefined],
  ] as const)('goes back to triage without acting when the policy was demoted to %s since (approved: %s)', async (mode, approved) => {
    world.approvals.overrides.set('Web-memory', { mode, why: 'it failed elsewhere', at: NOW, by: 'self-healing' });
    const next = { ...climbing(), ...(approved && { approved }) } as Next;

    expect(await climb({ next })).toEqual({ do: 'triage', at: new Date(NOW).toISOString() });
    expect(sent()).toBe(0);
    expect(world.items.attempts.size).toBe(0);
  });

  it('acts under a policy that asks, when the rung was approved', async () => {
    world.approvals.overrides.set('Web-memory', { mode: 'approval', why: 'it failed elsewhere', at: NOW, by: 'self-healing' });
    expect(await climb({ next: { ...climbing(), approved: true } as Next })).toMatchObject({ do: 'verify' });
    expect(sent()).toBe(1);
  });

  it('goes back to triage without acting when the lease was lost', async () => {
    world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: 'other', policy: 'Web-disk', expiresAt: NOW + MINUTE });

    expect(await climb()).toEqual({ do: 'triage', at: new Date(NOW).toISOString() });
    expect(sent()).toBe(0);
    expect(world.items.attempts.size).toBe(0);
  });

  it('goes back to triage without acting when its own lease has lapsed', async () => {
    world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: incident.id, policy: 'Web-memory', expiresAt: NOW });

    expect(await climb()).toMatchObject({ do: 'triage' });
    expect(sent()).toBe(0);
  });

  it('leaves a mark and goes on to the next rung when the remedy does not apply', async () => {
    world.account.agents.set(INSTANCE_ID, 'silent');

    expect(await climb()).toMatchObject({ do: 'triage' });
    expect(attempt()).toMatchObject({ acts: false, result: 'not-applicable' });
    expect(texts(world, 'decision')).toEqual([expect.stringContaining('restart-service refuses (not-applicable)')]);
    expect(sent()).toBe(0);
  });

  it.each([
    ['the workflow named no rung', { next: { do: 'triage', at: settledAt(NOW) } }],
    ['the rung is of another remedy', { policy: aPolicy({ ladder: [aRung({ remedy: 'clear-caches' })] }) }],
    ['the rung is not on the ladder', { next: climbing(7) }],
    ['the parameters are not valid', { policy: aPolicy({ ladder: [aRung({ params: { service: 'nginx; reboot' } })] }) }],
  ] as [string, Parameters<typeof aState>[0]][])('is a defect, before anything is called, when %s', async (_, given) => {
    await expect(climb(given)).rejects.toThrow(Defect);
    expect(world.calls.filter((call) => call.startsWith('commands.'))).toEqual([]);
  });
});

describe('an act that AWS did not carry out', () => {
  it.each([
    ['was denied', new Defect('AccessDenied', undefined)],
    ['was throttled to the end', new TryAgain('Throttling', undefined)],
    ['met a target that is gone', new TargetGone('InvalidInstanceId', undefined)],
  ])('because it %s leads to the next rung', async (_, error) => {
    failing(world, 'commands.send', error);

    expect(await climb()).toMatchObject({ do: 'triage' });
    expect(attempt()).toMatchObject({ result: 'failed', why: error.message });
    expect(texts(world, 'acted')).toEqual([`could not restart service nginx: ${error.message}`]);
  });

  it('is not tried again by a second run', async () => {
    failing(world, 'commands.send', new Defect('AccessDenied', undefined));
    await climb();

    expect(await climb()).toMatchObject({ do: 'triage' });
    expect(sent()).toBe(1);
  });
});

describe('an act whose answer was lost', () => {
  it.each([
    ['reported by the adapter', new Uncertain('socket hang up', undefined)],
    ['of any other kind', new Error('something else')],
  ])('(%s) is not repeated; verification will tell', async (_, error) => {
    losingAnswerOf(world, 'commands.send', error);

    expect(await climb()).toMatchObject({ do: 'verify', at: settledAt(NOW) });
    expect(sent()).toBe(1);
    expect(attempt()).not.toHaveProperty('receipt');
    expect(world.history.at(-1)).toMatchObject({ kind: 'acted', uncertain: true });
  });
});

describe('a second run of the same rung', () => {
  it('acts no more and goes to verify by the first run’s clock when the receipt is there', async () => {
    const first = await climb();

    expect(await climb({}, NOW + 10 * SECOND)).toEqual(first);
    expect(sent()).toBe(1);
  });

  it.each(['store.recordReceipt', 'history.write'])('finds the act again after a crash at %s just after it', async (call) => {
    let acted = false;
    world.disturb.before = (name) => {
      if (acted && name === call) throw new Error('killed');
      acted ||= name === 'commands.send';
    };
    await expect(climb()).rejects.toThrow('killed');
    world.disturb.before = () => {};

    expect(await climb({}, NOW + 2 * SECOND)).toMatchObject({ do: 'verify', at: settledAt(NOW) });
    expect(sent()).toBe(1);
    expect(attempt()).toMatchObject({ receipt: { commandId: 'command-1' } });
  });

  it('never acts after a crash between writing the attempt and acting, since nobody can tell it from one just after', async () => {
    losingAnswerOf(world, 'store.record', new Error('killed'));
    await expect(climb()).rejects.toThrow('killed');
    world.disturb.after = () => {};

    expect(await climb({}, NOW + 2 * SECOND)).toMatchObject({ do: 'verify' });
    expect(sent()).toBe(0);
    expect(texts(world, 'acted')).toEqual([
      expect.stringContaining('was interrupted; whether it took place is not known, and it is not repeated'),
    ]);
    expect(world.history.at(-1)).toMatchObject({ interrupted: true });
  });

  it('acts once when two runs overlap', async () => {
    const answers = await Promise.all([climb(), climb()]);

    expect(answers.map((answer) => answer.do)).toEqual(['verify', 'verify']);
    expect(sent()).toBe(1);
  });

  it('goes to triage when the attempt was judged already', async () => {
    world.items.attempts.set(TOKEN, anAttempt({ result: 'not-recovered' }));

    expect(await climb()).toMatchObject({ do: 'triage' });
    expect(sent()).toBe(0);
  });
});
