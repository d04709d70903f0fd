import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anIncident, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { answerTo, emptyApprovalTable, fakeApprovals, fakeModes } from '@self-healing/simulation/doubles/fake-approvals.ts';
import { emptyClaimTable } from '@self-healing/simulation/doubles/fake-claims.ts';
import { emptyIncidentItems, fakeStore } from '@self-healing/simulation/doubles/fake-store.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approvals } from '../../lambdas/adapters/dynamodb/approvals.ts';
import { incidentStore } from '../../lambdas/adapters/dynamodb/incident-store.ts';
import type { IncidentTable } from '../../lambdas/adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../../lambdas/adapters/dynamodb/mode-overrides.ts';
import type { Answer, ApprovalRequest } from '../../lambdas/core/approval.ts';
import type { Mode } from '../../lambdas/core/mode.ts';
import type { Approvals, IncidentStore, ModeOverrides } from '../../lambdas/core/ports.ts';
import { newIncidentTable } from '../support/incident-tables.ts';

let aws: SharedAws;
beforeAll(async () => {
  aws = await openSharedAws();
});
afterAll(() => aws.close());

/** The ports, and how a person answers. */
interface Asking {
  readonly approvals: Approvals;
  readonly store: IncidentStore;
  readonly modes: ModeOverrides;
  answer(request: ApprovalRequest, answer: Answer): Promise<void>;
}

async function real(): Promise<Asking> {
  const table = await newIncidentTable(aws);
  const own = approvals(table);
  const store = incidentStore(table);
  return { approvals: own, store, modes: modeOverrides(table), answer: (request, answer) => own.answer(request, answer) };
}

async function fake(): Promise<Asking> {
  const table = emptyApprovalTable();
  const items = emptyIncidentItems();
  return {
    approvals: fakeApprovals(table, (asking) => items.endings.has(asking)),
    store: fakeStore(items, emptyClaimTable()),
    modes: fakeModes(table),
    answer: async ({ id }, answer) => answerTo(table, id, answer),
  };
}

const incident = anIncident();

function aRequest(given: Partial<ApprovalRequest> = {}): ApprovalRequest {
  const { id, policy, target } = incident;
  const asked = { id: `${id}-0`, incident: id, policy, target, rung: 0, remedy: 'restart-service', seen: 'memory', summary: 'use it' };
  return { ...asked, askedAt: NOW, until: NOW + 15 * MINUTE, approvers: 2, ...given };
}

const says = (voter: string, answer: Answer['answer'] = 'approve'): Answer => ({ voter, who: `arn:${voter}`, answer, at: NOW });

