import { join, resolve } from 'node:path';
import { programFolder, workFolder } from '../work-folder.ts';
import type { BootstrapTarget } from './bootstrap.ts';
import { type LineSink, type ProgramRun, runProgram } from './run-program.ts';

export interface DeployTarget extends BootstrapTarget {
  /** Gets every line that the CDK CLI prints. */
  readonly say: LineSink;
}

const REGION = 'us-east-1';

/** Deploys every stack of an assembly as a user does, by a change set, with a rollback when it fails. */
export async function deployAsUsersDo(assembly: string, target: DeployTarget, options: readonly string[] = []): Promise<void> {
  const parameters = ['deploy', '--app', resolve(assembly), '--all', '--require-approval=never', '--progress=events', ...options];
  await cdk(parameters, { ...target, environment: awsEnvironment(target) });
}

/** Deletes every stack of an assembly. */
export async function destroy(assembly: string, target: DeployTarget): Promise<void> {
  await cdk(['destroy', '--app', resolve(assembly), '--all', '--force'], { ...target, environment: awsEnvironment(target) });
}

/** Deploys every stack of an assembly. No change set, no rollback: in an empty local AWS there is nothing to go back to. */
export async function deploy(assembly: string, target: DeployTarget): Promise<void> {
  const speed = ['--method=direct', '--no-rollback', '--asset-parallelism', '--concurrency=4', '--progress=events'];
  const parameters = ['deploy', '--app', resolve(assembly), '--all', '--require-approval=never', ...speed];
  await cdk(parameters, { ...target, environment: awsEnvironment(target) });
}

function awsEnvironment({ endpoint, account = 'test', region = REGION }: DeployTarget): Record<string, string> {
  return { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: region };
}

/** Runs away from the project's `cdk.json`: with it in sight even `cdk bootstrap` synthesizes the whole app first. */
function cdk(parameters: readonly string[], run: Omit<ProgramRun, 'folder'>): Promise<void> {
  return runProgram(join(programFolder, 'cdk'), [...parameters, '--no-notices', '--no-color', '--ci'], { ...run, folder: workFolder });
}
