import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { playedPages } from '../../docs/generate/played-pages.ts';
import { manyIncidents } from '../../packages/simulation/economy/many-incidents.ts';

const many = await manyIncidents();

describe('one healed incident', () => {
  it('costs no more than it did: whoever makes it cheaper lowers these numbers', () => {
    const { transitions, tableRequests, tableOperations, roundTrips, calls } = many;
    expect(transitions.median).toBeLessThanOrEqual(25);
    expect(calls.median).toBeLessThanOrEqual(11);
    expect(tableRequests.median).toBeLessThanOrEqual(19);
    expect(tableOperations.median).toBeLessThanOrEqual(33);
    expect(roundTrips.to).toBeLessThanOrEqual(8);
    expect(many.dollars.median).toBeLessThanOrEqual(0.001);
  });

  it('is told about in pages that are what the simulation finds; if they are not, run "npm run reference"', async () => {
    for (const [path, text] of await playedPages()) {
      const written = readFileSync(`${import.meta.dirname}/../../${path}`, 'utf8');
      expect(written === text, `${path} is stale: run "npm run reference" and commit it`).toBe(true);
    }
  });
});
