import { NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { approvals } from '../../../lambdas/adapters/dynamodb/approvals.ts';
import { incidentStore } from '../../../lambdas/adapters/dynamodb/incident-store.ts';
import type { IncidentTable } from '../../../lambdas/adapters/dynamodb/incident-table.ts';
import { inTodaysNames } from '../../../lambdas/core/former-names.ts';
import { believable } from '../../../lambdas/core/operator-action.ts';

/** A table in which every item is the one that is given. */
function tableOf(item: object): IncidentTable {
  return { get: async () => item, between: async (pk: string) => (pk.startsWith('approval#') ? [] : [item]) } as unknown as IncidentTable;
}

const incident = 'a'.repeat(64);
const target = { kind: 'instance', id: 'i-0000000a' } as const;
const act = { incident, target, policy: 'Web', rung: 0, remedy: 'restart-service' };

describe.each([
  ['its former name', 'deed'],
  ['its name', 'summary'],
])('a summary that stands in the table under %s', (_, field) => {
  const item = { ...act, [field]: 'restart service web' };
  const read = { ...act, summary: 'restart service web' };

  it('is read with the attempts of an incident and of a target', async () => {
    const store = incidentStore(tableOf({ attempt: item }));
    expect(await store.attempts(incident)).toEqual([read]);
    expect((await store.history(target, NOW)).attempts).toEqual([read]);
  });

  it('is read with what is given back', async () => {
    expect(await incidentStore(tableOf({ giveBack: item })).giveBack(incident, 0)).toEqual(read);
  });

  it('is read with an open question', async () => {
    expect(await approvals(tableOf({ request: item, taskToken: 'token' })).open()).toMatchObject([{ request: read }]);
  });
});

describe('the reason of a storm that stands under its former name', () => {
  const end = { outcome: 'handed-off', reason: 'common-cause', why: '10 of 50' };
  const read = { ...end, reason: 'storm' };

  it('is read with the end of an incident, and with the past of a target', async () => {
    expect(await incidentStore(tableOf({ end })).ending(incident)).toMatchObject({ end: read });
    const table = { last: async () => [{ past: { id: incident, receivedAt: NOW, ended: { end, at: NOW, changed: false } } }] };
    const [past] = await incidentStore(table as unknown as IncidentTable).past('Web', target, NOW);
    expect(past?.ended?.end).toEqual(read);
  });

  it('is read in the history', () => {
    const line = { at: '2026-11-02T03:04:05Z', kind: 'outcome', policy: 'Web', text: '10 of 50', reason: 'part-of-common-cause' } as const;
    expect(believable(line, 'conclude/2026-11-02')).toMatchObject({ reason: 'part-of-storm' });
  });

  it('is read with the incident that another one follows, and with what people were told', () => {
    const told = [{ reason: 'common-cause', id: incident, at: NOW }];
    const follows = { id: incident, reason: 'part-of-common-cause', told };
    expect(inTodaysNames({ incident: { id: incident, follows } })).toEqual({
      incident: { id: incident, follows: { id: incident, reason: 'part-of-storm', told: [{ ...told[0], reason: 'storm' }] } },
    });
  });

  it('is read with the end that a workflow is on the way to, and with the limits of the policy', () => {
    const given = { policy: { name: 'Web', guardrails: { commonCause: { percent: 20 }, excludeTag: 'x' } }, next: { do: 'conclude', end } };
    expect(inTodaysNames(given)).toEqual({
      policy: { name: 'Web', guardrails: { storm: { percent: 20 }, excludeTag: 'x' } },
      next: { do: 'conclude', end: read },
    });
  });

  it.each([
    [null],
    ['text'],
    [[1]],
    [{}],
    [{ policy: 7, next: [], incident: null }],
    [{ policy: { guardrails: 'none' } }],
    [{ policy: { guardrails: {} } }],
  ])('leaves %j to the schemas', (value) => expect(inTodaysNames(value)).toStrictEqual(value));
});

it('reads what an operator did under its former name in the history', () => {
  const line = { at: '2026-11-02T03:04:05Z', kind: 'operator', policy: 'Web', text: 'pauses', deed: 'pause' } as const;
  expect(believable(line, 'operators/2026-11-02')).toMatchObject({ action: 'pause' });
});
