import { join } from 'node:path';
import { dynoxide } from '@self-healing/local-aws/ministack/dynoxide.ts';
import { freePorts } from '@self-healing/local-aws/ministack/free-port.ts';
import { iso } from '../lambdas/core/duration.ts';
import { projectFolder } from './project-folder.ts';
import type { RehearsalResult, ScenarioResult } from './report/scenario-result.ts';
import { whatIsMissing } from './requirements.ts';
import { notExecuted } from './scenarios/evidence.ts';
import { playScenario } from './scenarios/play-scenario.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { TIME_SCALE } from './stage/fixtures.ts';
import { type Ending, type Stage, setStage } from './stage/stage.ts';
import { versions } from './versions.ts';

/** Where the results go unless the user names another folder. */
export const defaultOutFolder = join(projectFolder, 'rehearsal', 'out');

export interface RehearseOptions {
  /** Where the record of all calls goes. */
  readonly recordFile: string;
  readonly scenarios: readonly Scenario[];
  readonly signal: AbortSignal;
  /** Told what is being done. */
  readonly say: (line: string) => void;
  /** Told when a scenario begins and ends. */
  readonly begin: (scenario: Scenario) => void;
  readonly end: (result: ScenarioResult) => void;
}

/** Sets the stage, plays the scenarios and clears the stage again, whatever happens. */
export async function rehearse(options: RehearseOptions): Promise<RehearsalResult> {
  const startedAt = Date.now();
  const missing = await whatIsMissing(options.say);
  if (missing) {
    const results = options.scenarios.map((scenario) => notExecuted(scenario, `${missing.why}: ${missing.next}`));
    return summary(startedAt, results, { how: 'not at all', why: missing.why }, []);
  }
  return withStage(options, async (stage) => {
    for (const { beforehand } of options.scenarios) await beforehand?.(stage);
    const results = await playAll(options, stage);
    return summary(startedAt, results, { how: 'systemd machines in nspawn containers' }, simulatedEverywhere(stage), stage.problems());
  });
}

async function withStage<Answer>({ recordFile, say, signal }: RehearseOptions, play: (stage: Stage) => Promise<Answer>): Promise<Answer> {
  const endings: Ending[] = [];
  try {
    const [publicPort = 0, upstreamPort = 0] = await freePorts(2);
    const set = setStage({ publicPort, upstreamPort, recordFile, allowAwsEvents: false, say, signal }, endings);
    return await play(await Promise.race([set, aborted(signal)]));
  } finally {
    say('cleaning up');
    await clearStage(endings);
  }
}

/** Ends what was started, last first. One part that fails does not keep the others from being ended. */
export async function clearStage(endings: Ending[]): Promise<void> {
  const failures: unknown[] = [];
  for (const ending of endings.toReversed()) await ending().catch((error: unknown) => failures.push(error));
  endings.length = 0;
  if (failures.length > 0) throw new AggregateError(failures, 'not everything could be cleaned up');
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

/** The tracks side by side, then what must be alone. */
async function playAll(options: RehearseOptions, stage: Stage): Promise<ScenarioResult[]> {
  const results = new Map<string, ScenarioResult>();
  const play = async (simulated: readonly Scenario[]) => {
    for (const scenario of simulated) {
      options.signal.throwIfAborted();
      options.begin(scenario);
      const result = await playScenario(scenario, stage, options.signal);
      results.set(scenario.name, result);
      options.end(result);
    }
  };
  const track = (name: Scenario['track']) => options.scenarios.filter((scenario) => scenario.track === name);
  await Promise.all([play(track('fleet')), play(track('group')), play(track('database'))]);
  await play(track('alone'));
  return options.scenarios.flatMap(({ name }) => results.get(name) ?? []);
}

function simulatedEverywhere({ notes, changes }: Stage): string[] {
  const count = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([what, number]) => `${number} ${what}`)
      .join(', ');
  return [
    `AWS is simulated by MiniStack on this machine${dynoxide ? ', and the items of its tables by Dynoxide' : ''}: the functions, the workflow, the table, the rules and the topic are really executed; IAM is not enforced.`,
    `In a copy of the cloud assembly these resources are kept by the rehearsal instead: ${count(changes.supplied)}.`,
    `In that copy the policies' durations are ${TIME_SCALE} times shorter (${count(changes.shortened)}), none below one second; the time for an answer is ten times shorter.`,
    ...notes,
  ];
}

function summary(
  startedAt: number,
  scenarios: readonly ScenarioResult[],
  nodes: RehearsalResult['nodes'],
  simulated: readonly string[],
  problems: readonly string[] = [],
): RehearsalResult {
  const endedAt = Date.now();
  return {
    startedAt: iso(startedAt),
    endedAt: iso(endedAt),
    exitCode: scenarios.every(({ passed }) => passed) ? 0 : 1,
    durationSeconds: Math.round((endedAt - startedAt) / 1_000),
    timeScale: TIME_SCALE,
    versions: versions(),
    scenarios,
    simulated: [...simulated, ...problems.map((problem) => `Beside the scenarios something went wrong: ${problem}`)],
    nodes,
  };
}
