import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { programFolder, projectFolder, workFolder } from '../work-folder.ts';
import { takeFunctionCode, WITHOUT_CODE } from './function-code.ts';

export type LineSink = (line: string) => void;

export interface DeployTarget {
  /** The gateway's address. */
  readonly endpoint: string;
  /** Gets every line that the CDK CLI prints. */
  readonly say: LineSink;
  /** Ends the CDK CLI. */
  readonly signal?: AbortSignal;
}

export interface SynthesisOptions {
  readonly context: { readonly stack: string } & Readonly<Record<string, unknown>>;
  readonly out: string;
  readonly say: LineSink;
  readonly signal?: AbortSignal;
  /** Folder of an assembly, synthesized from the same sources, whose functions' code is taken. @default - the functions are bundled */
  readonly functionCode?: string | undefined;
}

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
/** Enough to hold the failed resource and its reason. */
const TAIL_LINES = 40;

/**
 * Synthesizes the product's own app without credentials, as `cdk synth` does but without the second that the CDK CLI takes.
 * Context given here wins over `cdk.json`.
 */
export async function synthesize(options: SynthesisOptions): Promise<void> {
  const { app, context } = JSON.parse(await readFile(join(projectFolder, 'cdk.json'), 'utf8')) as { app: string; context?: object };
  const given = { ...context, ...options.context, ...(options.functionCode && WITHOUT_CODE) };
  const environment = { CDK_OUTDIR: resolve(options.out), CDK_CONTEXT_JSON: JSON.stringify(given) };
  await runProgram('sh', ['-c', app], { say: options.say, environment, folder: projectFolder });
  if (options.functionCode) await takeFunctionCode({ stack: options.context.stack, from: options.functionCode, to: options.out });
}

/** Prepares the local account for deployments: asset bucket and deployment roles. */
export async function bootstrap(target: DeployTarget): Promise<void> {
  await cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], { ...target, environment: awsEnvironment(target.endpoint) });
}

/** Deploys every stack of an assembly as a user does, by a change set, with a rollback when it fails. */
export async function deployAsUsersDo(assembly: string, target: DeployTarget, options: readonly string[] = []): Promise<void> {
  const parameters = ['deploy', '--app', resolve(assembly), '--all', '--require-approval=never', '--progress=events', ...options];
  await cdk(parameters, { ...target, environment: awsEnvironment(target.endpoint) });
}

/** Deletes every stack of an assembly. */
export async function destroy(assembly: string, target: DeployTarget): Promise<void> {
  await cdk(['destroy', '--app', resolve(assembly), '--all', '--force'], { ...target, environment: awsEnvironment(target.endpoint) });
}

/** Deploys every stack of an assembly. No change set, no rollback: in an empty local AWS there is nothing to go back to. */
export async function deploy(assembly: string, target: DeployTarget): Promise<void> {
  const speed = ['--method=direct', '--no-rollback', '--asset-parallelism', '--concurrency=4', '--progress=events'];
  const parameters = ['deploy', '--app', resolve(assembly), '--all', '--require-approval=never', ...speed];
  await cdk(parameters, { ...target, environment: awsEnvironment(target.endpoint) });
}

function awsEnvironment(endpoint: string): Record<string, string> {
  return { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: REGION };
}

/** Nothing is asked of the internet: neither telemetry nor the newest version. */
const quiet = { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true', AWS_EC2_METADATA_DISABLED: 'true' };

interface ProgramRun {
  readonly folder: string;
  readonly say: LineSink;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Runs away from the project's `cdk.json`: with it in sight even `cdk bootstrap` synthesizes the whole app first. */
function cdk(parameters: readonly string[], run: Omit<ProgramRun, 'folder'>): Promise<void> {
  return runProgram(join(programFolder, 'cdk'), [...parameters, '--no-notices', '--no-color', '--ci'], { ...run, folder: workFolder });
}

async function runProgram(program: string, parameters: readonly string[], run: ProgramRun): Promise<void> {
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

/** A developer's own profile or credentials must never meet the rehearsal, in either direction. */
function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_')));
}
