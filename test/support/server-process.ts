import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificates } from './certificates.ts';

/** A user without rights under whom a server runs: servers refuse root, and a test has no business with more. */
export interface PlainUser {
  readonly uid: number;
  readonly gid: number;
}

/** The user of that name, or the current one where the tests do not run as root. */
export function plainUser(name: string): PlainUser {
  const ask = (option: string) => Number(execFileSync('id', [option, ...(process.getuid?.() === 0 ? [name] : [])], { encoding: 'utf8' }));
  return { uid: ask('-u'), gid: ask('-g') };
}

/** A folder for a server's files. */
export function serverFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

/** Gives everything in the folder to the user; a server takes a key only from itself, and no key that others may read. */
export function giveTo({ uid, gid }: PlainUser, folder: string): void {
  for (const entry of ['', ...readdirSync(folder)]) {
    chownSync(join(folder, entry), uid, gid);
    if (entry.endsWith('.key')) chmodSync(join(folder, entry), 0o600);
  }
}

export interface ServerOptions {
  readonly certificate?: Exclude<keyof Certificates, 'authority'>;
  /** @default true */
  readonly tls?: boolean;
  /** PostgreSQL only: it recovers for ever and takes no connection. @default false */
  readonly recovering?: boolean;
}

/** A database server of a test, in a folder of its own. */
export interface DatabaseServer<Client> {
  readonly port: number;
  readonly certificates: Certificates;
  /** Of the user that logs in over TCP. */
  readonly password: string;
  /** A client over the server's socket file: no TLS, no password. `detail` is the second thing that the engine's clients name. */
  client(user?: string, detail?: string): Promise<Client>;
  /** Runs statements as the administrator. */
  run(text: string): Promise<readonly Record<string, unknown>[]>;
  start(options?: ServerOptions): Promise<void>;
  stop(): Promise<void>;
  /** Stops its first process in its tracks: the port is open, and nobody answers. */
  freeze(): void;
  thaw(): void;
  remove(): Promise<void>;
}

/** A server that was started for a test. */
export interface ServerProcess {
  stop(signal?: NodeJS.Signals): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** Starts a server and waits until it answers. */
export async function startServer(
  command: string,
  args: readonly string[],
  options: PlainUser & { readonly cwd: string; readonly ready: () => Promise<unknown> },
): Promise<ServerProcess> {
  const { ready, ...user } = options;
  const child = spawn(command, args, { ...user, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said = `${said}${data}`.slice(-4_000)));
  const server = {
    stop: (signal: NodeJS.Signals = 'SIGINT') => stopped(child, signal),
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
  };
  for (const deadline = Date.now() + 120_000; ; ) {
    const problem = await ready().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (problem === undefined) return server;
    if (child.exitCode !== null || Date.now() > deadline) {
      await server.stop('SIGKILL');
      throw new Error(`${command} did not start: ${problem}\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
