import { ownConnection } from './forward.ts';
import type { IncomingCall } from './incoming-call.ts';

/** The calls that are about items; what is about tables is MiniStack's. */
const ITEM_ACTION = /^(Put|Get|Update|Delete|BatchGet|BatchWrite)Item$|^(Query|Scan)$|^Transact(Get|Write)Items$/;

/** Where calls are passed on to: a port of this machine. */
export type PortOf = (call: IncomingCall) => Promise<number>;

/**
 * MiniStack's port; for items that of the process in which MiniStack keeps those of the caller's account and Region, by which the way
 * through MiniStack is saved. A call without a signature goes by that way.
 */
export function passedTo(ministackPort: number): PortOf {
  const known = new Map<string, Promise<number>>();
  return async ({ service, action, head }) => {
    const authorization = String(head.headers.authorization);
    const place = service === 'dynamodb' && ITEM_ACTION.test(action) && /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(authorization);
    if (!place) return ministackPort;
    const key = `${place[1]}/${place[2]}`;
    const port = known.get(key) ?? itemPort(ministackPort, authorization);
    known.set(key, port);
    return port.catch((error) => {
      known.delete(key);
      throw error;
    });
  };
}

async function itemPort(ministackPort: number, authorization: string): Promise<number> {
  const headers = { ...ownConnection, authorization };
  const response = await fetch(`http://127.0.0.1:${ministackPort}/_local-aws/tables`, { method: 'POST', headers });
  if (!response.ok) throw new Error(`MiniStack does not say where it keeps items: ${response.status} ${await response.text()}`);
  const { port } = (await response.json()) as { port: number | null };
  return port ?? ministackPort;
}
