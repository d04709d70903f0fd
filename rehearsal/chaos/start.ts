/** `npm run chaos`: hostile conditions for the deployed pipeline, and invariants that must hold in all of them. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError, Option } from 'commander';
import { beTheOnlyRun, RunRefused } from '../only-run.ts';
import { clearStage, defaultOutFolder } from '../rehearse.ts';
import type { Ending } from '../stage/stage.ts';
import { runChaos } from './chaos.ts';
import { reportOf, reportText } from './chaos-report.ts';
import { guardrailBreaks } from './guardrail-breaks.ts';

/** With deploying before and waiting for the last incidents after it, about three minutes. */
const DEFAULT_MINUTES = 2;
const MOST_MINUTES = 60;

const program = new Command('npm run chaos --')
  .description(
    'Deploys the pipeline into a local AWS, makes trouble at every call and event, and checks invariants on what was really done.',
  )
  .option('--minutes <number>', 'how long trouble is made; deploying before and draining after it come on top', minutes, DEFAULT_MINUTES)
  .option('--seed <number>', 'what the trouble is drawn from', wholeNumber, 1)
  .option('--out <folder>', 'folder for the results', defaultOutFolder)
  .option('--json', 'print the result as JSON on standard output; progress goes to standard error')
  .addOption(
    new Option('--break <guardrail>', 'break a guardrail on purpose; the run must then find a violation').choices(
      Object.keys(guardrailBreaks),
    ),
  )
  .addHelpText(
    'after',
    '\nThe result is also written to chaos.json in the folder, the calls to chaos-calls.jsonl, the history to chaos-history.jsonl.\nExit code 0: no violation. 1: an invariant was violated. 2: wrong arguments. 130: interrupted.',
  )
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const options = program.opts<{ minutes: number; seed: number; json?: boolean; out: string; break?: string }>();
const outFolder = resolve(options.out);

function minutes(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= MOST_MINUTES)) throw new InvalidArgumentError(`must be above 0 and at most ${MOST_MINUTES}`);
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('must be a whole number from 0 on');
  return value;
}

async function main(): Promise<number> {
  const endings: Ending[] = [];
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt.abort(new Error(`ended by ${signal}`)));
  const started = Date.now();
  const say = (line: string) =>
    console.error(
      `${styleText('dim', `${String(Math.round((Date.now() - started) / 1_000)).padStart(4)} s`, { stream: process.stderr })}  ${line}`,
    );
  try {
    const giveFree = beTheOnlyRun(outFolder);
    endings.push(async () => giveFree());
    return await play(say, interrupt.signal, endings);
  } catch (error) {
    if (interrupt.signal.aborted) {
      console.error('Interrupted; everything that was started is ended.');
      return 130;
    }
    if (!(error instanceof RunRefused)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    say('cleaning up');
    await clearStage(endings);
  }
}

async function play(say: (line: string) => void, signal: AbortSignal, endings: Ending[]): Promise<number> {
  const { seed, break: name } = options;
  const milliseconds = options.minutes * 60_000;
  const broken = name === undefined ? undefined : guardrailBreaks[name];
  const recordFile = join(outFolder, 'chaos-calls.jsonl');
  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  const run = await Promise.race([runChaos({ seed, milliseconds, recordFile, say, signal, ...(broken && { broken }) }, endings), aborted]);
  const report = reportOf(run, { seed, ...(name !== undefined && { broken: name }) });
  writeFileSync(join(outFolder, 'chaos.json'), `${JSON.stringify(report, null, 2)}\n`);
  const history = run.aftermath.lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(join(outFolder, 'chaos-history.jsonl'), history);
  console.log(options.json ? JSON.stringify(report, null, 2) : reportText(report));
  return report.exitCode;
}

process.exit(await main());
