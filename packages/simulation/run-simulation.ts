import { playStory } from './play-story.ts';
import { type SimulationSummary, summarize, type Took } from './report/summary.ts';
import type { SimulationScenario } from './scenarios/scenario.ts';
import { buildStage } from './scenarios/stage.ts';
import { storyOf } from './scenarios/story-of.ts';
import { stackApart } from './stack-apart.ts';

/** Lines that a summary counts; those of every look of ten thousand incidents would fill the memory. */
const KEPT = ['outcome', 'rejected'];

/** Plays a scenario on so many targets. The same seed gives the same summary, but for the time that it took. */
export async function runSimulation(scenario: SimulationScenario, targets: number, seed: number): Promise<SimulationSummary> {
  const stack = await stackApart();
  const ended = stopwatch();
  const story = storyOf(scenario, buildStage(targets, seed, stack.policies));
  const history = await playStory(story, stack, { keepLine: ({ kind }) => KEPT.includes(kind), forgetsData: true });
  const summary = summarize({ scenario: scenario.name, title: scenario.title, targets, story }, history);
  return { ...summary, took: ended() };
}

/** Tells what it took since now. */
function stopwatch(): () => Took {
  const [started, before] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(before);
    return {
      seconds: (performance.now() - started) / 1e3,
      processorSeconds: (user + system) / 1e6,
      peakMegabytes: process.resourceUsage().maxRSS / 1_024,
    };
  };
}
