import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { isRead, type RecordedCall } from '../gateway/call-record.ts';
import type { DisturbableCall, Disturbance } from '../gateway/disturbance.ts';
import { openGateway } from '../gateway/gateway.ts';
import type { Service, Upstream } from '../gateway/service.ts';
import { freePorts } from '../ministack/free-port.ts';
import { workFolder } from '../work-folder.ts';

const place = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

/** A gateway of one test file in front of the MiniStack that all files share. */
export interface SharedAws {
  readonly upstream: Upstream;
  /** SDK settings as a function has them: the SDK's own retries apply. */
  readonly client: { readonly endpoint: string } & typeof place;
  /** SDK settings of a client that acts. */
  readonly actor: SharedAws['client'] & { readonly maxAttempts: 1 };
  calls(): readonly RecordedCall[];
  /** Does this to the next calls of the action, one for each entry. */
  disturb(action: string, disturbances: readonly Disturbance[]): void;
  /** How often the action was asked for since the gateway was opened. */
  count(action: string): number;
  /** The acts since the gateway was opened: calls that change something. */
  acts(): readonly string[];
  close(): Promise<void>;
}

/** Opens a gateway with these services. Without `disturb` every call passes. */
export async function openSharedAws(services: readonly Service[] = []): Promise<SharedAws> {
  const [publicPort = 0] = await freePorts(1);
  const planned = new Map<string, Disturbance[]>();
  const recordFile = join(workFolder, `calls-${publicPort}.jsonl`);
  const gateway = await openGateway({
    publicPort,
    upstreamPort: inject('ministackPort'),
    services,
    recordFile,
    allowAwsEvents: false,
    disturb: ({ action }: DisturbableCall) => planned.get(action)?.shift() ?? 'pass',
  });
  const client = { endpoint: gateway.endpoint, ...place };
  return {
    upstream: gateway.upstream,
    client,
    actor: { ...client, maxAttempts: 1 },
    calls: gateway.calls,
    disturb: (action, disturbances) => void planned.set(action, [...disturbances]),
    count: (wanted) => gateway.calls().filter(({ action }) => action === wanted).length,
    acts: () => gateway.calls().flatMap(({ action }) => (isRead(action) ? [] : [action])),
    async close() {
      await gateway.close();
      await rm(recordFile, { force: true });
    },
  };
}
