import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Storms } from '../../lambdas/core/ports.ts';
import { type Arrival, MOST_SIGHTED, type Storm } from '../../lambdas/core/storm.ts';
import { MINUTE, NOW } from '../support/builders.ts';
import { fakeIncidentPorts, realIncidentPorts } from '../support/incident-tables.ts';
import { openSharedAws, type SharedAws } from '../support/shared-aws.ts';

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
    expect(await storms.sight(crowd, NOW)).toEqual({ arrivals: [] });
    expect(await storms.arrivals(crowd, NOW)).toEqual([]);
  });

  it('show the newest arrivals first, each once, and none from before', async () => {
    for (const number of [1, 2, 3]) await storms.arrive(crowd, arrival(number, NOW + number));
    await storms.arrive(crowd, arrival(3, NOW + 3));
    await storms.arrive(crowd, arrival(4, NOW - 1));
    expect((await storms.sight(crowd, NOW)).arrivals).toEqual([3, 2, 1].map((number) => arrival(number, NOW + number)));
    expect((await storms.arrivals(crowd, NOW)).map(({ incident }) => incident)).toEqual(['incident-1', 'incident-2', 'incident-3']);
  });

  it('keep the arrivals of crowds apart', async () => {
    await storms.arrive(crowd, arrival(1));
    expect(await storms.sight(`${crowd}-other`, NOW)).toEqual({ arrivals: [] });
  });

  it('show no more arrivals than triage may read, and the storm beside them', async () => {
    await Promise.all(Array.from({ length: MOST_SIGHTED + 20 }, (_, number) => storms.arrive(crowd, arrival(number, NOW + number))));
    const put = await storms.put(crowd, aStorm(), undefined);
    const { arrivals, storm } = await storms.sight(crowd, NOW);
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
    expect((await storms.sight(crowd, NOW)).storm).toEqual(answers[0]);
  });

  it('lose no write to another of the same moment', async () => {
    const seen = await storms.put(crowd, aStorm(), undefined);
    const told = await storms.put(crowd, { ...seen, told: 12 }, seen);
    expect(await storms.put(crowd, { ...seen, lead: 'two' }, seen)).toEqual(told);
    expect(await storms.put(crowd, { ...told, lead: 'two' }, told)).toMatchObject({ lead: 'two', told: 12 });
  });
});
