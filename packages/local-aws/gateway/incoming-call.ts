import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Protocol, plainBody, type RequestHead, targetOf } from './call.ts';
import { modelOf, type ServiceModel } from './model.ts';
import { decodeParameters } from './wire.ts';

/** One AWS call as it arrived at the gateway. */
export interface IncomingCall {
  readonly head: RequestHead;
  readonly protocol: Protocol;
  readonly service: string;
  readonly action: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly model: ServiceModel | undefined;
  /** Port of the caller's end of the connection. */
  readonly callerPort: number;
  /** The bytes to pass on; a `rest` body is still the stream, so that uploads are not held in memory. */
  readonly body: Buffer | Readable;
}

/** Reads and understands a request. A body that cannot be decoded leaves the parameters empty, so that the call still passes. */
export async function receive(request: IncomingMessage): Promise<IncomingCall> {
  const head: RequestHead = { method: request.method ?? 'GET', path: request.url ?? '/', headers: request.headers };
  const target = targetOf(head);
  const { service, protocol } = target;
  const callerPort = request.socket.remotePort ?? 0;
  if (protocol === 'rest')
    return { head, protocol, service, action: target.action ?? '', parameters: {}, model: undefined, callerPort, body: request };
  const body = await buffer(request);
  const plain = plainBody(head, body);
  const action = target.action ?? new URLSearchParams(plain.toString()).get('Action') ?? '';
  const model = await modelOf(service);
  return { head, protocol, service, action, parameters: await decoded(protocol, plain, action, model), model, callerPort, body };
}

async function decoded(
  protocol: Protocol,
  body: Buffer,
  action: string,
  model: ServiceModel | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await decodeParameters(protocol, body, action, model);
  } catch (error) {
    return { undecodable: String(error) };
  }
}
