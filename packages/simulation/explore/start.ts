/** `npm run explore`: every order in which a few actors can make their calls, within bounds, on the pipeline's own handlers. */
import { Command } from 'commander';
import { synthesizedStack } from '../synthesized-stack.ts';
import { wholeNumber } from '../whole-number.ts';
import { guardrailSituations } from './left-alone.ts';
import { promiseSituations } from './promise-situations.ts';
import { scheduleText } from './schedule-text.ts';
import { type Explored, explore, type Found } from './search.ts';
import { situations } from './situation.ts';
import { type Prepared, preparedFor } from './small-world.ts';

/** Schedules between two lines of progress. */
const PROGRESS_EVERY = 1_000;

/** Those of one world each are run by name: no particular order of calls matters to them. */
const everySituation = [...situations, ...promiseSituations, ...guardrailSituations];

const program = new Command('npm run explore --')
  .description(
    'Explores every order in which two incidents, the sweep and an operator can make their calls: the real workflow and handlers, a virtual clock, AWS in memory.',
  )
  .option('--preemptions <number>', 'calls that are held for others, or take as long as they may, in one schedule', wholeNumber(0, 4), 2)
  .option('--deaths <number>', 'functions that die in one schedule', wholeNumber(0, 2), 1)
  .option('--situation <name>', `only this one: ${everySituation.map(({ name }) => name).join(', ')}`)
  .option('--most <number>', 'schedules of each situation, the shortest first', wholeNumber(1, 1_000_000_000))
  .option('--go-on', 'after a violation go on over the promise that was broken, to find the others')
  .option('--json', 'print the result as JSON on standard output; progress goes to standard error')
  .addHelpText(
    'after',
    '\nEvery schedule within the bounds is run, unless --most says otherwise; a run that comes to a state that is known is cut short there.\nExit code 0: every promise was kept. 1: one was broken, and the shortest schedule that breaks it is printed. 2: wrong arguments.',
  )
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const {
  preemptions,
  deaths,
  situation: only,
  most,
  goOn,
  json,
} = program.opts<{
  preemptions: number;
  deaths: number;
  situation?: string;
  most?: number;
  goOn?: boolean;
  json?: boolean;
}>();

interface Shown extends Explored {
  readonly tookSeconds: number;
  /** Each violation with its schedule in words. */
  readonly inWords: readonly (readonly string[])[];
}

async function exploreOne(prepared: Prepared): Promise<Shown> {
  const started = Date.now();
  const { name, title } = prepared.situation;
  console.error(`${name}: ${title}`);
  const explored = await explore(
    prepared,
    { preemptions, deaths },
    {
      ...(most !== undefined && { most }),
      goOn: goOn === true,
      onSchedule: (done, left) => {
        if (done % PROGRESS_EVERY === 0) console.error(`  ${done} schedules, ${left} more known, ${seconds(started)} s`);
      },
    },
  );
  const inWords: (readonly string[])[] = [];
  for (const found of explored.found) inWords.push([...violationText(found), ...(await scheduleText(prepared, found.schedule))]);
  return { ...explored, inWords, tookSeconds: seconds(started) };
}

function violationText({ violation: { promise, what } }: Found): readonly string[] {
  return [`BROKEN: ${promise}`, `  ${what}`, 'The shortest schedule that breaks it:'];
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1_000);
}

function exploredText({ situation, schedules, cutShort, states, points, complete, tookSeconds, inWords }: Shown): string {
  const within = `at most ${preemptions} preemptions and ${deaths} ${deaths === 1 ? 'death' : 'deaths'}`;
  const all = complete ? `all of ${within}` : `not all of ${within}`;
  const summary = `${situation}: ${schedules} schedules (${all}), ${cutShort} of them cut short at known states; ${states} states, ${points} calls in the ordinary run, ${tookSeconds} s`;
  return [summary, ...inWords.flatMap((lines) => ['', ...lines])].join('\n');
}

async function main(): Promise<number> {
  const chosen = only === undefined ? situations : everySituation.filter(({ name }) => name === only);
  if (chosen.length === 0) return program.error(`unknown situation ${only}`);
  console.error('Synthesizing the stack …');
  const stack = synthesizedStack();
  const shown: Shown[] = [];
  for (const situation of chosen) {
    const one = await exploreOne(preparedFor(situation, stack));
    shown.push(one);
    if (!json) console.log(exploredText(one));
  }
  if (json) console.log(JSON.stringify(shown, undefined, 2));
  return shown.every(({ found }) => found.length === 0) ? 0 : 1;
}

process.exitCode = await main();
