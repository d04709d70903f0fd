import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disturb } from '@self-healing/local-aws/gateway/disturbance.ts';
import { freePorts } from '@self-healing/local-aws/ministack/free-port.ts';
import { workFolder } from '@self-healing/local-aws/work-folder.ts';
import { clearStage } from '../../rehearsal/rehearse.ts';
import { type Ending, type Stage, setStage } from '../../rehearsal/stage/stage.ts';

/** The stage of the end-to-end tests, with the hook by which a test disturbs calls. */
export interface TestStage {
  readonly stage: Stage;
  /** Port of MiniStack, in whose folder the functions' processes run. */
  readonly upstreamPort: number;
  /** Asked for every call until it is set anew. */
  disturb: Disturb;
  clear(): Promise<void>;
}

/** Deploys the product into a local AWS with nodes, as `npm start` does. */
export async function openStage(): Promise<TestStage> {
  const [publicPort = 0, upstreamPort = 0] = await freePorts(2);
  const endings: Ending[] = [];
  const hook: { disturb: Disturb } = { disturb: () => 'pass' };
  const recordFile = join(workFolder, `calls-e2e-${publicPort}.jsonl`);
  // Last of all, since what was started later is ended first.
  endings.push(() => rm(recordFile, { force: true }));
  const options = {
    publicPort,
    upstreamPort,
    recordFile,
    allowAwsEvents: true,
    disturb: (call: Parameters<Disturb>[0]) => hook.disturb(call),
    say: (line: string) => console.log(line),
  };
  try {
    const stage = await setStage(options, endings);
    return Object.assign(hook, { stage, upstreamPort, clear: () => clearStage(endings) });
  } catch (error) {
    await clearStage(endings);
    throw error;
  }
}
