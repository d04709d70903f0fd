import type { TestProject } from 'vitest/node';
import { freePorts } from '../ministack/free-port.ts';
import { startMiniStack } from '../ministack/ministack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Port of the one MiniStack that the contract tests of the adapters share; each file opens a gateway of its own. */
    ministackPort: number;
  }
}

/** Starts one MiniStack for all contract tests: it takes seconds, a gateway takes none. Files keep apart by the names they use. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [publicPort = 0, port = 0] = await freePorts(2);
  const ministack = await startMiniStack({ port, publicPort });
  project.provide('ministackPort', port);
  return () => ministack.stop();
}
