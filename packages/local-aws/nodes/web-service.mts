/**
 * A small web service that runs under systemd inside a managed node and can be told to fail in the ways that services fail.
 * Every fault is real: the memory is allocated, the processor burnt, the files written, the process killed.
 * Answers on port 80 of the node's own loopback, and on a socket file through which the host probes it.
 */
import { mkdirSync, statfsSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const temporaryFolder = process.env.TEMPORARY_FOLDER ?? '/srv/web/tmp';
const cpuLimitPercent = Number(process.env.CPU_LIMIT_PERCENT ?? '20');
const socketPath = '/run/web/http.sock';

const leaked: Buffer[] = [];
let answerDelayMs = 0;
let hung = false;
let burner: NodeJS.Timeout | undefined;

type Fault = (query: URLSearchParams) => string;

const faults: Readonly<Record<string, Fault>> = {
  crash: () => {
    setImmediate(() => process.kill(process.pid, 'SIGKILL'));
    return 'killing myself';
  },
  hang: () => {
    // From now on connections are accepted and nothing is answered, and a polite stop is ignored, as by a process in a dead loop.
    process.on('SIGTERM', () => undefined);
    setImmediate(() => {
      hung = true;
    });
    return 'hanging';
  },
  leak: (query) => {
    const megabytes = numberIn(query, 'megabytes', 1, 1024);
    // Filled, because untouched pages use no memory.
    for (let n = 0; n < megabytes; n += 1) leaked.push(Buffer.alloc(1_048_576, 0xaa));
    return `holding ${leaked.length} MB`;
  },
  fill: (query) => `wrote ${fillDisk(numberIn(query, 'percent', 1, 100), numberIn(query, 'ageMinutes', 0, 100_000))} files`,
  slow: (query) => {
    answerDelayMs = numberIn(query, 'milliseconds', 0, 60_000);
    return `answering after ${answerDelayMs} ms`;
  },
  cpu: (query) => {
    burn(numberIn(query, 'percent', 0, 100));
    return 'burning';
  },
  clear: () => {
    leaked.length = 0;
    answerDelayMs = 0;
    burn(0);
    return 'every fault that can be taken back is taken back';
  },
};

function numberIn(query: URLSearchParams, name: string, minimum: number, maximum: number): number {
  const value = Number(query.get(name) ?? Number.NaN);
  if (!(value >= minimum && value <= maximum)) throw new RangeError(`${name} must be a number from ${minimum} to ${maximum}`);
  return value;
}

/** Writes temporary files until the disk is used to the given share, and makes them look as old as asked. */
function fillDisk(percent: number, ageMinutes: number): number {
  mkdirSync(temporaryFolder, { recursive: true });
  const chunk = Buffer.alloc(524_288, 0x2e);
  const then = new Date(Date.now() - ageMinutes * 60_000);
  let files = 0;
  while (usedPercent() < percent) {
    const path = `${temporaryFolder}/upload-${Date.now()}-${files}.part`;
    const full = !writeWhole(path, chunk);
    utimesSync(path, then, then);
    files += 1;
    if (full) break;
  }
  return files;
}

/** A file that meets the end of the disk stays as far as it was written, as after a failed upload. */
function writeWhole(path: string, content: Buffer): boolean {
  try {
    writeFileSync(path, content);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

function usedPercent(): number {
  const { blocks, bfree } = statfsSync(temporaryFolder);
  return (100 * (blocks - bfree)) / blocks;
}

/**
 * Burns a share of the declared limit. What a crowded machine did not grant in one slice is caught up in the next, by
 * the process's own processor time, so that the share holds whatever else runs.
 */
function burn(percent: number): void {
  clearInterval(burner);
  if (percent === 0) return;
  const share = (cpuLimitPercent * percent) / 10_000;
  const started = { at: performance.now(), used: usedProcessorMs() };
  // Slices of 50 ms are short enough for a measurement each second to be even.
  burner = setInterval(() => {
    const owed = (performance.now() - started.at) * share;
    const sliceEnds = performance.now() + 40;
    while (usedProcessorMs() - started.used < owed && performance.now() < sliceEnds) Math.sqrt(owed);
  }, 50);
}

function usedProcessorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (hung) return;
  const url = new URL(request.url ?? '/', 'http://node');
  const fault = url.pathname.startsWith('/fault/') ? faults[url.pathname.slice('/fault/'.length)] : undefined;
  if (fault !== undefined) {
    response.end(`${fault(url.searchParams)}\n`);
    return;
  }
  if (url.pathname !== '/' && url.pathname !== '/health') {
    response.writeHead(404).end('not found\n');
    return;
  }
  if (answerDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, answerDelayMs));
  response.end(url.pathname === '/health' ? 'healthy\n' : 'hello\n');
}

function listen(where: string | number): void {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(error instanceof RangeError ? 400 : 500).end(`${String(error)}\n`);
    });
  });
  if (typeof where === 'number') server.listen(where, '127.0.0.1');
  else server.listen(where);
}

function removeOldSocket(): void {
  try {
    unlinkSync(socketPath);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

mkdirSync(temporaryFolder, { recursive: true });
removeOldSocket();
listen(socketPath);
listen(80);
console.log('web service is listening');
