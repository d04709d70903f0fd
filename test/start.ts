/** `npm test`: all checks and all kinds of tests. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { columns } from '../bin/heal/columns.ts';
import { type Job, jobs } from './jobs.ts';
import { setup as installPrograms } from './support/machine-programs.ts';

interface Ended extends Job {
  readonly passed: boolean;
  readonly seconds: number;
  readonly said: string;
}

/** How much of each job's failures is repeated in the end, in characters: the end of a log has room for those of several jobs. */
const REPEATED = 5_000;

const running = new Set<ChildProcess>();
let interrupted = false;

/** Runs a job and prints, when it has ended, all that it said; of one that passed without the warnings. */
async function run(job: Job): Promise<Ended> {
  const from = Date.now();
  const child = spawn('nice', ['-n', String(job.niceness), ...job.command], {
    cwd: `${import.meta.dirname}/..`,
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  standBack(child, job.niceness);
  running.add(child);
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [printed, complained, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  running.delete(child);
  const passed = exitCode === 0;
  const seconds = Math.round((Date.now() - from) / 1_000);
  const said = `${printed}${complained}`;
  console.log(`\n━━━ ${job.name}: ${passed ? 'passed' : 'FAILED'} after ${seconds} s ━━━\n${passed ? printed : said}`);
  return { ...job, passed, seconds, said };
}

/** Where the kernel shares the processor among sessions first, `nice` counts only within one: there the session stands back, too. */
function standBack(child: ChildProcess, niceness: number): void {
  try {
    writeFileSync(`/proc/${child.pid}/autogroup`, String(niceness));
  } catch {
    // Another kernel, where `nice` is all there is.
  }
}

/** Passes an interruption on to all that the jobs have started in their sessions; they clear up, and nothing more begins. */
function interrupt(signal: NodeJS.Signals): void {
  interrupted = true;
  for (const { pid, exitCode, signalCode } of running)
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
}

/** What vitest says of failed files, tests and unhandled errors, from the first of them; the end of what another program said. */
function failures(said: string): string {
  const first = said.search(/ Failed (Suites|Tests) \d| Unhandled Errors /);
  return first < 0 ? said.slice(-REPEATED) : said.slice(first, first + REPEATED);
}

/** Bundles the functions before several kinds of tests want them at once, each for itself. */
async function bundleOnce(): Promise<void> {
  await promisify(execFile)(process.execPath, ['bundling/start.ts'], { cwd: `${import.meta.dirname}/..` });
}

async function main(): Promise<number> {
  if (process.argv.length > 2) {
    console.error('npm test takes no arguments; one file runs by: npm run one <file>');
    return 2;
  }
  process.on('SIGTERM', interrupt).on('SIGINT', interrupt);
  for (const beside of jobs) console.log(`side by side: ${beside.map(({ name }) => name).join('; ')}`);
  // Who lacks what could not be installed or bundled says so itself.
  const programs = Promise.all([installPrograms(), bundleOnce()]).catch((error: unknown) => console.error(error));
  const ended: Ended[] = [];
  for (const beside of jobs) {
    if (interrupted) break;
    const all = beside.map(async (job) => {
      if (job.needsPrograms) await programs;
      return run(job);
    });
    ended.push(...(await Promise.all(all)));
  }
  // Whoever sees only the end of a log sees what failed.
  for (const { name, said } of ended.filter(({ passed }) => !passed))
    console.log(`\n━━━ what failed in ${name}, once more ━━━\n${failures(said)}`);
  console.log(
    columns(
      ended.map(({ name, passed, seconds, command }) => [passed ? '✓' : '✗', name, `${seconds} s`, passed ? '' : command.join(' ')]),
      { numbers: [2] },
    ),
  );
  return !interrupted && ended.every(({ passed }) => passed) ? 0 : 1;
}

process.exitCode = await main();
