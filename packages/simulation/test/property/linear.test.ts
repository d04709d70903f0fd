import { expect, it } from 'vitest';
import type { StoryHistory } from '../../history-of-story.ts';
import { invariants } from '../../invariants/registry.ts';
import { playStory } from '../../play-story.ts';
import { everyday } from '../../scenarios/everyday.ts';
import type { SimulationScenario } from '../../scenarios/scenario.ts';
import { buildStage } from '../../scenarios/stage.ts';
import { storm } from '../../scenarios/storm.ts';
import { storyOf } from '../../scenarios/story-of.ts';
import { synthesizedStack } from '../../synthesized-stack.ts';

const [FEW, MANY] = [300, 1_800];

/** As many more for each target are noise: which of them fall ill is drawn. */
const NOISE = 1.35;

interface Counter {
  reads: number;
}

/** The list, which counts how often one of its items is read. */
function countedList<Item>(list: readonly Item[], counter: Counter): readonly Item[] {
  return new Proxy(list, {
    get(all, name, receiver) {
      if (typeof name === 'string' && /^\d+$/.test(name)) counter.reads += 1;
      return Reflect.get(all, name, receiver);
    },
  });
}

/** The map, which counts how many of its items are gone through. */
class CountedMap<Key, Value> extends Map<Key, Value> {
  readonly #counter: Counter;

  constructor(entries: Iterable<readonly [Key, Value]>, counter: Counter) {
    super();
    for (const [key, value] of entries) this.set(key, value);
    this.#counter = counter;
  }

  override values(): MapIterator<Value> {
    this.#counter.reads += this.size;
    return super.values();
  }

  override entries(): MapIterator<[Key, Value]> {
    this.#counter.reads += this.size;
    return super.entries();
  }

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }
}

/** What is looked at of the lists of a story while it is played, and of its history by each invariant; and what is called. */
async function workFor(scenario: SimulationScenario, targets: number): Promise<ReadonlyMap<string, number>> {
  const stack = synthesizedStack();
  const told = storyOf(scenario, buildStage(targets, 1, stack.policies));
  const playing: Counter = { reads: 0 };
  const story = {
    ...told,
    policies: countedList(told.policies, playing),
    instances: countedList(told.instances, playing),
    faults: countedList(told.faults, playing),
  };
  const history = await playStory(story, stack, { forgetsData: true });
  const work = new Map([
    ['items of the story', playing.reads],
    ['requests', [...history.requests.values()].reduce((sum, count) => sum + count, 0)],
    ['runs of functions', history.invocations.length],
    ['state transitions', [...history.executions.values()].reduce((sum, { visits }) => sum + visits.length, 0)],
  ]);
  for (const { name, breaches } of invariants) {
    const judging: Counter = { reads: 0 };
    breaches(countedHistory(history, judging));
    work.set(name, judging.reads);
  }
  return new Map([...work].map(([what, count]) => [what, count / targets]));
}

function countedHistory(history: StoryHistory, counter: Counter): StoryHistory {
  const counted = Object.entries(history).map(([name, value]) => {
    if (Array.isArray(value)) return [name, countedList(value, counter)];
    return [name, value instanceof Map && name !== 'groupSizes' ? new CountedMap(value, counter) : value];
  });
  return Object.fromEntries(counted) as StoryHistory;
}

it.each([everyday, storm])('the work for each target is the same however many there are: $name', async (scenario) => {
  const [few, many] = [await workFor(scenario, FEW), await workFor(scenario, MANY)];
  const more = [...many].filter(([what, each]) => each > NOISE * (few.get(what) ?? 0) + 1);
  expect(more).toEqual([]);
});
