import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownConnection } from '../gateway/forward.ts';
import { programFolder, workFolder } from '../work-folder.ts';
import { dynoxide, WITHOUT_DYNOXIDE } from './dynoxide.ts';
import { endGroup, type RunRecord, recordFileFor, removeLeftovers, runFolderFor, startTimeOf } from './leftovers.ts';
import { type LineSink, pythonWithMiniStack } from './python-environment.ts';

export interface MiniStackOptions {
  /** Port that MiniStack itself listens on, on 127.0.0.1. */
  readonly port: number;
  /** Port of the gateway: where MiniStack's Lambda functions are told to find AWS. */
  readonly publicPort: number;
  readonly say?: LineSink;
}

export interface MiniStack {
  readonly port: number;
  readonly logFile: string;
  /** Ends MiniStack and every Lambda process it started. May be called twice. */
  stop(): Promise<void>;
}

/** Ready in 2 to 4 s on 2 free cores; the rest is room for a busy machine. */
const READY_WITHIN_SECONDS = 180;
const LOG_TAIL_LINES = 20;
/** Idle connections: much longer than the gateway keeps them, so that it is never the server that closes one. */
const KEPT_FOR_SECONDS = 600;
/** Each is a Node.js process. MiniStack's own limit goes by memory; hundreds of processes on two cores time out. */
const FUNCTIONS_AT_ONCE = 10;

/**
 * Starts the local AWS with empty state. It also ends by itself when this process ends, however that happens: its standard input
 * is a pipe, and the end of that pipe is its end.
 */
export async function startMiniStack(options: MiniStackOptions): Promise<MiniStack> {
  const say = options.say ?? console.error;
  const python = await pythonWithMiniStack(say);
  if (dynoxide === undefined) say(WITHOUT_DYNOXIDE);
  await removeLeftovers();
  const runFolder = runFolderFor(options.port);
  await mkdir(runFolder, { recursive: true });
  const logFile = join(workFolder, `ministack-${options.port}.log`);
  const child = launch(python, options, runFolder, logFile);
  const recordFile = recordFileFor(options.port);
  const record = await writeRecord(child, runFolder, recordFile);
  const stop = async (): Promise<void> => {
    const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    endGroup(record);
    await exited;
    await rm(runFolder, { recursive: true, force: true });
    await rm(recordFile, { force: true });
    // What of it matters after a failure is in the error.
    await rm(logFile, { force: true });
  };
  try {
    await untilReady(options.port, child, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port: options.port, logFile, stop };
}

function launch(python: string, options: MiniStackOptions, runFolder: string, logFile: string): ChildProcess {
  const log = openSync(logFile, 'w');
  // With its usual worker process Hypercorn would give launch.py an empty standard input; 0 serves from this one process.
  const address = ['--bind', `127.0.0.1:${options.port}`, '--workers', '0', '--keep-alive', String(KEPT_FOR_SECONDS)];
  const program = ['-m', 'hypercorn', 'launch:app', ...address, '--pid', join(runFolder, 'hypercorn.pid')];
  return spawn(python, program, {
    cwd: import.meta.dirname,
    detached: true,
    stdio: ['pipe', log, log],
    env: environmentOf(options, runFolder),
  });
}

/** Only what is named here: a developer's AWS profile, proxy or NODE_OPTIONS must not reach the functions. */
function environmentOf(options: MiniStackOptions, runFolder: string): NodeJS.ProcessEnv {
  return {
    PATH: `${programFolder}:${process.env.PATH}`,
    HOME: runFolder,
    TMPDIR: runFolder,
    PYTHONDONTWRITEBYTECODE: '1',
    GATEWAY_PORT: String(options.publicPort),
    LOG_LEVEL: 'WARNING',
    PERSIST_STATE: '0',
    S3_PERSIST: '0',
    S3_DATA_DIR: join(runFolder, 's3'),
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    LAMBDA_EXECUTOR: 'local',
    LAMBDA_ACCOUNT_CONCURRENCY: String(FUNCTIONS_AT_ONCE),
    DOCKER_HOST: `unix://${runFolder}/no-docker.sock`,
    ...(dynoxide && { DYNOXIDE: dynoxide }),
  };
}

async function writeRecord(child: ChildProcess, runFolder: string, file: string): Promise<RunRecord> {
  if (child.pid === undefined) throw new Error('MiniStack could not be started: Python did not run.');
  const record = { runFolder, processGroup: child.pid, owner: process.pid, ownerStart: startTimeOf(process.pid) ?? '' };
  // Moved into place, so that a run starting at the same moment never reads half a record.
  await writeFile(`${file}.new`, JSON.stringify(record));
  await rename(`${file}.new`, file);
  return record;
}

async function untilReady(port: number, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_SECONDS * 1000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`MiniStack ended before it was ready.\n${await tailOf(logFile)}`);
    }
    if (await isHealthy(port)) return;
    await sleep(100);
  }
  throw new Error(`MiniStack was not ready within ${READY_WITHIN_SECONDS} s.\n${await tailOf(logFile)}`);
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/_ministack/health`, { headers: ownConnection });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function tailOf(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.slice(-LOG_TAIL_LINES).join('\n');
}
