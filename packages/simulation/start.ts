/** `npm run simulate`: the real handlers and workflow of the pipeline on thousands of simulated targets, hours in seconds. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { columns } from '../../bin/heal/columns.ts';
import { summaryPage } from './report/summary-page.ts';
import { summaryText } from './report/summary-text.ts';
import { runSimulation } from './run-simulation.ts';
import { simulationScenarios } from './scenarios/registry.ts';
import { wholeNumber } from './whole-number.ts';

/** Beside the results of the rehearsal. */
const outFolder = join(import.meta.dirname, '..', '..', 'rehearsal', 'out');

const [usual] = simulationScenarios;
const program = new Command('npm run simulate --')
  .description('Plays a scenario on simulated targets: the real workflow and handlers, a virtual clock, AWS in memory.')
  .option('--targets <number>', 'number of targets, in fleets of a hundred', wholeNumber(1, 100_000), 10_000)
  .option('--seed <number>', 'the same seed gives the same history', wholeNumber(0, 2 ** 31 - 1), 1)
  .option('--scenario <name>', 'what happens', usual.name)
  .option('--list', 'list the scenarios and end')
  .option('--json', 'print the summary as JSON on standard output; progress goes to standard error')
  .addHelpText(
    'after',
    '\nThe summary is also written to rehearsal/out/simulation.json, and drawn in simulation.html.\nExit code 0: every invariant was kept. 1: one was broken. 2: wrong arguments.',
  )
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const {
  targets,
  seed,
  scenario: name,
  list,
  json,
} = program.opts<{
  targets: number;
  seed: number;
  scenario: string;
  list?: boolean;
  json?: boolean;
}>();

async function main(): Promise<number> {
  const scenario = simulationScenarios.find((candidate) => candidate.name === name);
  if (!scenario) return program.error(`unknown scenario ${name}; known are ${simulationScenarios.map((known) => known.name).join(', ')}`);
  console.error(`Synthesizing the stack, then playing ${scenario.name} on ${targets} targets …`);
  const summary = await runSimulation(scenario, targets, seed);
  await mkdir(outFolder, { recursive: true });
  const written = { json: join(outFolder, 'simulation.json'), page: join(outFolder, 'simulation.html') };
  await writeFile(written.json, `${JSON.stringify(summary, undefined, 2)}\n`);
  await writeFile(written.page, summaryPage(summary));
  console.log(json ? JSON.stringify(summary, undefined, 2) : summaryText(summary, { colors: process.stdout.isTTY === true }));
  console.error(`\nWritten: ${written.json}\n         ${written.page}`);
  return summary.breaches.length === 0 ? 0 : 1;
}

if (list) console.log(columns(simulationScenarios.map(({ name: known, title }) => [known, title])));
else process.exit(await main());
