import { aGrowth } from '@self-healing/simulation/accounts.ts';
import {
  anAttempt,
  anIncident,
  aPolicy,
  aQuestion,
  aRung,
  aSlot,
  aState,
  HOUR,
  INSTANCE_ID,
  MINUTE,
  NOW,
} from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, losingAnswerOf, texts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Lease } from '../../../lambdas/core/claim.ts';
import { Defect } from '../../../lambdas/core/failure.ts';
import { oneIncident } from '../../../lambdas/core/guardrails/one-incident.ts';
import { targetLease } from '../../../lambdas/core/guardrails/target-lease.ts';
import { inDrill } from '../../../lambdas/core/in-drill.ts';
import { type Attempt, attemptToken, type Incident } from '../../../lambdas/core/incident.ts';
import { conclude as concludeWith, type Next } from '../../../lambdas/core/next.ts';
import { type End, endFor } from '../../../lambdas/core/reasons.ts';
import { conclude } from '../../../lambdas/steps/conclude.ts';

const incident = anIncident();
const healed = concludeWith(endFor('healed', 'alarm is OK', 1));

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: incident.id, policy: incident.policy, expiresAt: NOW + HOUR });
  world.claims.slots.set('tagged#Web', { [incident.id]: aSlot(NOW + HOUR), other: aSlot(NOW + HOUR) });
  world.items.attempts.set(anAttempt().token, anAttempt({ result: 'recovered' }));
});

const ended = (next: Next = healed, now = NOW) => conclude(aState({ next }), world.ports, now);
const recover = () => {
  world.disturb.before = () => {};
  world.disturb.after = () => {};
};

