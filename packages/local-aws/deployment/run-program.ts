import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { programFolder } from '../work-folder.ts';

export type LineSink = (line: string) => void;

/** Enough to hold the failed resource and its reason. */
const TAIL_LINES = 40;

/** Nothing is asked of the internet: neither telemetry nor the newest version. */
const quiet = { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true', AWS_EC2_METADATA_DISABLED: 'true' };

export interface ProgramRun {
  readonly folder: string;
  readonly say: LineSink;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Runs a program to its end; fails with its last lines when it does. */
export async function runProgram(program: string, parameters: readonly string[], run: ProgramRun): Promise<void> {
  const child = spawn(program, parameters, {
    cwd: run.folder,
    env: { ...withoutAws(process.env), ...run.environment, ...quiet, PATH: `${programFolder}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(run.signal === undefined ? {} : { signal: run.signal }),
  });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      run.say(line);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`${[basename(program), ...parameters].join(' ')} failed with exit code ${code}.\n${tail.join('\n')}`);
}

/** A developer's own profile or credentials must never meet the local AWS, in either direction. */
function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_')));
}
