import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, answerCall, errorAnswer, givenAnswer } from './answer.ts';
import { bounded, type CallRecord, isRead, openCallRecord, type RecordedCall } from './call-record.ts';
import type { Disturb, Disturbance } from './disturbance.ts';
import { forward, withoutHopHeaders } from './forward.ts';
import { type IncomingCall, receive } from './incoming-call.ts';
import { type PortOf, passedTo } from './item-port.ts';
import { modelOf } from './model.ts';
import type { Service, Upstream } from './service.ts';
import { type ResourceRequest, serveResource } from './supplied-resources.ts';
import { upstreamAt } from './upstream.ts';

export interface GatewayOptions {
  /** Port at which everybody finds AWS. */
  readonly publicPort: number;
  /** Port of MiniStack. */
  readonly upstreamPort: number;
  readonly services: readonly Service[];
  /** Where the record of all calls goes, one JSON line a call. */
  readonly recordFile: string;
  /** Lets PutEvents with an `aws.*` source through, which AWS refuses; for people who try things by hand. */
  readonly allowAwsEvents: boolean;
  readonly disturb?: Disturb;
}

export interface Gateway {
  readonly endpoint: string;
  readonly upstream: Upstream;
  /** Every call so far, in the order of their answers. */
  calls(): readonly RecordedCall[];
  close(): Promise<void>;
}

interface OpenGateway extends GatewayOptions {
  readonly portOf: PortOf;
  readonly upstream: Upstream;
  readonly record: CallRecord;
}

/** Clients keep idle connections; closing them sooner than a client expects would lose calls now and then. */
const KEEP_ALIVE_MS = 120_000;

/** Opens the one gateway of the local AWS: it answers what MiniStack lacks, passes on the rest, and records all of it. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  // Loaded before the first call comes, which would otherwise pay some 50 ms for each service.
  await Promise.all(options.services.map((each) => modelOf(each.service)));
  const upstream = upstreamAt(`http://127.0.0.1:${options.upstreamPort}`);
  const gateway: OpenGateway = { ...options, portOf: passedTo(options.upstreamPort), upstream, record: openCallRecord(options.recordFile) };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
    serve(request, response, gateway).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.publicPort, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${options.publicPort}`,
    upstream,
    calls: gateway.record.all,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gateway.record.close();
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, gateway: OpenGateway): Promise<void> {
  const path = request.url ?? '/';
  if (path === '/_local-aws/resources') return write(response, await supplyResource(request, gateway));
  if (path.startsWith('/_ministack/')) return write(response, await passThrough(request, gateway));
  const time = new Date().toISOString();
  const start = performance.now();
  const call = await receive(request);
  const disturbance = gateway.disturb?.(call) ?? 'pass';
  const answer = await carryOut(call, disturbance, gateway);
  const notes = [noteOf(disturbance), answer?.note].filter((note) => note !== undefined);
  // Recorded before the caller has its answer, so that whoever waits for the answer finds the call in the record.
  gateway.record.add({
    time,
    service: call.service,
    action: call.action,
    status: answer?.status ?? 0,
    durationMs: Math.round(performance.now() - start),
    ...(isRead(call.action) ? {} : { parameters: bounded(call.parameters) }),
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  });
  if (answer === undefined) response.destroy();
  else await write(response, answer);
}

/** Gives the answer to the call, disturbed or not; undefined when the connection is to be cut instead. */
async function carryOut(call: IncomingCall, disturbance: Disturbance, gateway: OpenGateway): Promise<Answer | undefined> {
  if (disturbance === 'pass') return answerCall(call, gateway);
  if ('error' in disturbance) return errorAnswer(call, disturbance.error);
  if ('answer' in disturbance) return givenAnswer(call, disturbance.answer);
  if ('delayMs' in disturbance) {
    await sleep(disturbance.delayMs);
    return answerCall(call, gateway);
  }
  if (disturbance.after) await discard(await answerCall(call, gateway));
  return undefined;
}

function noteOf(disturbance: Disturbance): string | undefined {
  if (disturbance === 'pass') return undefined;
  if ('error' in disturbance) return `disturbed: answered ${disturbance.error.code} in place of the service`;
  if ('answer' in disturbance) return 'disturbed: answered as if it were done, and not done';
  if ('delayMs' in disturbance) return `disturbed: delayed by ${disturbance.delayMs} ms`;
  return `disturbed: connection cut ${disturbance.after ? 'after' : 'before'} the act`;
}

async function supplyResource(request: IncomingMessage, gateway: OpenGateway): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  try {
    const answer = await serveResource((await json(request)) as ResourceRequest, gateway.services, gateway.upstream);
    return { status: 200, headers, body: JSON.stringify(answer) };
  } catch (error) {
    return { status: 400, headers, body: JSON.stringify({ message: error instanceof Error ? error.message : String(error) }) };
  }
}

async function passThrough(request: IncomingMessage, gateway: OpenGateway): Promise<Answer> {
  const head = { method: request.method ?? 'GET', path: request.url ?? '/', headers: request.headers };
  const passed = await forward(head, request, gateway.upstreamPort);
  return { status: passed.statusCode ?? 502, headers: withoutHopHeaders(passed.headers), body: passed };
}

async function write(response: ServerResponse, answer: Answer): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  if (typeof answer.body === 'string' || answer.body instanceof Uint8Array) response.end(answer.body);
  else await pipeline(answer.body, response);
}

/** Reads a streamed answer to its end, so that the act is surely done. */
async function discard(answer: Answer): Promise<void> {
  if (typeof answer.body === 'string' || answer.body instanceof Uint8Array) return;
  for await (const _ of answer.body);
}