describe('concluding', () => {
  it('writes, tells, counts, closes and frees, each once', async () => {
    await ended();

    expect(world.history).toMatchObject([{ kind: 'outcome', outcome: 'recovered', reason: 'healed', milliseconds: 60_000 }]);
    expect(world.messages.map(({ attributes }) => attributes.reason)).toEqual(['healed']);
    expect(world.outcomes.map(({ end }) => end.reason)).toEqual(['healed']);
    expect(world.times).toEqual([{ metric: 'recovery', policy: 'Web-memory', seconds: 60 }]);
    expect(world.items.endings.get(incident.id)).toMatchObject({ told: true, written: true, end: { reason: 'healed' } });
    expect(world.claims.leases.size).toBe(0);
    expect(world.claims.slots.get('tagged#Web')).toEqual({ other: aSlot(NOW + HOUR) });
  });

  it('leaves the claim of another incident alone', async () => {
    world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: 'other', policy: 'Web-disk', expiresAt: NOW + HOUR });
    await ended();
    expect(world.claims.leases.get(`instance#${INSTANCE_ID}`)?.incident).toBe('other');
  });

  it('tells nobody of an end that needs nobody, and writes it down', async () => {
    await ended(concludeWith(endFor('already-recovered', 'OK', 0)));
    expect(world.messages).toEqual([]);
    expect(texts(world, 'outcome')).toEqual(['OK']);
  });

  const silent = [
    endFor('already-recovered', 'OK', 0),
    endFor('already-open', 'it is', 0, { kind: 'incident', id: 'other' }),
    endFor('muted', 'muted by anna', 0, { kind: 'person', id: 'anna' }),
    endFor('too-few-ill', 'one is normal', 0, { kind: 'person', id: 'whoever set atLeastIll' }),
    endFor('part-of-storm', 'one of many', 0, { kind: 'storm', id: 'tagged#Web' }),
    endFor('paused', 'paused', 0, { kind: 'incident', id: 'told before', at: NOW - HOUR }),
  ];

  it.each(silent.flatMap((end) => [{ late: true } as const, { answered: 0 }, { started: 0 }].map((notes) => ({ end, notes }))))(
    'tells the end $end.reason of what people heard of before: $notes',
    async ({ end, notes }) => {
      await ended({ ...concludeWith(end), notes });
      expect(world.notices).toMatchObject([{ reason: end.reason }]);
      expect(world.items.endings.get(incident.id)).toMatchObject({ told: true, toldAt: NOW });
    },
  );

  it.each(silent)('tells the end $reason of what people were asked about', async (end) => {
    await world.ports.store.open(incident);
    await world.ports.store.noteAsked(incident);
    await ended(concludeWith(end));
    expect(world.notices.map(({ reason }) => reason)).toEqual([end.reason]);
  });

  it('closes the alert that a notice on the way has opened, when the symptom went away', async () => {
    await ended({ ...concludeWith(endFor('already-recovered', 'OK', 0)), notes: { late: true } });
    expect(world.notices).toMatchObject([{ stage: 'not-healed', alert: { state: 'closed' } }]);
  });

  it('leaves to the next run whether a silent end is told, where it cannot be read whether people were asked', async () => {
    await world.ports.store.open(incident);
    await world.ports.store.noteAsked(incident);
    const gone = concludeWith(endFor('already-recovered', 'OK', 0));
    failing(world, 'store.written', new Error('throttled'));
    await expect(ended(gone)).rejects.toThrow('throttled');
    recover();
    await ended(gone);
    expect(world.notices.map(({ reason }) => reason)).toEqual(['already-recovered']);
  });

  it('puts what was read of the target into the notice and the history', async () => {
    const diagnosis = [{ title: 'Processes with most memory', lines: ['812 MiB, process 7 of app: java shop.jar'] }];
    const next = concludeWith(endFor('ladder-exhausted', 'still there', 1));
    await conclude(aState({ next, diagnosis }), world.ports, NOW);
    expect(world.notices).toMatchObject([{ diagnosis }]);
    expect(world.history.filter(({ kind }) => kind === 'outcome')).toMatchObject([{ diagnosis }]);
  });

  it('measures no recovery for a hand-off', async () => {
    await ended(concludeWith(endFor('ladder-exhausted', 'still there', 1)));
    expect(world.times).toEqual([]);
  });

  it('tells with the third failed repair in a row that the breaker of the policy is open, and of no other', async () => {
    const handOffs = ['a', 'b', 'c'].map((letter) => anIncident({ id: letter.repeat(64) }));
    for (const failed of handOffs) {
      const attempt = anAttempt({ incident: failed.id, result: 'not-recovered' });
      world.items.attempts.set(attempt.token, attempt);
      const next = concludeWith(endFor('ladder-exhausted', 'still there', 1));
      await conclude(aState({ incident: failed, next }), world.ports, NOW);
      await conclude(aState({ incident: failed, next }), world.ports, NOW);
    }
    expect(world.claims.breakers.get('Web-memory')).toMatchObject({ state: 'open', until: NOW + HOUR });
    expect(world.notices.map(({ why }) => why.some((line) => line.startsWith('The circuit breaker is open until')))).toEqual([
      false,
      false,
      true,
    ]);
    expect(texts(world, 'breaker')).toHaveLength(1);
  });

  describe('as the trial of a half-open breaker', () => {
    const trial = { state: 'half-open', trial: incident.id, until: NOW + HOUR, why: '3 repairs failed' } as const;
    const trialAfter = async (attempts: readonly Partial<Attempt>[], end: End, given: Partial<Incident> = {}, by = incident.id) => {
      world.items.attempts.clear();
      for (const attempt of attempts) world.items.attempts.set(anAttempt().token, anAttempt(attempt));
      world.claims.breakers.set('Web-memory', { ...trial, trial: by });
      await conclude(aState({ incident: anIncident(given), next: concludeWith(end) }), world.ports, NOW);
      return world.claims.breakers.get('Web-memory');
    };

    it.each<[string, readonly Partial<Attempt>[], End, Partial<Incident>]>([
      ['whose act was held back', [{ result: 'not-taken' }], endFor('paused', '', 0), {}],
      ['whose remedy did not apply', [{ acts: false, result: 'not-applicable' }], endFor('ladder-exhausted', '', 0), {}],
      ['whose decisions came too late', [], endFor('act-not-taken', '', 0), {}],
      ['whose remedy would do harm', [], endFor('unsafe-to-act', '', 0), {}],
      ['of a drill for real', [{ result: 'not-taken' }], endFor('paused', '', 0), { realDrill: '0123456789abcdef' }],
    ])('gives back the trial of one %s', async (_, attempts, end, given) => {
      expect(await trialAfter(attempts, end, given)).toEqual({ ...trial, until: NOW });
    });

    it.each<[string, readonly Partial<Attempt>[], End]>([
      ['may have changed something', [{ result: 'interrupted' }], endFor('paused', '', 1)],
      ['took no right to act', [], endFor('paused', '', 0)],
    ])('leaves the trial alone of one that %s', async (_, attempts, end) => {
      expect(await trialAfter(attempts, end)).toEqual(trial);
    });

    it('leaves the trial of another incident alone', async () => {
      expect(await trialAfter([{ result: 'not-taken' }], endFor('paused', '', 0), {}, 'other')).toEqual({ ...trial, trial: 'other' });
    });

    it('asks for the breaker once after an act that healed, and not at all where no right to act was taken', async () => {
      const asked = () => world.calls.filter((call) => call === 'claims.changeBreaker').length;
      await trialAfter([{ result: 'recovered' }], endFor('healed', '', 1));
      expect(asked()).toBe(1);
      await trialAfter([], endFor('part-of-storm', '', 0));
      expect(asked()).toBe(1);
    });
  });

  it('teaches the breaker nothing when nothing was changed', async () => {
    world.items.attempts.set(anAttempt().token, anAttempt({ acts: false, result: 'not-recovered' }));
    await ended(concludeWith(endFor('ladder-exhausted', 'still there', 1)));
    expect(world.claims.breakers.get('Web-memory')).toBeUndefined();
  });

  it.each([
    ['a failed step', { error: { Error: 'Defect', Cause: 'AccessDenied' }, next: healed }, 'Defect failed: AccessDenied'],
    ['a failed step without words', { error: {} }, 'a step failed: without a cause'],
    ['a step that answered nothing', {}, 'a step failed: without a cause'],
  ])('hands off after %s', async (_, given, why) => {
    expect(await conclude(aState(given), world.ports, NOW)).toEqual({
      do: 'end',
      end: { outcome: 'handed-off', reason: 'unexpected-error', why },
    });
    expect(world.messages).toHaveLength(1);
  });

  it('does nothing on a second run but free the claim again', async () => {
    await ended();
    await ended();
    expect([world.history, world.messages, world.outcomes].map((list) => list.length)).toEqual([1, 1, 1]);
  });

  it('keeps the first end when a later run names another', async () => {
    await ended();
    expect(await ended(concludeWith(endFor('unexpected-error', 'late crash', 1)))).toMatchObject({ end: { reason: 'healed' } });
    expect(world.items.endings.get(incident.id)?.end.reason).toBe('healed');
  });
});

