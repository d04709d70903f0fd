/** `npm run local`: leaves the local AWS, the deployed stack and its nodes running, to be tried by hand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@self-healing/local-aws/ministack/free-port.ts';
import { Command } from 'commander';
import { describeLocal, localText } from './local-description.ts';
import { beTheOnlyRun } from './only-run.ts';
import { clearStage, defaultOutFolder } from './rehearse.ts';
import { whatIsMissing } from './requirements.ts';
import { type Ending, setStage } from './stage/stage.ts';
import { playStorm, stormText } from './storm/storm-drill.ts';

/** Where the AWS CLI's documentation and many tools expect a local AWS. */
const USUAL_PORT = 4566;

/** Fewer are no storm in a fleet of that size; more than some thousands take long on a small machine. */
const LEAST_STORM = 60;
const MOST_STORM = 10_000;

const program = new Command('npm run local --')
  .description('Deploys the pipeline into a local AWS and leaves it running until Ctrl-C.')
  .option('--port <number>', 'port of the local AWS on 127.0.0.1', String(USUAL_PORT))
  .option('--storm <events>', 'begin with so many alarm events of one fleet at once, and print what became of them')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

const options = program.opts<{ port: string; storm?: string }>();
const publicPort = Number(options.port);
if (!(Number.isInteger(publicPort) && publicPort > 0 && publicPort < 65_536))
  program.error(`--port must be a port number, not ${options.port}`);
const stormEvents = options.storm === undefined ? undefined : Number(options.storm);
if (stormEvents !== undefined && !(Number.isInteger(stormEvents) && stormEvents >= LEAST_STORM && stormEvents <= MOST_STORM))
  program.error(`--storm must be a number from ${LEAST_STORM} to ${MOST_STORM}, not ${options.storm}`);

const say = (line: string) => console.error(line);
const endings: Ending[] = [];
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
});

async function run(): Promise<void> {
  const giveFree = beTheOnlyRun(defaultOutFolder);
  endings.push(async () => giveFree());
  const missing = await whatIsMissing(say);
  if (missing) throw new Error(`${missing.why}. ${missing.next}`);
  const [upstreamPort = 0] = await freePorts(1);
  const recordFile = join(defaultOutFolder, 'calls.jsonl');
  const stage = await setStage({ publicPort, upstreamPort, recordFile, allowAwsEvents: true, say }, endings);
  const local = await describeLocal(stage, recordFile);
  writeFileSync(join(defaultOutFolder, 'local.json'), `${JSON.stringify(local, null, 2)}\n`);
  if (stormEvents !== undefined) console.log(stormText(await playStorm(stage, { events: stormEvents, say })));
  console.log(localText(local));
  await interrupted;
}

let failed = false;
try {
  await Promise.race([run(), interrupted]);
} catch (error) {
  failed = true;
  console.error(error instanceof Error ? error.message : error);
} finally {
  say('cleaning up');
  await clearStage(endings);
}
process.exit(failed ? 1 : 0);
