import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { synthesize } from '@self-healing/local-aws/deployment/synthesize.ts';
import type { TestProject } from 'vitest/node';
import { projectFolder } from '../../rehearsal/project-folder.ts';
import { fixturesContext } from '../../rehearsal/stage/fixtures.ts';
import { makeStageFolder } from '../../rehearsal/stage/stage-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of an assembly whose functions' code all stages deploy: bundling it takes half a minute of work. */
    functionCode: string;
  }
}

/** The code is the same wherever the database and the site are. */
const nowhere = { databasePort: 1, databaseAuthority: '-----BEGIN CERTIFICATE-----', siteUrl: 'http://localhost:1/' };

/** Bundles the functions once for all stages of the end-to-end tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await makeStageFolder();
  const out = join(folder, 'cdk.out');
  await synthesize({ project: projectFolder, context: fixturesContext(nowhere), out, say: () => {} });
  project.provide('functionCode', out);
  return () => rm(folder, { recursive: true, force: true });
}
