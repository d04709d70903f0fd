import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { workFolder } from '../work-folder.ts';
import { type AssemblyChanges, adaptAssembly } from './assembly.ts';
import { bootstrap } from './bootstrap.ts';
import { type DeployTarget, deploy } from './deploy.ts';
import { type SynthesisOptions, synthesize } from './synthesize.ts';

export interface AppDeployment extends DeployTarget, Pick<SynthesisOptions, 'project' | 'context'> {}

/** Synthesizes a CDK app and deploys all of its stacks, as `cdk bootstrap` and `cdk deploy --all` do with an account. */
export async function deployApp({ project, context, ...target }: AppDeployment): Promise<Omit<AssemblyChanges, 'folder'>> {
  await mkdir(workFolder, { recursive: true });
  const folder = await mkdtemp(join(workFolder, 'app-'));
  try {
    const assembly = join(folder, 'cdk.out');
    await synthesize({ project, out: assembly, say: target.say, ...(context && { context }) });
    await bootstrap(target);
    const { folder: adapted, ...changes } = await adaptAssembly({ from: assembly, to: join(folder, 'assembly') });
    await deploy(adapted, target);
    return changes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
