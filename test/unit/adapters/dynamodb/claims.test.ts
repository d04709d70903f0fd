import { anAttempt, anIncident, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { ItemsInMemory, type TableRequest, tableInMemory } from '@self-healing/simulation/economy/table-in-memory.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { claims } from '../../../../lambdas/adapters/dynamodb/claims.ts';
import { incidentStore } from '../../../../lambdas/adapters/dynamodb/incident-store.ts';
import { modeOverrides } from '../../../../lambdas/adapters/dynamodb/mode-overrides.ts';
import { readsTogether } from '../../../../lambdas/adapters/dynamodb/reads-together.ts';
import { closedBreaker, isolate } from '../../../../lambdas/core/circuit-breaker.ts';
import { Defect, TryAgain } from '../../../../lambdas/core/failure.ts';
import type { ClaimRequest, Claims } from '../../../../lambdas/core/ports.ts';

const GROUP = 'tagged#SelfHeal=enabled';
const first = anIncident();
const second = anIncident({ id: 'b'.repeat(64), target: { kind: 'instance', id: 'i-0bbbbbbbbbbbbbbbb' } });

function request(incident: ClaimRequest['incident'], limit: number): ClaimRequest {
  const act = {
    slots: [{ group: GROUP, limits: { group: limit, zone: limit } }],
    token: `${incident.id}-0`,
    budget: { acts: 5, perMilliseconds: 60 * MINUTE },
  };
  return { incident, until: NOW + MINUTE, change: { act } };
}

const ending = { end: { outcome: 'recovered', reason: 'healed', why: 'it is' }, told: true, written: true, changed: true } as const;

let requests: TableRequest[];
let items: ItemsInMemory;
const table = () =>
  tableInMemory(
    items,
    (told) => void requests.push(told),
    async () => {},
  );
/** As the functions that decide have it. */
function claimsTogether(): Claims {
  const of = table();
  return claims(of, readsTogether(of.get, of.getAll));
}
const asked = () => requests.splice(0).map(({ request: name }) => name.replace('dynamodb:', ''));

/** What the guardrails decide by. */
async function looked(by: Claims): Promise<void> {
  await Promise.all([by.slots(GROUP), by.spending(), by.ofPolicy(first.policy)]);
  asked();
}

beforeEach(() => {
  requests = [];
  items = new ItemsInMemory();
});

describe('a claim after what it needs was read', () => {
  it('reads nothing again', async () => {
    const own = claims(table());
    await looked(own);
    expect(await own.claim(request(first, 1), NOW)).toEqual({ kind: 'claimed' });
    expect(asked()).toEqual(['TransactWriteItems']);
  });

  it('is refused by what another incident took since, and reads that', async () => {
    const own = claimsTogether();
    await looked(own);
    await claims(table()).claim(request(second, 1), NOW);
    asked();
    expect(await own.claim(request(first, 1), NOW)).toEqual({ kind: 'lost', to: 'slot', group: GROUP });
    expect(asked()).toEqual(['TransactWriteItems', 'BatchGetItem']);
  });

  it('is not lost to what has been given back since', async () => {
    const other = claims(table());
    await other.claim(request(second, 1), NOW);
    const own = claims(table());
    await looked(own);
    await other.release(second, GROUP, NOW);
    asked();
    expect(await own.claim(request(first, 1), NOW)).toEqual({ kind: 'claimed' });
  });

  it('goes by what was read once alone', async () => {
    const own = claimsTogether();
    await looked(own);
    await own.claim(request(first, 2), NOW);
    asked();
    expect(await own.claim(request(second, 2), NOW)).toEqual({ kind: 'claimed' });
    expect(asked()).toEqual(['BatchGetItem', 'TransactWriteItems']);
  });
});

describe('what the guardrails decide by', () => {
  it('is read by one request', async () => {
    const own = claimsTogether();
    await Promise.all([own.slots(GROUP), own.spending(), own.ofPolicy(first.policy)]);
    expect(requests.map(({ request: name, names }) => [name, names])).toEqual([
      [
        'dynamodb:BatchGetItem',
        [`group#${GROUP}: slots`, 'pipeline: spending', `policy#${first.policy}: breaker`, `policy#${first.policy}: mode`],
      ],
    ]);
  });

  it('is read item by item where nothing else is said', async () => {
    const own = claims(table());
    await Promise.all([own.slots(GROUP), own.spending()]);
    expect(asked()).toEqual(['GetItem', 'GetItem']);
  });
});

describe('the end of a claim', () => {
  const held = { until: NOW + MINUTE, groups: [GROUP] };
  const left = async (by: Claims) => [await by.lease(first.target), Object.keys(await by.slots(GROUP))];

  it('reads nothing where what is held is known', async () => {
    const own = claims(table());
    await own.claim(request(first, 2), NOW);
    await own.claim(request(second, 2), NOW);
    asked();
    await own.release(first, GROUP, NOW, { held });
    expect(asked()).toEqual(['TransactWriteItems']);
    expect(await left(own)).toEqual([undefined, [second.id]]);
  });

  it('makes a claim that read the slots before it look again', async () => {
    const own = claimsTogether();
    await own.claim(request(first, 2), NOW);
    await looked(own);
    await claims(table()).release(first, GROUP, NOW, { held });
    asked();
    await own.claim(request(second, 2), NOW);
    expect(asked()).toEqual(['TransactWriteItems', 'BatchGetItem', 'TransactWriteItems']);
    expect((await left(own))[1]).toEqual([second.id]);
  });

  it.each([
    ['the lease was moved since', { ...held, until: NOW }],
    ['the slot is in another group', { ...held, groups: ['another'] }],
    ['there is a slot that it never had', { ...held, groups: [GROUP, 'another'] }],
  ])('looks where %s, and frees all', async (_, known) => {
    const own = claims(table());
    await own.claim(request(first, 2), NOW);
    await own.release(first, GROUP, NOW, { held: known });
    expect(await left(own)).toEqual([undefined, []]);
  });

  it('leaves alone what another incident has', async () => {
    const own = claims(table());
    await own.claim(request(first, 2), NOW);
    const other = { ...second, target: first.target };
    await own.release(other, GROUP, NOW, { held });
    expect(await left(own)).toMatchObject([{ incident: first.id }, [first.id]]);
  });
});

describe('the share of the budget of an act that did not take place', () => {
  const attempt = anAttempt({ incident: first.id, token: `${first.id}-0`, target: first.target });

  it.each([
    ['is freed by the request that says so', [], 1],
    ['is left where too many others spend just now', ['TryAgain'], 2],
  ])('%s', async (_, failures, times) => {
    const of = table();
    await claims(of).claim(request(first, 1), NOW);
    await incidentStore(of).record(attempt, NOW + MINUTE, NOW);
    asked();
    let tries = 0;
    const contended: typeof of = {
      ...of,
      transact: async (writes) => {
        tries += 1;
        if (failures.length >= tries) throw new TryAgain('the incident table is contended', undefined);
        return of.transact(writes);
      },
    };
    await incidentStore(contended).recordNotTaken(attempt, 'ThrottlingException', true, NOW);
    expect([tries, asked()]).toEqual([times, ['TransactWriteItems']]);
    expect(Object.keys(await claims(of).spending())).toHaveLength(failures.length);
    expect(await incidentStore(of).attempts(first.id)).toMatchObject([{ result: 'not-taken' }]);
  });

  it('is not freed by a failure of another kind, which is told', async () => {
    const of = table();
    const broken = { ...of, transact: () => Promise.reject(new Defect('AccessDenied', undefined)) };
    await expect(incidentStore(broken).recordNotTaken(attempt, '', true, NOW)).rejects.toThrow('AccessDenied');
  });
});

describe('opening an incident', () => {
  it('that is likely new writes without a look, and finds the end of one that is not', async () => {
    const store = incidentStore(table());
    expect(await store.open(first, true)).toEqual({ isNew: true });
    expect(asked()).toEqual(['TransactWriteItems']);
    expect(await store.open(first, true)).toEqual({ isNew: false });
    await store.close(first, ending, NOW);
    expect(await store.open(first, true)).toEqual({ isNew: false, ending });
    expect(await store.open(first)).toEqual({ isNew: false, ending });
  });
});

describe('what is kept together', () => {
  it('is read by one request: the history of a target with its lease', async () => {
    const store = incidentStore(table());
    await store.open(first);
    await claims(table()).claim(request(first, 1), NOW);
    asked();
    const { openings, attempts, lease } = await store.history(first.target, 0);
    expect([openings.length, attempts.length, lease?.incident, lease?.holds?.groups]).toEqual([1, 0, first.id, [GROUP]]);
    expect(asked()).toEqual(['Query']);
    expect((await store.history(second.target, 0)).lease).toBeUndefined();
  });

  it('is read by one request: all that is written of an incident', async () => {
    const [store, own] = [incidentStore(table()), claims(table())];
    await store.open(first);
    expect(await store.written(first.id)).toEqual({ attempts: [], asked: false });
    await own.claim(request(first, 1), NOW);
    const attempt = anAttempt({ incident: first.id, target: first.target });
    await store.record(attempt, NOW, NOW);
    await store.noteAsked(first);
    await store.close(first, ending, NOW);
    asked();
    const held = { until: NOW + MINUTE, groups: [GROUP] };
    expect(await store.written(first.id)).toEqual({ attempts: [attempt], ending, asked: true, held });
    expect(asked()).toEqual(['Query']);
    await own.release(first, GROUP, NOW, { held });
    expect(asked()).toEqual(['TransactWriteItems']);
    expect(await store.written('of an earlier version')).toEqual({ attempts: [] });
  });

  it('is read by one request: the breaker of a policy with its override', async () => {
    const own = claimsTogether();
    expect(await own.ofPolicy(first.policy)).toEqual({ breaker: closedBreaker });
    const override = { mode: 'shadow', at: NOW, by: 'Anna', why: 'a release' } as const;
    await modeOverrides(table()).demote(first.policy, override as never);
    await own.changeBreaker(first.policy, () => isolate('Anna', 'a release', NOW));
    await own.changeRemedyRecord(first.policy, (record) => ({ ...record }));
    asked();
    expect(await own.ofPolicy(first.policy)).toEqual({ breaker: isolate('Anna', 'a release', NOW), override });
    expect(asked()).toEqual(['BatchGetItem']);
    expect((await own.ofPolicy('another')).override).toBeUndefined();
  });
});
