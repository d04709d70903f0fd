/** The thread of `npm run explore` that explores one situation. */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { synthesizedStack } from '../synthesized-stack.ts';
import { everySituation } from './every-situation.ts';
import type { Bounds } from './schedule.ts';
import { scheduleText } from './schedule-text.ts';
import { type Explored, explore, type Found } from './search.ts';
import { preparedFor } from './small-world.ts';

/** What a thread is asked for. */
export interface Exploration {
  readonly situation: string;
  readonly bounds: Bounds;
  readonly most?: number | undefined;
  readonly goOn: boolean;
}

/** What it answers. */
export interface Shown extends Explored {
  readonly tookSeconds: number;
  /** Each violation with its schedule in words. */
  readonly inWords: readonly (readonly string[])[];
}

/** Schedules between two lines of progress. */
const PROGRESS_EVERY = 10_000;

async function exploreSituation({ situation: asked, bounds, most, goOn }: Exploration): Promise<Shown> {
  const started = Date.now();
  const situation = everySituation.find(({ name }) => name === asked);
  if (!situation) throw new Error(`no situation ${asked}`);
  const { name, title } = situation;
  say(`${name}: ${title}`);
  const prepared = preparedFor(situation, synthesizedStack());
  const explored = await explore(prepared, bounds, {
    ...(most !== undefined && { most }),
    goOn,
    onSchedule: (done, left) => {
      if (done % PROGRESS_EVERY === 0) say(`  ${name}: ${done} schedules, ${left} more known, ${seconds(started)} s`);
    },
  });
  const inWords: (readonly string[])[] = [];
  for (const found of explored.found) inWords.push([...violationText(found), ...(await scheduleText(prepared, found.schedule))]);
  return { ...explored, inWords, tookSeconds: seconds(started) };
}

const STANDARD_ERROR = 2;

/** At once: a thread that never waits does not come to print what it hands to the console. */
function say(line: string): void {
  writeSync(STANDARD_ERROR, `${line}\n`);
}

function violationText({ violation: { promise, what } }: Found): readonly string[] {
  return [`BROKEN: ${promise}`, `  ${what}`, 'The shortest schedule that breaks it:'];
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1_000);
}

parentPort?.postMessage(await exploreSituation(workerData as Exploration));
