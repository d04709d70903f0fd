import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disturb } from '../gateway/disturbance.ts';
import { type Gateway, openGateway } from '../gateway/gateway.ts';
import type { Service } from '../gateway/service.ts';
import { freePorts } from '../ministack/free-port.ts';
import { startMiniStack } from '../ministack/ministack.ts';
import { workFolder } from '../work-folder.ts';

export interface LocalAws extends Gateway {
  /** Config for any SDK client that is to speak through the gateway. */
  readonly recordFile: string;
  readonly client: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string }; maxAttempts: number };
  stop(): Promise<void>;
}

export interface LocalAwsOptions {
  readonly services?: readonly Service[];
  readonly allowAwsEvents?: boolean;
  readonly disturb?: Disturb;
}

/** Starts an empty local AWS with its gateway on free ports, so that test files can run side by side. */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const [publicPort = 0, upstreamPort = 0] = await freePorts(2);
  const ministack = await startMiniStack({ port: upstreamPort, publicPort });
  const recordFile = join(workFolder, `calls-${publicPort}.jsonl`);
  const settings = { services: [], allowAwsEvents: false, ...options, publicPort, upstreamPort, recordFile };
  const gateway = await openGateway(settings).catch(async (error) => {
    await ministack.stop();
    throw error;
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return {
    ...gateway,
    recordFile,
    client: { endpoint: gateway.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 },
    stop: async () => {
      await gateway.close();
      await ministack.stop();
      // Ports differ from run to run, so their files would pile up.
      await rm(recordFile, { force: true });
    },
  };
}
