import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disturb } from '@self-healing/local-aws/gateway/disturbance.ts';
import { type Door, openDoor } from '@self-healing/local-aws/gateway/gateway.ts';
import type { Supplement } from '@self-healing/local-aws/gateway/service.ts';
import { freePorts } from '@self-healing/local-aws/ministack/free-port.ts';
import { startMiniStack } from '@self-healing/local-aws/ministack/ministack.ts';
import { workFolder } from '@self-healing/local-aws/work-folder.ts';

export interface LocalAws extends Door {
  /** Config for any SDK client that is to speak through the door. */
  readonly recordFile: string;
  readonly client: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string }; maxAttempts: number };
  stop(): Promise<void>;
}

export interface LocalAwsOptions {
  readonly supplements?: readonly Supplement[];
  readonly allowAwsEvents?: boolean;
  readonly disturb?: Disturb;
}

/** Starts an empty local AWS with its door on free ports, so that test files can run side by side. */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const [publicPort = 0, upstreamPort = 0] = await freePorts(2);
  const ministack = await startMiniStack({ port: upstreamPort, publicPort });
  const recordFile = join(workFolder, `calls-${publicPort}.jsonl`);
  const settings = { supplements: [], allowAwsEvents: false, ...options, publicPort, upstreamPort, recordFile };
  const door = await openDoor(settings).catch(async (error) => {
    await ministack.stop();
    throw error;
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return {
    ...door,
    recordFile,
    client: { endpoint: door.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 },
    stop: async () => {
      await door.close();
      await ministack.stop();
      // Ports differ from run to run, so their files would pile up.
      await rm(recordFile, { force: true });
    },
  };
}
