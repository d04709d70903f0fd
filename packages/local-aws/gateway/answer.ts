import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { answerWhenDeployed, asksForStack } from '../deployment/stack-wait.ts';
import { forward, withoutHopHeaders } from './forward.ts';
import type { IncomingCall } from './incoming-call.ts';
import type { PortOf } from './item-port.ts';
import { modelProblems } from './model-check.ts';
import { type ActionHandler, AwsError, type Service, type Upstream } from './service.ts';
import { postEvents } from './upstream.ts';
import { encodeAnswer, encodeError } from './wire.ts';

export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Uint8Array | Readable;
  /** What the record is to say about this answer besides its status. */
  readonly note?: string;
}

/** Where answers come from. */
export interface AnswerSources {
  readonly upstreamPort: number;
  /** Where what no service answers is passed on to. */
  readonly portOf: PortOf;
  readonly upstream: Upstream;
  readonly services: readonly Service[];
  readonly allowAwsEvents: boolean;
}

/** Answers a call from the service that has its action, else from the local AWS. */
export async function answerCall(call: IncomingCall, sources: AnswerSources): Promise<Answer> {
  const problems = requestProblems(call);
  if (problems.length > 0)
    return errorAnswer(call, new AwsError('ValidationException', `AWS takes no such request: ${problems.join('; ')}`));
  const handler = handlerOf(call, sources.services);
  if (handler !== undefined) return answerOfService(call, handler, sources.upstream);
  if (sources.allowAwsEvents && sendsAwsEvents(call)) return admitAwsEvents(call, sources.upstreamPort);
  return pass(call, sources.portOf);
}

export const givenAnswer = (call: IncomingCall, answer: Readonly<Record<string, unknown>>): Promise<Answer> =>
  Promise.resolve(encodeAnswer(call.protocol, call.action, answer, call.model, randomUUID()));

export const errorAnswer = (call: IncomingCall, error: AwsError): Answer => encodeError(call.protocol, error, call.model, randomUUID());

function handlerOf(call: IncomingCall, services: readonly Service[]): ActionHandler | undefined {
  const found = services.filter((each) => each.service === call.service);
  return found.map((each) => (Object.hasOwn(each.actions, call.action) ? each.actions[call.action] : undefined)).find((each) => each);
}

/** A defect of a service is an internal failure of the service to the caller, and is printed for whoever repairs it. */
async function answerOfService(call: IncomingCall, handler: ActionHandler, upstream: Upstream): Promise<Answer> {
  try {
    const answer = await handler(call.parameters, upstream);
    checkAnswer(call, answer);
    return encodeAnswer(call.protocol, call.action, answer, call.model, randomUUID());
  } catch (error) {
    if (error instanceof AwsError) return errorAnswer(call, error);
    console.error(`The gateway failed at ${call.service} ${call.action}:`, error);
    return errorAnswer(call, new AwsError('InternalFailure', `The local AWS's service failed: ${String(error)}`, 500));
  }
}

/** The local AWS must not answer what AWS never would: whoever relies on it would fail there. */
function checkAnswer({ service, action, model }: IncomingCall, answer: Readonly<Record<string, unknown>>): void {
  const output = model?.operation(action)?.output;
  const problems = model && output ? modelProblems(output, answer, model) : [];
  if (problems.length > 0) throw new Error(`AWS never answers ${service} ${action} so: ${problems.join('; ')}`);
}

/** What AWS's own check of a request would say; a client that sends such a request is told before anybody answers it. */
function requestProblems({ action, model, parameters }: IncomingCall): readonly string[] {
  const input = model?.operation(action)?.input;
  return model && input ? modelProblems(input, parameters, model) : [];
}

function sendsAwsEvents(call: IncomingCall): boolean {
  if (call.service !== 'events' || call.action !== 'PutEvents' || !Array.isArray(call.parameters.Entries)) return false;
  return call.parameters.Entries.some((entry: { Source?: unknown }) => String(entry?.Source).startsWith('aws.'));
}

async function admitAwsEvents(call: IncomingCall, port: number): Promise<Answer> {
  const { status, body } = await postEvents(`http://127.0.0.1:${port}`, JSON.stringify(call.parameters));
  const note = 'AWS refuses PutEvents with an aws.* source (NotAuthorizedForSourceException); only this local AWS lets it through';
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1', 'x-local-aws-note': note }, body, note };
}

/** A local AWS that is gone is answered as a gateway would, so that it stands in the record. */
async function pass(call: IncomingCall, portOf: PortOf): Promise<Answer> {
  try {
    const port = await portOf(call);
    if (asksForStack(call)) return await answerWhenDeployed(call, port);
    const passed = await forward(call.head, call.body, port);
    return { status: passed.statusCode ?? 502, headers: withoutHopHeaders(passed.headers), body: passed };
  } catch (error) {
    return { status: 502, headers: { 'content-type': 'text/plain' }, body: `The local AWS did not answer: ${String(error)}` };
  }
}
