import { anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, anIncident, aPolicy, aState, INSTANCE_ID, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { answerTo } from '@self-healing/simulation/doubles/fake-approvals.ts';
import { fakePorts, losingAnswerOf, texts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { iso } from '../../../lambdas/core/duration.ts';
import { Defect } from '../../../lambdas/core/failure.ts';
import type { Next } from '../../../lambdas/core/next.ts';
import { ask } from '../../../lambdas/steps/ask.ts';
import { conclude } from '../../../lambdas/steps/conclude.ts';
import { triage } from '../../../lambdas/steps/triage.ts';
import { aLinkDesk, anna, ben } from '../../support/link-desk.ts';

const policy = aPolicy({ mode: 'approval', approval: { within: { minutes: 15 }, approvers: 2 } });
const question = `${anIncident().id}-0`;

let world: World;
beforeEach(() => {
  world = fakePorts();
  for (const id of [INSTANCE_ID, 'i-00000001']) world.account.instances.set(id, anInstance({ id }));
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
});

const triaged = (now = NOW) => triage(aState({ policy }), world.ports, now);
const asked = (next: Next, token = 'token-1', now = NOW) => ask(aState({ policy, next }), token, world.ports, now);
const answer = (voter: string, said: 'approve' | 'deny', at = NOW + MINUTE) =>
  answerTo(world.approvals, question, { voter, who: `arn:${voter}`, answer: said, at });

/** The alarm of the same target goes off anew. */
async function goesOffAnew(id: string, now: number): Promise<void> {
  const state = aState({ policy, incident: anIncident({ id: id.repeat(64), openedAt: now, receivedAt: now }) });
  await conclude({ ...state, next: await triage(state, world.ports, now) }, world.ports, now);
}

describe('asking', () => {
  it('is what triage wants before a rung that changes something, without a claim', async () => {
    expect(await triaged()).toEqual({ do: 'ask', remedy: 'restart-service', rung: 0, until: iso(NOW + 15 * MINUTE), seconds: 900 });
    expect(world.claims.leases.size + world.claims.slots.size).toBe(0);
    expect(await world.ports.store.written(aState().incident.id)).toMatchObject({ asked: true });
  });

  it('keeps the question, and tells people what would be done and how to answer', async () => {
    await asked(await triaged());

    expect(world.approvals.open.get(question)).toMatchObject({ taskToken: 'token-1', told: true });
    expect(world.messages.map(({ subject }) => subject)).toEqual([
      `MAY I? restart-service for memory on instance ${INSTANCE_ID}, 123456789012 eu-central-1`,
    ]);
    const { body } = world.messages[0] ?? { body: '' };
    expect(body).toContain('use restart-service (service nginx)');
    expect(body).toContain('within 15 min');
    expect(body).toContain('2 different people must approve');
    expect(body).toContain('self-healing-pipeline approve aaaaaaaa-1 --pipeline healing');
    expect(body).toContain('self-healing-pipeline deny aaaaaaaa-1 "the reason" --pipeline healing');
  });

  it('names the parameters without any JSON, durations as spans', async () => {
    const params = {
      stopTimeout: { seconds: 1 },
      paths: ['/a', '/b'],
      protect: [],
      volumeTag: { key: 'SelfHeal', value: 'enabled' },
      look: true,
    };
    const [rung] = policy.ladder;
    const asks = { ...policy, ladder: [{ ...rung, params } as (typeof policy.ladder)[number]] };
    await ask(aState({ policy: asks, next: await triaged() }), 'token-1', world.ports, NOW);
    expect(world.approvals.open.get(question)?.request.summary).toBe(
      'use restart-service (stopTimeout 1 s, paths /a and /b, protect none, volumeTag key SelfHeal value enabled, look true)',
    );
  });

  it('raises the alarm of what is not sent for each link that does not go out, and the question stands', async () => {
    const { sending, mails } = aLinkDesk();
    const mailer: typeof sending.mailer = {
      send: (holder, message) =>
        holder === anna ? Promise.reject(new Error('KMS key is disabled')) : sending.mailer.send(holder, message),
    };
    await ask(aState({ policy, next: await triaged() }), 'token-1', { ...world.ports, links: { ...sending, mailer } }, NOW);

    expect(world.notSent).toHaveLength(1);
    expect(world.history.filter(({ kind }) => kind === 'not-sent')).toEqual([
      {
        ...{ at: iso(NOW), kind: 'not-sent', stage: 'question', way: 'link of Anna Night', policy: policy.name },
        ...{ incident: anIncident().id, symptom: 'memory', target: `instance ${INSTANCE_ID}` },
        notice: `${anIncident().id}/question/1`,
        text: 'the notice "question" could not be sent by link of Anna Night: KMS key is disabled',
      },
    ]);
    expect(mails.map(({ to }) => to)).toEqual([ben.email]);
    expect(world.approvals.open.get(question)?.told).toBe(true);
  });

  it('tells nobody twice, and keeps the newer token', async () => {
    const next = await triaged();
    await asked(next);
    await asked(next, 'token-2');

    expect(world.messages).toHaveLength(1);
    expect(world.approvals.open.get(question)?.taskToken).toBe('token-2');
  });

  it.each(['approvals.ask', 'notifier.publish'])('tells people after all when it died after %s', async (call) => {
    const next = await triaged();
    losingAnswerOf(world, call, new Error('killed'));
    await expect(asked(next)).rejects.toThrow('killed');
    world.disturb.after = () => {};

    await asked(next, 'token-2');

    expect(world.messages.length).toBeGreaterThanOrEqual(1);
    expect(world.approvals.open.get(question)).toMatchObject({ told: true, taskToken: 'token-2' });
  });

  it('is nothing any more of a run that outlived its incident, and leaves nothing in the way of the next one', async () => {
    const next = await triaged();
    const error = { Error: 'Lambda.Unknown', Cause: 'no answer' };
    await conclude({ ...aState({ policy, next }), error }, world.ports, NOW + SECOND);
    await asked(next, 'token-1', NOW + 2 * SECOND);

    expect(world.messages.map(({ attributes }) => attributes.reason)).toEqual(['unexpected-error']);
    expect(world.approvals.open.size).toBe(0);
    const later = aState({
      policy,
      incident: anIncident({ id: 'b'.repeat(64), openedAt: NOW + 2 * MINUTE, receivedAt: NOW + 2 * MINUTE }),
    });
    expect(await triage(later, world.ports, NOW + 2 * MINUTE)).toMatchObject({ do: 'ask' });
  });

  it.each<[string, Next]>([
    ['the workflow asks for something else', { do: 'triage', at: iso(NOW) }],
    ['the rung is another remedy', { do: 'ask', remedy: 'clear-caches', rung: 0, until: iso(NOW), seconds: 1 }],
  ])('is a defect when %s', async (_, next) => {
    await expect(asked(next)).rejects.toThrow(Defect);
  });
});

describe('triage after the question', () => {
  beforeEach(async () => asked(await triaged()));

  it('goes on waiting for the rest of the time while too few have answered', async () => {
    answer('anna', 'approve');
    expect(await triaged(NOW + 5 * MINUTE)).toMatchObject({ do: 'ask', seconds: 600 });
  });

  it('remediates when enough different people have approved, and the history names them', async () => {
    answer('anna', 'approve');
    answer('ben', 'approve');
    expect(await triaged(NOW + 2 * MINUTE)).toEqual({
      do: 'remediate',
      remedy: 'restart-service',
      rung: 0,
      decidedAt: NOW + 2 * MINUTE,
      actsKnown: 0,
      approved: true,
    });
    expect(texts(world, 'decision').at(-1)).toBe('rung 1: restart-service, approved by arn:anna, arn:ben');
  });

  it.each([3, -20])('remediates as soon as it is woken by people whose clocks are %i s ahead', async (ahead) => {
    const said = NOW + 10 * SECOND;
    answer('anna', 'approve', said + ahead * SECOND);
    answer('ben', 'approve', said + ahead * SECOND);
    expect(await triaged(said + SECOND)).toMatchObject({ do: 'remediate', approved: true });
  });

  it('does not remediate when the symptom is gone by then', async () => {
    answer('anna', 'approve');
    answer('ben', 'approve');
    world.account.alarms.set(ALARM_NAME, { state: 'OK', reason: '' });
    expect(await triaged(NOW + 2 * MINUTE)).toMatchObject({ end: { reason: 'already-recovered' } });
  });

  it.each([
    ['denied', () => answer('eve', 'deny'), NOW + 2 * MINUTE, 'approval-denied'],
    ['unanswered', () => {}, NOW + 15 * MINUTE, 'approval-unanswered'],
    ['approved by one of two', () => answer('anna', 'approve'), NOW + 15 * MINUTE + SECOND, 'approval-unanswered'],
  ])('hands off when it was %s', async (_, act, now, reason) => {
    act();
    expect(await triaged(now)).toMatchObject({ do: 'conclude', end: { outcome: 'handed-off', reason } });
  });

  it('speaks for every further alarm of the target while it is open, and no longer', async () => {
    const minutes = [4, 8, 12];
    for (const [index, minute] of minutes.entries()) await goesOffAnew('bcd'[index] ?? '', NOW + minute * MINUTE);
    expect(world.messages.map(({ attributes }) => attributes.reason)).toEqual(['approval']);
    const ends = world.outcomes.map(({ end }) => end);
    expect(ends.map(({ reason, witness }) => [reason, witness?.id])).toEqual(minutes.map(() => ['already-open', anIncident().id]));
    await conclude(aState({ policy, next: await triaged(NOW + 15 * MINUTE) }), world.ports, NOW + 15 * MINUTE);
    expect(world.messages.map(({ attributes }) => attributes.reason)).toEqual(['approval', 'approval-unanswered']);
  });

  it('is closed with the incident', async () => {
    const next = await triaged(NOW + 15 * MINUTE);
    await conclude(aState({ policy, next }), world.ports, NOW + 15 * MINUTE);
    expect(world.approvals.open.size).toBe(0);
    expect(world.messages.map(({ attributes }) => attributes.reason)).toEqual(['approval', 'approval-unanswered']);
  });
});
