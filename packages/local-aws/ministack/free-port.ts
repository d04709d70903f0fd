import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which Linux serves outgoing connections (32768 and up), so that none of them takes a port before it is used. */
const FIRST = 20_000;
const LAST = 32_767;

/** Far more than are ever in use at once. */
const TRIES = 1_000;

/**
 * Ports that nobody listens on, all different. They are this process's own for as long as it lives: another run on this machine is
 * not given the same ones in the seconds until somebody listens there.
 *
 * @throws Error when there are not as many
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tried = 0; ports.length < count; tried += 1) {
    if (tried === TRIES) throw new Error(`of ${TRIES} ports from ${FIRST} to ${LAST} only ${ports.length} were free; ${count} are needed`);
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (await isFreeAndClaimed(port)) ports.push(port);
  }
  return ports;
}

/** Claimed before it is tried, since two that try at once would both be told that it is taken. */
async function isFreeAndClaimed(port: number): Promise<boolean> {
  const claim = await claimed(port);
  if (claim === undefined) return false;
  const attempt = await listening({ host: '127.0.0.1', port });
  if (attempt === undefined) {
    claim.close();
    return false;
  }
  attempt.close();
  await once(attempt, 'close');
  return true;
}

/** A name in Linux's abstract namespace of sockets: it goes with the process, however that ends. Elsewhere a port cannot be claimed and is only tried. */
async function claimed(port: number): Promise<{ close(): void } | undefined> {
  if (process.platform !== 'linux') return { close: () => undefined };
  const claim = await listening({ path: `\0self-healing-rehearsal-port-${port}` });
  claim?.unref();
  return claim;
}

/** A server that listens there; undefined where another one does. */
async function listening(where: { readonly path: string } | { readonly host: string; readonly port: number }) {
  const server = createServer().listen(where);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
