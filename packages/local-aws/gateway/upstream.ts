import { ownConnection } from './forward.ts';
import { modelOf } from './model.ts';
import { callIn, USUAL_PLACE } from './place.ts';
import { AwsError, type AwsEvent, type Parameters, type Upstream } from './service.ts';

/** Most events that PutEvents takes at once. */
const MAX_EVENTS = 10;

/** JSON services without a client among the dependencies, by their target prefix. */
const jsonTargets: Readonly<Record<string, string>> = { events: 'AWSEvents', secretsmanager: 'secretsmanager', sqs: 'AmazonSQS' };

/** Speaks to the local AWS itself. Errors of the service are thrown as `AwsError`, so that a service can pass them on unchanged. */
export function upstreamAt(endpoint: string): Upstream {
  return {
    call: (service, action, parameters) => call(endpoint, service, action, parameters),
    sendEvents: async (events) => {
      for (let first = 0; first < events.length; first += MAX_EVENTS) {
        await send(endpoint, events.slice(first, first + MAX_EVENTS));
      }
    },
  };
}

async function call(endpoint: string, service: string, action: string, parameters: Parameters): Promise<Record<string, unknown>> {
  const target = jsonTargets[service];
  if (target !== undefined) return callJson(endpoint, service, `${target}.${action}`, parameters);
  const model = await modelOf(service);
  if (model === undefined) throw new Error(`The gateway has no client for ${service}.`);
  try {
    return await model.call(endpoint, action, parameters);
  } catch (error) {
    throw asAwsError(error);
  }
}

/** An SDK exception carries the HTTP status of the answer; anything else (no connection, a wrong parameter) is no service error. */
function asAwsError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { httpStatusCode } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
  return httpStatusCode === undefined ? error : new AwsError(error.name, error.message, httpStatusCode);
}

async function callJson(endpoint: string, service: string, target: string, parameters: Parameters): Promise<Record<string, unknown>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      ...ownConnection,
      'content-type': service === 'sqs' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1',
      'x-amz-target': target,
      ...callIn(USUAL_PLACE, service),
    },
    body: JSON.stringify(parameters),
  });
  const text = await response.text();
  const answer = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  if (response.ok) return answer;
  const code = String(answer.__type ?? 'Unknown');
  throw new AwsError(code.slice(code.indexOf('#') + 1), String(answer.message ?? answer.Message ?? ''), response.status);
}

/** Time of the event is the moment of sending: MiniStack sets it, as EventBridge does for the events of AWS's own services. */
async function send(endpoint: string, events: readonly AwsEvent[]): Promise<void> {
  const Entries = events.map((event) => ({
    Source: event.source,
    DetailType: event['detail-type'],
    Resources: event.resources,
    Detail: JSON.stringify(event.detail),
  }));
  const answer = await postEvents(endpoint, JSON.stringify({ Entries }));
  const { FailedEntryCount } = JSON.parse(answer.body) as { FailedEntryCount?: number };
  if (answer.status !== 200 || FailedEntryCount !== 0) throw new Error(`The local AWS did not take the events: ${answer.body}`);
}

/** PutEvents past the refusal of `aws.*` sources; body and answer are those of PutEvents. */
export async function postEvents(endpoint: string, body: string, place = USUAL_PLACE): Promise<{ status: number; body: string }> {
  const headers = { ...ownConnection, ...callIn(place, 'events') };
  const response = await fetch(`${endpoint}/_local-aws/events`, { method: 'POST', headers, body });
  return { status: response.status, body: await response.text() };
}
