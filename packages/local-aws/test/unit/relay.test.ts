import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Relay } from '../../database/relay.ts';

let folder: string;
let servers: Server[];
let relay: Relay;
let current: string | undefined;

/** A server that answers each message with its own name. */
async function serve(name: string): Promise<{ readonly path: string; readonly sessions: Socket[] }> {
  const path = join(folder, name);
  const sessions: Socket[] = [];
  const server = createServer((session) => {
    sessions.push(session);
    session.on('error', () => undefined);
    session.on('data', () => session.write(name));
  });
  servers.push(server);
  await once(server.listen(path), 'listening');
  return { path, sessions };
}

async function client(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket): Promise<string> {
  socket.write('who?');
  return String((await once(socket, 'data'))[0]);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-'));
  servers = [];
  current = undefined;
  relay = new Relay(() => current);
});

afterEach(async () => {
  await relay.close();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

describe('a relay', () => {
  it('leads new connections to the new place, and leaves those there are where they were', async () => {
    const [one, other] = [await serve('one'), await serve('other')];
    current = one.path;
    const port = await relay.listen(0);
    const early = await client(port);
    expect(await ask(early)).toBe('one');

    current = other.path;

    expect(await ask(await client(port))).toBe('other');
    expect(await ask(early)).toBe('one');
  });

  it('gives a port up without ending who is connected by it, and takes it again', async () => {
    current = (await serve('one')).path;
    const port = await relay.listen(0);
    const early = await client(port);
    await ask(early);
    await relay.leave(port);

    await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
    expect(await ask(early)).toBe('one');
    await relay.listen(port);
    expect(await ask(await client(port))).toBe('one');
  });

  it('can be reached by a socket file, too', async () => {
    current = (await serve('one')).path;
    const path = join(folder, 'relay');
    await relay.listen(path);
    const socket = connect(path);
    expect(await ask(socket)).toBe('one');
    socket.destroy();
  });

  it('passes on the goodbye of the server', async () => {
    const one = await serve('one');
    current = one.path;
    const socket = await client(await relay.listen(0));
    await ask(socket);
    one.sessions[0]?.end();
    await once(socket, 'close');
  });

  it('says no goodbye for a server that vanished, and answers nothing any more', async () => {
    const one = await serve('one');
    current = one.path;
    const socket = await client(await relay.listen(0));
    await ask(socket);
    const said: string[] = [];
    socket.on('close', () => said.push('goodbye'));
    socket.on('data', () => said.push('data'));
    const left = once(one.sessions[0] as Socket, 'close');

    relay.vanish();
    socket.write('who?');
    await left;
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect(said).toEqual([]);
  });

  it('lets nobody in while it leads nowhere', async () => {
    const socket = await client(await relay.listen(0));
    await once(socket, 'close');
  });
});
