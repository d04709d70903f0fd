import { randomUUID } from 'node:crypto';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Storms } from '../../lambdas/core/ports.ts';
import { type Arrival, MOST_READ, type Storm } from '../../lambdas/core/storm.ts';
import { fakeIncidentPorts, realIncidentPorts } from '../support/incident-tables.ts';

let aws: SharedAws;
beforeAll(async () => {
  aws = await openSharedAws();
});
afterAll(() => aws.close());

function arrival(number: number, at = NOW): Arrival {
  return { incident: `incident-${number}`, target: { kind: 'instance', id: `i-${number.toString(16).padStart(8, '0')}` }, at };
}

function aStorm(given: Partial<Storm> = {}): Storm {
  return { lead: 'one', since: NOW, speaksAt: NOW + MINUTE, lookedAt: NOW, until: NOW + 15 * MINUTE, version: 0, ...given };
}

describe.each([
  ['in the incident table', () => realIncidentPorts(aws)],
  ['in memory', async () => fakeIncidentPorts()],
])('storms %s', (_, open) => {
  let storms: Storms;
  let stormId: string;
  beforeAll(async () => {
    storms = (await open()).storms;
  });
  beforeEach(() => {
    stormId = `tagged#Web#${randomUUID()}`;
  });

  it('are not there where nothing arrived', async () => {
    expect(await storms.read(stormId, { from: NOW })).toEqual({ arrivals: [] });
    expect(await storms.arrivals(stormId, NOW)).toEqual([]);
  });

  it('show the newest arrivals first, each once, and none from before', async () => {
    for (const number of [1, 2, 3]) await storms.arrive(stormId, arrival(number, NOW + number), NOW);
    await storms.arrive(stormId, arrival(3, NOW + 3), NOW);
    await storms.arrive(stormId, arrival(4, NOW - 1), NOW);
    expect((await storms.read(stormId, { from: NOW })).arrivals).toEqual([3, 2, 1].map((number) => arrival(number, NOW + number)));
    expect((await storms.arrivals(stormId, NOW)).map(({ incident }) => incident)).toEqual(['incident-1', 'incident-2', 'incident-3']);
  });

  it('keep the arrivals of stormTable apart', async () => {
    await storms.arrive(stormId, arrival(1), NOW);
    expect(await storms.read(`${stormId}-other`, { from: NOW })).toEqual({ arrivals: [] });
  });

  it('show no more arrivals than triage may read, and the storm beside them', async () => {
    await Promise.all(Array.from({ length: MOST_READ + 20 }, (_, number) => storms.arrive(stormId, arrival(number, NOW + number), NOW)));
    const put = await storms.put(stormId, aStorm(), undefined);
    const { arrivals, storm } = await storms.read(stormId, { from: NOW });
    expect(arrivals).toHaveLength(MOST_READ);
    expect(arrivals[0]).toEqual(arrival(MOST_READ + 19, NOW + MOST_READ + 19));
    expect(storm).toEqual(put);
    expect(await storms.arrivals(stormId, NOW)).toHaveLength(MOST_READ + 20);
  });

  it('are declared by one of twenty at once, and the others are told by whom', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, lead) => storms.put(stormId, aStorm({ lead: String(lead) }), undefined)),
    );
    expect(new Set(answers.map(({ lead }) => lead)).size).toBe(1);
    expect((await storms.read(stormId, { from: NOW })).storm).toEqual(answers[0]);
  });

  it('lose no write to another of the same moment', async () => {
    const seen = await storms.put(stormId, aStorm(), undefined);
    const told = await storms.put(stormId, { ...seen, told: 12 }, seen);
    expect(await storms.put(stormId, { ...seen, lead: 'two' }, seen)).toEqual(told);
    expect(await storms.put(stormId, { ...told, lead: 'two' }, told)).toMatchObject({ lead: 'two', told: 12 });
  });

  it('show the arrivals between two moments, the newest first, and the storm beside them', async () => {
    for (const number of [1, 2, 3, 4]) await storms.arrive(stormId, arrival(number, NOW + number), NOW);
    const storm = await storms.put(stormId, aStorm(), undefined);
    expect(await storms.read(stormId, { from: NOW + 2, to: NOW + 3 })).toEqual({
      storm,
      arrivals: [3, 2].map((number) => arrival(number, NOW + number)),
    });
    expect(await storms.read(`${stormId}-other`, { from: NOW, to: NOW })).toEqual({ arrivals: [] });
  });

  const debt = { incident: { id: 'one' }, policy: { name: 'Web' } };
  const owing = async () => (await storms.debts()).filter((owed) => owed.stormId === stormId);
  const toldFor = (lead: string) => (storm: Storm) => ({ ...storm, toldFor: lead });

  it('owe a message from the moment they are declared until it went out', async () => {
    const storm = await storms.put(stormId, aStorm(), undefined, debt);
    expect(await owing()).toEqual([{ stormId, ...debt }]);
    expect(await storms.change(stormId, (there) => ({ ...there, says: 9 }))).toEqual({ ...storm, says: 9, version: storm.version + 1 });
    expect(await owing()).toHaveLength(1);
    await storms.change(stormId, toldFor('one'));
    expect(await owing()).toEqual([]);
    expect((await storms.read(stormId, { from: NOW })).storm).toMatchObject({ says: 9, toldFor: 'one' });
  });

  it('owe nothing of one that was not the first to declare it', async () => {
    await storms.put(stormId, aStorm(), undefined, debt);
    await storms.put(stormId, aStorm({ lead: 'two' }), undefined, { ...debt, incident: { id: 'two' } });
    expect(await owing()).toEqual([{ stormId, ...debt }]);
  });

  it('still owe the message of a lead that came while the one before was told of', async () => {
    const seen = await storms.put(stormId, aStorm(), undefined, debt);
    await storms.put(stormId, { ...seen, lead: 'two' }, seen, { ...debt, incident: { id: 'two' } });
    await storms.change(stormId, toldFor('one'));
    expect(await owing()).toEqual([{ stormId, incident: { id: 'two' }, policy: { name: 'Web' } }]);
  });

  it('are changed by each of several at once, and not at all where there is none or nothing changes', async () => {
    expect(await storms.change(stormId, toldFor('one'))).toBeUndefined();
    const put = await storms.put(stormId, aStorm({ says: 0 }), undefined);
    expect(await storms.change(stormId, (storm) => storm)).toEqual(put);
    const count = ({ says = 0, ...storm }: Storm) => ({ ...storm, says: says + 1 });
    await Promise.all(Array.from({ length: 4 }, () => storms.change(stormId, count)));
    expect((await storms.read(stormId, { from: NOW })).storm).toMatchObject({ says: 4, version: put.version + 4 });
  });
});