describe.each([
  ['DynamoDB', real],
  ['the fake', fake],
])('questions to people in %s', (_, empty) => {
  let asking: Asking;
  beforeEach(async () => {
    asking = await empty();
  });
  const about = () => asking.approvals.about(incident.policy, incident.target);

  it('are found by policy and target, with their answers, each person once', async () => {
    await asking.approvals.ask(aRequest(), 'token');
    await asking.answer(aRequest(), says('AIDA1'));
    await asking.answer(aRequest(), says('AROA2:ben@example.com'));
    await asking.answer(aRequest(), says('AIDA1', 'deny'));

    const [found, ...more] = await about();
    expect(more).toEqual([]);
    expect(found?.request).toEqual(aRequest());
    expect(found?.answers.map(({ voter, answer }) => [voter, answer]).toSorted()).toEqual([
      ['AIDA1', 'deny'],
      ['AROA2:ben@example.com', 'approve'],
    ]);
  });

  it('are not found by another policy, or by a target whose name begins alike', async () => {
    await asking.approvals.ask(aRequest({ target: { kind: 'auto-scaling-group', name: 'web#2' } }), 'token');
    expect(await asking.approvals.about('Web-disk', { kind: 'auto-scaling-group', name: 'web#2' })).toEqual([]);
    expect(await asking.approvals.about(incident.policy, { kind: 'auto-scaling-group', name: 'web' })).toEqual([]);
  });

  it('keep their first words when they are asked again, and say whether people were told', async () => {
    expect(await asking.approvals.ask(aRequest(), 'token-1')).toEqual({ told: false });
    expect(await asking.approvals.ask(aRequest({ until: NOW + 99 * MINUTE }), 'token-2')).toEqual({ told: false });
    await asking.approvals.recordTold(aRequest());
    expect(await asking.approvals.ask(aRequest(), 'token-3')).toEqual({ told: true });
    expect((await about())[0]?.request.until).toBe(NOW + 15 * MINUTE);
  });

  it('are closed with their incident, twice if need be, and those of others stay', async () => {
    const other = aRequest({ id: `${'b'.repeat(64)}-0`, incident: 'b'.repeat(64) });
    for (const request of [aRequest(), aRequest({ id: `${incident.id}-1`, rung: 1 }), other]) await asking.approvals.ask(request, 'token');
    await asking.approvals.close(incident);
    await asking.approvals.close(incident);
    expect((await about()).map(({ request }) => request.incident)).toEqual(['b'.repeat(64)]);
  });

  it.each([
    ['new', false],
    ['asked again', true],
  ])('are not asked for an incident that has ended, %s', async (_, isAskedBefore) => {
    await asking.store.open(incident);
    if (isAskedBefore) await asking.approvals.ask(aRequest(), 'token-1');
    const end = { outcome: 'handed-off', reason: 'unexpected-error', why: '' } as const;
    await asking.store.close(incident, { end, told: true, written: true, changed: false }, NOW);
    expect(await asking.approvals.ask(aRequest(), 'token-2')).toEqual({ told: false, ended: true });
    await asking.approvals.close(incident);
    expect(await asking.approvals.ask(aRequest(), 'token-3')).toEqual({ told: false, ended: true });
    expect(await about()).toEqual([]);
  });

  it('do not come back when a function tells of them after they were closed', async () => {
    await asking.approvals.ask(aRequest(), 'token');
    await asking.approvals.close(incident);
    await asking.approvals.recordTold(aRequest());
    expect(await about()).toEqual([]);
  });

  it('leave a demotion as it was first written', async () => {
    const first = { mode: 'approval', why: 'the first failure', at: NOW, by: 'self-healing' } as const;
    expect(await asking.modes.read('Web-memory')).toBeUndefined();
    await asking.modes.demote('Web-memory', first);
    await asking.modes.demote('Web-memory', { ...first, why: 'the second' });
    expect(await asking.modes.read('Web-memory')).toEqual(first);
    expect(await asking.modes.read('Web-disk')).toBeUndefined();
  });

  it('put a demotion in the place of one that is less strict, and of no other', async () => {
    const override = (mode: Mode, why: string) => ({ mode, why, at: NOW, by: 'self-healing' });
    await asking.modes.demote('Web-memory', override('automatic', 'written by hand'));
    await asking.modes.demote('Web-memory', override('approval', 'a failure'));
    expect((await asking.modes.read('Web-memory'))?.why).toBe('a failure');
    await asking.modes.demote('Web-memory', override('shadow', 'stricter'));
    await asking.modes.demote('Web-memory', override('approval', 'a later failure'));
    expect((await asking.modes.read('Web-memory'))?.why).toBe('stricter');
  });
});

