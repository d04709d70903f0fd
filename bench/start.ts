/** `npm run bench`: measures the pipeline, side by side with what it is compared with. Nothing in it passes or fails. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError, Option } from 'commander';
import { columns } from '../bin/heal/columns.ts';
import { measuredOn } from './machine.ts';
import type { BenchContext, Part } from './part.ts';
import { parts } from './registry.ts';
import { resultText } from './result-text.ts';

const resultsFolder = join(import.meta.dirname, 'results');

/** Fewer say little of a p95. */
const LEAST_EVENTS = 30;

const program = new Command('npm run bench --')
  .description('Measures the pipeline on this machine, each part beside what it is compared with. Times are never asserted.')
  .addOption(new Option('--only <part...>', 'only these parts').choices(parts.map(({ name }) => name)))
  .option('--events <number>', `events of each series, at least ${LEAST_EVENTS}`, eventCount, LEAST_EVENTS)
  .option('--seed <number>', 'what is drawn at random is drawn from it', wholeNumber, 1)
  .option('--json', 'print the results as JSON on standard output; progress goes to standard error')
  .addHelpText(
    'after',
    `\nParts:\n${columns(parts.map(({ name, title }) => [`  ${name}`, title]))}\n\nEach result is also written to bench/results/<part>.json, with machine, version, commit and seed.\nExit code 0: measured. 1: a part could not be measured. 2: wrong arguments. 130: interrupted.`,
  )
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const { only, events, seed, json } = program.opts<{ only?: readonly string[]; events: number; seed: number; json?: boolean }>();

function eventCount(text: string): number {
  const value = wholeNumber(text);
  if (value < LEAST_EVENTS || value > 500) throw new InvalidArgumentError(`must be from ${LEAST_EVENTS} to 500`);
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('must be a whole number from 0 on');
  return value;
}

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt.abort(new Error(`ended by ${signal}`)));
const aborted = new Promise<never>((_, reject) => interrupt.signal.addEventListener('abort', () => reject(interrupt.signal.reason)));
aborted.catch(() => {});

const startedAt = Date.now();
const say = (line: string) => {
  const seconds = String(Math.round((Date.now() - startedAt) / 1_000)).padStart(4);
  console.error(`${styleText('dim', `${seconds} s`, { stream: process.stderr })}  ${line}`);
};

/** Runs a part and ends what it started, also where it failed or was interrupted. */
async function measure(part: Part): Promise<object> {
  say(part.title);
  const endings: BenchContext['endings'] = [];
  const on = measuredOn();
  try {
    const result = await Promise.race([part.run({ events, seed, say, signal: interrupt.signal, endings }), aborted]);
    return { part: part.name, title: part.title, seed, on, ...result };
  } finally {
    for (const ending of endings.toReversed()) await ending().catch((error: unknown) => say(`could not be ended: ${String(error)}`));
  }
}

async function main(): Promise<number> {
  await mkdir(resultsFolder, { recursive: true });
  const results: object[] = [];
  let failed = 0;
  for (const part of parts.filter(({ name }) => !only || only.includes(name))) {
    try {
      const result = await measure(part);
      results.push(result);
      await writeFile(join(resultsFolder, `${part.name}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
      if (!json)
        console.log(
          'tables' in result
            ? `${resultText(result as never)}\n`
            : `${part.name} was not measured: ${String((result as { skipped?: unknown }).skipped)}\n`,
        );
    } catch (error) {
      if (interrupt.signal.aborted) {
        console.error('Interrupted; everything that was started is ended.');
        return 130;
      }
      failed += 1;
      console.error(`${part.name} could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  if (json) console.log(JSON.stringify(results, undefined, 2));
  return failed === 0 ? 0 : 1;
}

process.exit(await main());
