import { playStory } from './play-story.ts';
import { type SimulationSummary, summarize } from './report/summary.ts';
import type { SimulationScenario } from './scenarios/scenario.ts';
import { buildStage } from './scenarios/stage.ts';
import { storyOf } from './scenarios/story-of.ts';
import { synthesizedStack } from './synthesized-stack.ts';

/** Lines that a summary counts; those of every look of ten thousand incidents would fill the memory. */
const KEPT = ['outcome', 'rejected'];

/** Plays a scenario on so many targets. The same seed gives the same summary, but for the time that it took. */
export async function runSimulation(scenario: SimulationScenario, targets: number, seed: number): Promise<SimulationSummary> {
  const stack = synthesizedStack();
  const started = Date.now();
  const story = storyOf(scenario, buildStage(targets, seed, stack.policies));
  const history = await playStory(story, stack, { keepLine: ({ kind }) => KEPT.includes(kind) });
  const tookSeconds = (Date.now() - started) / 1_000;
  return summarize({ scenario: scenario.name, title: scenario.title, targets, story, tookSeconds }, history);
}
