import { randomUUID } from 'node:crypto';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Storms } from '../../lambdas/core/ports.ts';
import { type Arrival, MOST_SIGHTED, type Storm } from '../../lambdas/core/storm.ts';
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
  let crowd: string;
  beforeAll(async () => {
    storms = (await open()).storms;
  });
  beforeEach(() => {
    crowd = `tagged#Web#${randomUUID()}`;
  });

  it('are not there where nothing arrived', async () => {
    expect(await storms.sight(crowd, { from: NOW })).toEqual({ arrivals: [] });
    expect(await storms.arrivals(crowd, NOW)).toEqual([]);
  });

  it('show the newest arrivals first, each once, and none from before', async () => {
    for (const number of [1, 2, 3]) await storms.arrive(crowd, arrival(number, NOW + number), NOW);
    await storms.arrive(crowd, arrival(3, NOW + 3), NOW);
    await storms.arrive(crowd, arrival(4, NOW - 1), NOW);
    expect((await storms.sight(crowd, { from: NOW })).arrivals).toEqual([3, 2, 1].map((number) => arrival(number, NOW + number)));
    expect((await storms.arrivals(crowd, NOW)).map(({ incident }) => incident)).toEqual(['incident-1', 'incident-2', 'incident-3']);
  });

  it('keep the arrivals of crowds apart', async () => {
    await storms.arrive(crowd, arrival(1), NOW);
    expect(await storms.sight(`${crowd}-other`, { from: NOW })).toEqual({ arrivals: [] });
  });

  it('show no more arrivals than triage may read, and the storm beside them', async () => {
    await Promise.all(Array.from({ length: MOST_SIGHTED + 20 }, (_, number) => storms.arrive(crowd, arrival(number, NOW + number), NOW)));
    const put = await storms.put(crowd, aStorm(), undefined);
    const { arrivals, storm } = await storms.sight(crowd, { from: NOW });
    expect(arrivals).toHaveLength(MOST_SIGHTED);
    expect(arrivals[0]).toEqual(arrival(MOST_SIGHTED + 19, NOW + MOST_SIGHTED + 19));
    expect(storm).toEqual(put);
    expect(await storms.arrivals(crowd, NOW)).toHaveLength(MOST_SIGHTED + 20);
  });

  it('are declared by one of twenty at once, and the others are told by whom', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, lead) => storms.put(crowd, aStorm({ lead: String(lead) }), undefined)),
    );
    expect(new Set(answers.map(({ lead }) => lead)).size).toBe(1);
    expect((await storms.sight(crowd, { from: NOW })).storm).toEqual(answers[0]);
  });

  it('lose no write to another of the same moment', async () => {
    const seen = await storms.put(crowd, aStorm(), undefined);
    const told = await storms.put(crowd, { ...seen, told: 12 }, seen);
    expect(await storms.put(crowd, { ...seen, lead: 'two' }, seen)).toEqual(told);
    expect(await storms.put(crowd, { ...told, lead: 'two' }, told)).toMatchObject({ lead: 'two', told: 12 });
  });

  it('show the arrivals between two moments, the newest first, and the storm beside them', async () => {
    for (const number of [1, 2, 3, 4]) await storms.arrive(crowd, arrival(number, NOW + number), NOW);
    const storm = await storms.put(crowd, aStorm(), undefined);
    expect(await storms.sight(crowd, { from: NOW + 2, to: NOW + 3 })).toEqual({
      storm,
      arrivals: [3, 2].map((number) => arrival(number, NOW + number)),
    });
    expect(await storms.sight(`${crowd}-other`, { from: NOW, to: NOW })).toEqual({ arrivals: [] });
  });

  const debt = { incident: { id: 'one' }, policy: { name: 'Web' } };
  const owing = async () => (await storms.debts()).filter((owed) => owed.crowd === crowd);
  const toldFor = (lead: string) => (storm: Storm) => ({ ...storm, toldFor: lead });

  it('owe a message from the moment they are declared until it went out', async () => {
    const storm = await storms.put(crowd, aStorm(), undefined, debt);
    expect(await owing()).toEqual([{ crowd, ...debt }]);
    expect(await storms.change(crowd, (there) => ({ ...there, says: 9 }))).toEqual({ ...storm, says: 9, version: storm.version + 1 });
    expect(await owing()).toHaveLength(1);
    await storms.change(crowd, toldFor('one'));
    expect(await owing()).toEqual([]);
    expect((await storms.sight(crowd, { from: NOW })).storm).toMatchObject({ says: 9, toldFor: 'one' });
  });

  it('owe nothing of one that was not the first to declare it', async () => {
    await storms.put(crowd, aStorm(), undefined, debt);
    await storms.put(crowd, aStorm({ lead: 'two' }), undefined, { ...debt, incident: { id: 'two' } });
    expect(await owing()).toEqual([{ crowd, ...debt }]);
  });

  it('still owe the message of a lead that came while the one before was told of', async () => {
    const seen = await storms.put(crowd, aStorm(), undefined, debt);
    await storms.put(crowd, { ...seen, lead: 'two' }, seen, { ...debt, incident: { id: 'two' } });
    await storms.change(crowd, toldFor('one'));
    expect(await owing()).toEqual([{ crowd, incident: { id: 'two' }, policy: { name: 'Web' } }]);
  });

  it('are changed by each of several at once, and not at all where there is none or nothing changes', async () => {
    expect(await storms.change(crowd, toldFor('one'))).toBeUndefined();
    const put = await storms.put(crowd, aStorm({ says: 0 }), undefined);
    expect(await storms.change(crowd, (storm) => storm)).toEqual(put);
    const count = ({ says = 0, ...storm }: Storm) => ({ ...storm, says: says + 1 });
    await Promise.all(Array.from({ length: 4 }, () => storms.change(crowd, count)));
    expect((await storms.sight(crowd, { from: NOW })).storm).toMatchObject({ says: 4, version: put.version + 4 });
  });
});
