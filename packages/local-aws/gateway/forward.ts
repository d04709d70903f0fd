import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { RequestHead } from './call.ts';

/**
 * Connections are kept, since a new one for each call is half of what a call takes. One that the server closes at the wrong moment would
 * lose a call that nobody may repeat: the server keeps them for longer (`KEPT_FOR_SECONDS`), and says with its answer where one is the last.
 */
const IDLE_MS = 30_000;
const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });

/** For the headers of a `fetch`, which otherwise keeps its connection for the next call, with the same loss. */
export const ownConnection = { connection: 'close' };

/** Headers that belong to one connection and are set anew on the next. */
const HOP_HEADERS = ['connection', 'keep-alive', 'transfer-encoding', 'expect', 'proxy-connection'];

/** Passes a request on unchanged and gives the answer as a stream. There is no time limit: a Lambda invocation may take 15 minutes. */
export function forward(head: RequestHead, body: Buffer | Readable, port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = withoutHopHeaders(head.headers);
    if (Buffer.isBuffer(body)) headers['content-length'] = body.length;
    const outgoing = httpRequest({ host: '127.0.0.1', port, method: head.method, path: head.path, headers, agent }, resolve);
    outgoing.on('error', reject);
    if (Buffer.isBuffer(body)) outgoing.end(body);
    else body.on('error', (error) => outgoing.destroy(error)).pipe(outgoing);
  });
}

export function withoutHopHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.includes(name)));
}