describe('concluding after capacity was added', () => {
  const policy = aPolicy({
    ladder: [aRung({ remedy: 'add-capacity', params: {} }), aRung({ remedy: 'add-capacity', params: {} }), aRung()],
  });
  const added = (rung: number, more: Partial<Attempt> = {}) =>
    world.items.attempts.set(
      attemptToken(incident.id, rung),
      anAttempt({ rung, remedy: 'add-capacity', plan: aGrowth(), summary: 'raise it', ...more }),
    );
  const concluded = (next = healed) => conclude(aState({ policy, next }), world.ports, NOW);

  it('keeps it for now, the last first, and says so in the message', async () => {
    world.items.attempts.clear();
    added(0, { result: 'not-recovered' });
    added(1, { result: 'recovered' });
    const at = new Date(NOW + 30 * MINUTE).toISOString();

    expect(await concluded()).toEqual({ do: 'keep', at, keeping: { rung: 1, below: [0], since: NOW } });

    const later = `From ${at} on, if the symptom stays away: lower the capacity of web to 2`;
    expect(world.notices[0]?.later).toEqual([later, later]);
    expect(world.claims.leases.size).toBe(0);
  });

  it.each([
    ['failed', { result: 'failed' }],
    ['only awaited a growth', { plan: { name: 'web', capacity: 3, change: false } }],
    ['did not apply', { acts: false, result: 'not-applicable', plan: {} }],
  ] as [string, Partial<Attempt>][])('keeps nothing when the attempt %s', async (_, given) => {
    world.items.attempts.clear();
    added(0, given);
    expect(await concluded()).toMatchObject({ do: 'end' });
    expect(world.notices[0]?.later).toEqual([]);
  });

  it('keeps nothing when the policy says so', async () => {
    world.items.attempts.clear();
    added(0);
    const forGood = aPolicy({ ladder: [aRung({ remedy: 'add-capacity', params: { giveBackAfter: false } })] });
    expect(await conclude(aState({ policy: forGood, next: healed }), world.ports, NOW)).toMatchObject({ do: 'end' });
  });

  it('takes nothing from a target whose symptom is still there', async () => {
    added(0);
    expect(await concluded(concludeWith(endFor('ladder-exhausted', 'still there', 1)))).toMatchObject({ do: 'end' });
  });
});

