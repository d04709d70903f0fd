/** `npm run explore`: every order in which a few actors can make their calls, within bounds, on the pipeline's own handlers. */
import { Worker } from 'node:worker_threads';
import { Command } from 'commander';
import { wholeNumber } from '../whole-number.ts';
import { everySituation } from './every-situation.ts';
import type { Exploration, Shown } from './explore-situation.ts';
import { situations } from './situation.ts';

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

/** Millions of states are known in the end, each by its hash. */
const HEAP_MEBIBYTES = 8_192;

/** Explores one situation on a core of its own: it computes all the time, and shares nothing. */
function inThread(exploration: Exploration): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('explore-situation.ts', import.meta.url), {
      workerData: exploration,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES },
    });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error(`the exploration of ${exploration.situation} ended without a result`)));
  });
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
  const shown = await Promise.all(
    chosen.map(async ({ name }) => {
      const one = await inThread({ situation: name, bounds: { preemptions, deaths }, most, goOn: goOn === true });
      if (!json) console.log(exploredText(one));
      return one;
    }),
  );
  if (json) console.log(JSON.stringify(shown, undefined, 2));
  return shown.every(({ found }) => found.length === 0) ? 0 : 1;
}

process.exitCode = await main();
