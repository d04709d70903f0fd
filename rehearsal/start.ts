/** `npm start`: breaks real things on real machines, and shows what the deployed pipeline makes of them. */
import { join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { columns } from '../bin/heal/columns.ts';
import { beTheOnlyRun, RunRefused } from './only-run.ts';
import { defaultOutFolder, rehearse } from './rehearse.ts';
import { verdictSign } from './report/scenario-times.ts';
import { rehearsalText } from './report/timeline-text.ts';
import { writeResults } from './report/write-results.ts';
import { scenarios } from './scenarios/registry.ts';
import type { Scenario } from './scenarios/scenario.ts';

const program = new Command('npm start --')
  .description('Deploys the pipeline into a local AWS, breaks real things on managed nodes, and shows what happens.')
  .option('--only <name...>', 'play only these scenarios')
  .option('--list', 'list the scenarios and end')
  .option('--out <folder>', 'folder for the results', defaultOutFolder)
  .option('--json', 'print the result as JSON on standard output; progress goes to standard error')
  .addHelpText(
    'after',
    '\nThe result is also written to result.json, report.html and calls.jsonl in the folder.\nExit code 0: every scenario ended as it should. 1: one did not. 2: wrong arguments. 130: interrupted.',
  )
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const options = program.opts<{ only?: string[]; list?: boolean; json?: boolean; out: string }>();
const outFolder = resolve(options.out);

function chosen(names: readonly string[] | undefined): readonly Scenario[] {
  const unknown = names?.filter((name) => !scenarios.some((scenario) => scenario.name === name)) ?? [];
  if (unknown.length > 0)
    program.error(`unknown scenario ${unknown.join(', ')}; known are ${scenarios.map(({ name }) => name).join(', ')}`);
  return scenarios.filter(({ name }) => names === undefined || names.includes(name));
}

function list(): void {
  if (options.json)
    console.log(
      JSON.stringify(
        scenarios.map(({ name, title, policy, expected }) => ({ name, title, policy, expected })),
        null,
        2,
      ),
    );
  else console.log(columns(scenarios.map(({ name, title }) => [name, title])));
}

async function main(): Promise<number> {
  try {
    const giveFree = beTheOnlyRun(outFolder);
    return await run().finally(giveFree);
  } catch (error) {
    if (!(error instanceof RunRefused)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function run(): Promise<number> {
  const started = Date.now();
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt.abort(new Error(`ended by ${signal}`)));
  const paint = (format: 'bold' | 'dim', text: string) => styleText(format, text, { stream: process.stderr });
  const say = (line: string) =>
    console.error(`${paint('dim', `${String(Math.round((Date.now() - started) / 1_000)).padStart(4)} s`)}  ${line}`);
  try {
    const result = await rehearse({
      scenarios: chosen(options.only),
      recordFile: join(outFolder, 'calls.jsonl'),
      signal: interrupt.signal,
      say,
      begin: ({ name, title }) => say(`${paint('bold', name)}: ${title}`),
      end: (scenario) =>
        say(
          `${paint('bold', scenario.name)} ${verdictSign(scenario)} ${scenario.outcome} (${scenario.reason})${scenario.why ? `: ${scenario.why}` : ''}`,
        ),
    });
    const written = await writeResults(result, outFolder);
    console.log(options.json ? JSON.stringify(result, null, 2) : rehearsalText(result, { colors: process.stdout.isTTY === true }));
    console.error(`\nWritten: ${written.json}\n         ${written.page}`);
    return result.exitCode;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    console.error('Interrupted; everything that was started has been ended.');
    return 130;
  }
}

if (options.list) list();
else process.exit(await main());