describe('a failed repair', () => {
  const demoting = aPolicy({ demoteAfter: 'failed-repair' });
  const failed = concludeWith(endFor('ladder-exhausted', 'still there', 1));
  beforeEach(() => void world.items.attempts.set(anAttempt().token, anAttempt({ result: 'not-recovered' })));

  it('demotes the policy that wants it, says so, and keeps the first reason when it is run again', async () => {
    await conclude(aState({ policy: demoting, next: failed }), world.ports, NOW);
    await conclude(aState({ policy: demoting, next: failed }), world.ports, NOW + HOUR);

    expect(world.approvals.overrides.get('Web-memory')).toMatchObject({ mode: 'approval', at: NOW, by: 'self-healing' });
    expect(world.messages[0]?.body).toContain('self-healing-pipeline promote Web-memory');
    expect(world.history[0]).toMatchObject({ demotion: 'approval' });
  });

  it('demotes a policy whose breaker it opened, also when the first run could not write that down', async () => {
    const policy = aPolicy({ guardrails: { breaker: { failures: 1, openFor: { hours: 1 } } } });
    failing(world, 'modes.demote', new Error('unavailable'));
    await expect(conclude(aState({ policy, next: failed }), world.ports, NOW)).rejects.toThrow('unavailable');
    recover();
    await conclude(aState({ policy, next: failed }), world.ports, NOW);
    expect(world.approvals.overrides.get('Web-memory')).toMatchObject({ why: expect.stringContaining('circuit breaker') });
  });

  it('demotes no other', async () => {
    await ended(failed);
    expect(world.approvals.overrides.size).toBe(0);
    expect(world.messages[0]?.body).not.toContain('promote');
  });
});

describe('when a channel fails', () => {
  const channels = ['history.write', 'notifier.publish', 'store.close', 'claims.release'];

  it.each(channels)('%s: every other is tried, then the step fails', async (broken) => {
    failing(world, broken, new Error('unavailable'));

    await expect(ended()).rejects.toThrow('the incident ended, but: unavailable');

    for (const channel of channels) expect(world.calls).toContain(channel);
  });

  it.each(channels)('%s: a second run does what is missing', async (broken) => {
    failing(world, broken, new Error('unavailable'));
    await expect(ended()).rejects.toThrow(AggregateError);
    recover();

    await ended();

    expect(world.items.endings.get(incident.id)).toMatchObject({ told: true, written: true });
    expect(world.claims.leases.size).toBe(0);
    if (broken === 'store.close') return;
    expect([world.history.length, world.messages.length, world.outcomes.length]).toEqual([1, 1, 1]);
  });

  it('repeats the reports rather than lose one when it could not be kept that they went out', async () => {
    losingAnswerOf(world, 'notifier.publish', new Error('killed'));
    await expect(ended()).rejects.toThrow('killed');
    recover();
    await ended();

    expect(world.messages).toHaveLength(2);
    expect(world.history).toHaveLength(1);
  });

  it('names every failure', async () => {
    world.disturb.before = (call) => {
      throw new Error(`${call} is away`);
    };
    await expect(ended()).rejects.toThrow(/store.written is away.*history.write is away.*notifier.publish is away/);
  });
});

describe('the questions of an incident', () => {
  const closed = () => world.calls.filter((call) => call === 'approvals.close').length;

  it.each([
    [
      'nobody was asked',
      async () => {
        await world.ports.store.open(incident);
      },
      0,
    ],
    [
      'people were asked',
      async () => {
        await world.ports.store.open(incident);
        await world.ports.store.noteAsked(incident);
      },
      1,
    ],
    ['an earlier version opened it, which did not note it', async () => {}, 1],
    ['it cannot be read', async (): Promise<void> => failing(world, 'store.written', new Error('unavailable')), 1],
  ] as const)('where %s are closed so often', async (_, arrange, times) => {
    await arrange();
    await ended().catch(() => undefined);
    expect(closed()).toBe(times);
  });
});

