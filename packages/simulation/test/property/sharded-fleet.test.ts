import { describe, expect, it } from 'vitest';
import { groupOf, inFlightAtActs } from '../../invariants/blast-radius.ts';
import { flightsBy } from '../../invariants/in-flight.ts';
import { breaches } from '../../invariants/registry.ts';
import { playStory } from '../../play-story.ts';
import { shardedFleet, shardedFleets } from '../../scenarios/sharded-fleet.ts';
import { buildStage } from '../../scenarios/stage.ts';
import { storyOf } from '../../scenarios/story-of.ts';
import { synthesizedStack } from '../../synthesized-stack.ts';

/** Five shards. */
const TARGETS = 2_000;
const SEED = 3;

describe('a fleet in shards', () => {
  it('of ten thousand has 25, none of which has more series than an alarm sees', () => {
    const [fleet, ...others] = shardedFleets(buildStage(10_000, SEED, synthesizedStack().policies));
    const members = Map.groupBy(fleet?.instances ?? [], ({ id }) => fleet?.policyOf(id).name);
    expect([others.length, fleet?.policies.length, members.size]).toEqual([0, 25, 25]);
    expect(Math.max(...[...members.values()].map(({ length }) => length))).toBeLessThan(500);
  });

  it('is healed in every shard within limits of the whole fleet, and a storm over all shards is one message', async () => {
    const stack = synthesizedStack();
    const stage = () => buildStage(TARGETS, SEED, stack.policies);
    const [fleet] = shardedFleets(stage());
    const history = await playStory(storyOf(shardedFleet, stage()), stack);
    expect(breaches(history)).toEqual([]);
    const shards = history.policies.size;
    for (const { target, by } of history.acts) expect(fleet?.policyOf(target.replace('instance#', '')).name).toBe(by.policy);
    const inFlight = inFlightAtActs([...flightsBy(history, (act) => groupOf(act, history)).values()].flat());
    expect(Math.max(...inFlight.map(({ targets }) => targets))).toBe(5);
    expect(new Set(history.acts.map(({ by }) => by.policy)).size).toBe(shards);
    expect(new Set(history.acts.map((act) => groupOf(act, history))).size).toBe(1);
    const storms = history.lines.filter(({ kind, reason }) => kind === 'outcome' && reason === 'storm');
    expect(storms).toHaveLength(1);
    const ill = new Set(history.lines.filter(({ reason }) => reason === 'part-of-storm').map(({ policy }) => policy));
    expect(ill.size).toBe(shards);
  });
});