describe('what operators do at the table', () => {
  let table: IncidentTable;
  beforeEach(async () => {
    table = await newIncidentTable(aws);
  });

  it('shows every open question, with what wakes its workflow', async () => {
    const admin = approvals(table);
    await admin.ask(aRequest(), 'token-1');
    await admin.ask(aRequest({ policy: 'Zoo', id: `${'c'.repeat(64)}-0`, incident: 'c'.repeat(64) }), 'token-2');
    expect((await admin.open()).map(({ taskToken }) => taskToken).toSorted()).toEqual(['token-1', 'token-2']);
  });

  it('counts no answer that is only pointed to, since anybody can write that', async () => {
    const admin = approvals(table);
    await admin.ask(aRequest(), 'token');
    await table.putNew({ pk: `approval#${aRequest().id}`, sk: 'answer#AIDAFORGED' });
    expect((await admin.open())[0]?.answers).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['the answers of two others, in a list', [says('AIDAANNA'), says('AIDABERT')]],
    ['a list in a list', [[says('AIDAANNA')]]],
    ['nothing', null],
    ['a list of nothing', [null]],
    ['a text', 'approve'],
    ['no time', { ...says('AIDAMALLORY'), at: undefined }],
    ['a time that is none', { ...says('AIDAMALLORY'), at: 'soon' }],
    ['an answer that there is not', { ...says('AIDAMALLORY'), answer: 'maybe' }],
    ['more than an answer', { ...says('AIDAMALLORY'), weight: 2 }],
  ])('counts no answer where a voter wrote %s', async (_, answer) => {
    const admin = approvals(table);
    await admin.ask(aRequest(), 'token');
    await table.putNew({ pk: `approval#${aRequest().id}`, sk: 'answer#AIDAMALLORY' });
    await table.putNew({ pk: 'approver#AIDAMALLORY', sk: aRequest().id, answer });
    expect((await admin.open())[0]?.answers).toEqual([]);
  });

  it('takes an answer for that of whoever may write under its key, whatever name stands in it', async () => {
    const admin = approvals(table);
    await admin.ask(aRequest(), 'token');
    await table.putNew({ pk: `approval#${aRequest().id}`, sk: 'answer#AIDAMALLORY' });
    await table.putNew({ pk: 'approver#AIDAMALLORY', sk: aRequest().id, answer: says('AIDAANNA') });
    await admin.answer(aRequest(), says('AIDAMALLORY2'));
    expect((await admin.open())[0]?.answers.map(({ voter, who }) => [voter, who])).toEqual([
      ['AIDAMALLORY', 'arn:AIDAANNA (AIDAMALLORY)'],
      ['AIDAMALLORY2', 'arn:AIDAMALLORY2 (AIDAMALLORY2)'],
    ]);
  });

  it('promotes what was demoted, and says whether there was something to promote', async () => {
    const admin = modeOverrides(table);
    await admin.demote('Web-memory', { mode: 'approval', why: 'a failure', at: NOW, by: 'self-healing' });
    await admin.demote('Web-memory', { mode: 'shadow', why: 'by hand', at: NOW, by: 'arn:anna' });
    expect((await admin.read('Web-memory'))?.mode).toBe('shadow');
    expect([await admin.promote('Web-memory'), await admin.promote('Web-memory')]).toEqual([true, false]);
    expect(await admin.read('Web-memory')).toBeUndefined();
  });

  it.each([[{}], [{ override: 'x' }], [{ override: {} }], [{ override: { mode: 'a-later-mode' } }]])(
    'holds a policy whose override cannot be read to shadow, which a demotion to shadow replaces and no other: %j',
    async (item) => {
      const admin = modeOverrides(table);
      const policy = `Web-${JSON.stringify(item)}`;
      await table.set({ pk: `policy#${policy}`, sk: 'mode' }, { note: 1, ...item });
      expect(await admin.read(policy)).toMatchObject({ mode: 'shadow', unreadable: true });
      await admin.demote(policy, { mode: 'approval', why: 'a failure', at: NOW, by: 'self-healing' });
      expect(await admin.read(policy)).toMatchObject({ mode: 'shadow', unreadable: true });
      const byHand = { mode: 'shadow', why: 'by hand', at: NOW, by: 'arn:anna' } as const;
      await admin.demote(policy, byHand);
      expect(await admin.read(policy)).toEqual(byHand);
      await admin.demote(policy, { ...byHand, why: 'once more' });
      expect(await admin.read(policy)).toEqual(byHand);
    },
  );
});