describe('with an act that may still be under way', () => {
  const inFlight = (given: Parameters<typeof anAttempt>[0] = {}) => {
    const attempt = anAttempt({ at: NOW - MINUTE, longest: { minutes: 5 }, ...given });
    world.items.attempts.set(attempt.token, attempt);
  };
  const broken = concludeWith(endFor('unexpected-error', 'its workflow was aborted', 1));
  const lease = () => world.claims.leases.get(`instance#${INSTANCE_ID}`);

  it('keeps lease and slot until the act must have ended, and the target is busy for others', async () => {
    inFlight();
    await ended(broken);
    expect(lease()).toMatchObject({ incident: incident.id, expiresAt: NOW + 4 * MINUTE, over: true });
    expect(world.claims.slots.get('tagged#Web')?.[incident.id]?.until).toBe(NOW + 4 * MINUTE);
    const next = anIncident({ id: 'b'.repeat(64) });
    const question = aQuestion({ incident: next, snapshot: { lease: lease() as Lease } });
    expect(oneIncident(question)).toBeUndefined();
    expect(targetLease(question)).toMatchObject({ kind: 'wait', reason: 'target-busy' });
    expect(targetLease(question)?.why).toContain('an act of policy Web-memory, whose incident is over, may still be under way');
  });

  it('keeps them for as long as the remedy says where the attempt does not, as of an earlier version', async () => {
    const { longest: _, ...earlier } = anAttempt({ at: NOW - MINUTE });
    world.items.attempts.set(earlier.token, earlier);
    await ended(broken);
    expect(lease()?.over).toBe(true);
  });

  it('frees them when it is concluded again after the act', async () => {
    inFlight();
    await ended(broken);
    await ended(broken, NOW + 4 * MINUTE);
    expect(world.claims.leases.size).toBe(0);
  });

  it.each([
    ['was judged', { result: 'not-recovered' as const }],
    ['changed nothing', { acts: false }],
    ['is over by its longest time', { at: NOW - 5 * MINUTE }],
  ])('frees them at once when it %s', async (_, given) => {
    inFlight(given);
    await ended(broken);
    expect(world.claims.leases.size).toBe(0);
  });

  it('keeps them as they are while it cannot be read whether there is one', async () => {
    failing(world, 'store.written', new Error('unavailable'));
    await expect(ended(broken)).rejects.toThrow('unavailable');
    expect(lease()).toMatchObject({ expiresAt: NOW + HOUR });
  });
});

describe('when the incident cannot be read', () => {
  it('still tells people, and does not claim that nothing was done', async () => {
    failing(world, 'store.written', new Error('unavailable'));

    await expect(ended(concludeWith(endFor('ladder-exhausted', 'still there', 1)))).rejects.toThrow('unavailable');

    expect(world.messages).toHaveLength(1);
    expect(world.notices[0]?.done).toMatchObject([{ result: 'unknown', why: 'the attempts could not be read; the history has them' }]);
  });
});

describe('what an incident took for nothing', () => {
  it.each(['unsafe-to-act', 'act-not-taken'] as const)('is given back where it ends as %s: the share of the budget', async (reason) => {
    world.items.attempts.clear();
    world.claims.spending = { [attemptToken(incident.id, 0)]: NOW, 'of-another-0': NOW };
    await ended(concludeWith(endFor(reason, 'nothing was done', 0)));
    expect(world.claims.spending).toEqual({ 'of-another-0': NOW });
  });

  it('is not given back where something was done', async () => {
    world.claims.spending = { [anAttempt().token]: NOW };
    await ended();
    expect(world.claims.spending).toEqual({ [anAttempt().token]: NOW });
  });
});

describe('what was added', () => {
  it('is kept to be given back where the symptom went after a demotion to shadow, and people are told', async () => {
    const policy = aPolicy({ ladder: [aRung({ remedy: 'add-capacity', params: {} }), aRung()] });
    const grown = anAttempt({ remedy: 'add-capacity', plan: aGrowth(), summary: 'raise it', result: 'not-recovered' });
    world.items.attempts.set(grown.token, grown);
    const next = concludeWith({ ...endFor('shadow', 'nothing more was done', 1), symptomGone: true });
    expect(await conclude(aState({ policy, next }), world.ports, NOW)).toMatchObject({ do: 'keep' });
    expect(world.notices[0]?.later).toHaveLength(1);
  });
});

describe('the line of a drill for real', () => {
  it('waits until it is known what the drill may break', async () => {
    const drill = '0123456789abcdef';
    const walked = anIncident({ drill, drillMinutes: 10 });
    await world.ports.store.beginDrill(walked.policy, { drill, isReal: true }, NOW);
    const state = aState({ incident: walked, policy: inDrill(aPolicy()), next: concludeWith(endFor('drill', 'whole', 0)) });
    failing(world, 'modes.read', new Defect('throttled', undefined));
    await expect(conclude(state, world.ports, NOW)).rejects.toThrow('throttled');
    recover();
    await conclude(state, world.ports, NOW + 5_000);
    const lines = world.history.filter(({ kind }) => kind === 'outcome');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toHaveProperty('brokenUntil');
  });
});
