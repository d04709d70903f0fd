import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { isIP } from 'node:net';
import { messageOf } from '../core/failure.ts';
import { type HttpAnswer, type HttpFailure, type HttpProbeRequest, httpSteps } from '../core/http-probe.ts';

/** Part of a slow answer says nothing, and all of a huge one is not needed: a server that got so far is able to answer. */
const READ_AT_MOST_BYTES = 1_000_000;

/** Requests the URL once, over a connection of its own, and reads the answer to its end. */
export async function requestUrl({ url, timeoutMilliseconds, authority }: HttpProbeRequest): Promise<HttpAnswer> {
  const begunAt = performance.now();
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  let step: HttpFailure['step'] = 'name';
  const passed = (passedStep: HttpFailure['step']) => {
    step = httpSteps[httpSteps.indexOf(passedStep) + 1] ?? step;
  };
  try {
    const status = await statusOf(url, authority, signal, passed);
    return { status, milliseconds: performance.now() - begunAt };
  } catch (error) {
    const why = signal.aborted ? `it took longer than ${timeoutMilliseconds} ms` : wordsOf(error);
    const { code } = error as { code?: unknown };
    const failure = { step, ...(!signal.aborted && typeof code === 'string' && { code }) };
    return { error: why, failure, milliseconds: performance.now() - begunAt };
  }
}

function statusOf(
  url: string,
  authority: string | undefined,
  signal: AbortSignal,
  passed: (step: HttpFailure['step']) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, signal, headers: { 'user-agent': 'self-healing-probe', connection: 'close' } };
    const read = (response: IncomingMessage) => readToEnd(response, resolve, reject);
    const request = url.startsWith('https:')
      ? getHttps(url, { ...options, ...(authority !== undefined && { ca: authority }) }, read)
      : getHttp(url, options, read);
    request.once('error', reject);
    request.once('socket', (socket) => {
      // An address in place of a name is looked up by nobody.
      if (isIP(new URL(url).hostname.replaceAll(/[[\]]/g, '')) !== 0) passed('name');
      socket.once('lookup', (error) => {
        if (!error) passed('name');
      });
      socket.once('connect', () => {
        passed('tcp');
        if (!url.startsWith('https:')) passed('tls');
      });
      socket.once('secureConnect', () => passed('tls'));
    });
  });
}

function readToEnd(response: IncomingMessage, resolve: (status: number) => void, reject: (error: Error) => void): void {
  const status = response.statusCode ?? 0;
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= READ_AT_MOST_BYTES) return;
    resolve(status);
    response.destroy();
  });
  response.once('end', () => resolve(status));
  response.once('error', reject);
}

/** A name with several addresses makes an error without words of its own. */
function wordsOf(error: unknown): string {
  const words = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && !words.includes(code) ? `${code}: ${words}` : words;
}
