import { CborCodec } from '@smithy/core/cbor';
import { JsonCodec2 } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { Protocol } from './call.ts';
import type { Schema, ServiceModel } from './model.ts';
import type { AwsError } from './service.ts';
import { decodeQuery } from './wire-query.ts';
import { encodeEc2Answer, encodeEc2Error, encodeQueryAnswer, encodeQueryError } from './wire-xml.ts';

/** An answer in the bytes of the caller's protocol. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Smithy's number for `epoch-seconds`, the timestamp format of AWS JSON. */
const EPOCH_SECONDS = 7;
/** Smithy's schema for a value of any shape, used for services without a model. */
const DOCUMENT = NormalizedSchema.of(15);

const json = new JsonCodec2({ timestampFormat: { useTrait: true, default: EPOCH_SECONDS }, jsonName: false });
const cbor = new CborCodec();

/** Decodes the parameters of a call, by the service's model where there is one. A `rest` body is not read. */
export async function decodeParameters(
  protocol: Protocol,
  body: Buffer,
  action: string,
  model: ServiceModel | undefined,
): Promise<Record<string, unknown>> {
  const input = model?.operation(action)?.input;
  switch (protocol) {
    case 'rest':
      return {};
    case 'query':
    case 'ec2-query':
      return decodeQuery(new URLSearchParams(body.toString()), input);
    case 'json-1.0':
    case 'json-1.1':
      if (body.length === 0) return {};
      return input === undefined ? JSON.parse(body.toString()) : json.createDeserializer().read(input, body.toString());
    case 'rpc-v2-cbor':
      if (body.length === 0) return {};
      return cbor.createDeserializer().read(input ?? DOCUMENT, body);
    default:
      return unreachable(protocol);
  }
}

/** Encodes a service's answer for the caller's protocol. */
export function encodeAnswer(
  protocol: Protocol,
  action: string,
  answer: Readonly<Record<string, unknown>>,
  model: ServiceModel | undefined,
  requestId: string,
): WireAnswer {
  const output = model?.operation(action)?.output;
  const headers = { 'content-type': contentTypes[protocol], 'x-amzn-requestid': requestId, ...smithyHeader(protocol) };
  switch (protocol) {
    case 'query':
    case 'ec2-query': {
      if (model === undefined || output === undefined) throw new Error(`No model for ${action}: an XML answer cannot be encoded.`);
      const encode = protocol === 'query' ? encodeQueryAnswer : encodeEc2Answer;
      return { status: 200, headers, body: encode(action, answer, output, model, requestId) };
    }
    case 'rpc-v2-cbor':
      return { status: 200, headers, body: serialize(cbor.createSerializer(), output, answer) };
    case 'json-1.0':
    case 'json-1.1':
    case 'rest':
      return { status: 200, headers, body: serialize(json.createSerializer(), output, answer) };
    default:
      return unreachable(protocol);
  }
}

/**
 * Encodes an error so that every client names it as on AWS. Services that moved from the query protocol to JSON or CBOR (CloudWatch)
 * keep their old codes in a header, and clients of both kinds read that header first.
 */
export function encodeError(protocol: Protocol, error: AwsError, model: ServiceModel | undefined, requestId: string): WireAnswer {
  const shape = model?.error(error.code);
  const status = shape?.status ?? error.status;
  const name = shape?.name ?? error.code;
  const queryCode = shape?.queryCode ?? error.code;
  const headers = { 'content-type': contentTypes[protocol], 'x-amzn-requestid': requestId, ...smithyHeader(protocol) };
  if (protocol === 'query') return { status, headers, body: encodeQueryError(queryCode, error.message, status, model, requestId) };
  if (protocol === 'ec2-query') return { status, headers, body: encodeEc2Error(queryCode, error.message, requestId) };
  const body = { __type: model === undefined ? name : `${model.namespace}#${name}`, message: error.message };
  const named = { ...headers, 'x-amzn-errortype': name, 'x-amzn-query-error': `${queryCode};${status < 500 ? 'Sender' : 'Receiver'}` };
  if (protocol === 'rpc-v2-cbor') return { status, headers: named, body: serialize(cbor.createSerializer(), undefined, body) };
  return { status, headers: model?.xmlNamespace ? named : { ...headers, 'x-amzn-errortype': name }, body: JSON.stringify(body) };
}

const contentTypes: Readonly<Record<Protocol, string>> = {
  'json-1.0': 'application/x-amz-json-1.0',
  'json-1.1': 'application/x-amz-json-1.1',
  query: 'text/xml',
  'ec2-query': 'text/xml',
  'rpc-v2-cbor': 'application/cbor',
  rest: 'application/json',
};

function smithyHeader(protocol: Protocol): Record<string, string> {
  return protocol === 'rpc-v2-cbor' ? { 'smithy-protocol': 'rpc-v2-cbor' } : {};
}

interface Serializer {
  write(schema: Schema, value: unknown): void;
  flush(): string | Uint8Array;
}

function serialize(serializer: Serializer, output: Schema | undefined, answer: unknown): string | Uint8Array {
  const shape = output === undefined || output.isUnitSchema() ? DOCUMENT : output;
  serializer.write(shape, answer);
  const bytes = serializer.flush();
  // The serializers reuse their buffers, and the answer is written to the socket later.
  return typeof bytes === 'string' ? bytes : Uint8Array.from(bytes);
}

function unreachable(value: never): never {
  throw new Error(`Unknown protocol: ${String(value)}`);
}
