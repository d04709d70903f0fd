import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disturb } from './gateway/disturbance.ts';
import { type Gateway, openGateway } from './gateway/gateway.ts';
import type { Service } from './gateway/service.ts';
import { freePorts } from './ministack/free-port.ts';
import { startMiniStack } from './ministack/ministack.ts';
import { workFolder } from './work-folder.ts';

export interface LocalAws extends Gateway {
  readonly recordFile: string;
  /** Port of MiniStack itself, behind the gateway. */
  readonly upstreamPort: number;
  /** Config for any SDK client that is to speak through the gateway. */
  readonly client: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string }; maxAttempts: number };
  stop(): Promise<void>;
}

export interface LocalAwsOptions {
  /** @default - none: MiniStack answers every call by itself */
  readonly services?: readonly Service[];
  /** Lets PutEvents with an `aws.*` source through, which AWS refuses. @default false */
  readonly allowAwsEvents?: boolean;
  /** @default - every call passes */
  readonly disturb?: Disturb;
  /** Port on 127.0.0.1. @default - a free one, so that several can run side by side */
  readonly port?: number;
  /** Told what is being done. @default - standard error */
  readonly say?: (line: string) => void;
}

/** Starts an empty local AWS with its gateway. */
export async function startLocalAws({ port, say, ...options }: LocalAwsOptions = {}): Promise<LocalAws> {
  const [upstreamPort = 0, free = 0] = await freePorts(2);
  const publicPort = port ?? free;
  const ministack = await startMiniStack({ port: upstreamPort, publicPort, ...(say && { say }) });
  await mkdir(workFolder, { recursive: true });
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
    upstreamPort,
    client: { endpoint: gateway.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 },
    stop: async () => {
      await gateway.close();
      await ministack.stop();
      // Ports differ from run to run, so their files would pile up.
      await rm(recordFile, { force: true });
    },
  };
}
