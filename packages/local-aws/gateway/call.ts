import { gunzipSync } from 'node:zlib';

/** The wire protocols in which AWS clients speak; `rest` covers S3, Lambda and the like, whose bodies the gateway never reads. */
export type Protocol = 'json-1.0' | 'json-1.1' | 'query' | 'ec2-query' | 'rpc-v2-cbor' | 'rest';

/** The head of an HTTP request; header names are in lower case, as Node gives them. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Who is called, told from the head alone. */
export interface CallTarget {
  /** The signing name of the service (`ssm`, `monitoring`, `states`); `unsigned` when the request carries no credential. */
  readonly service: string;
  /** The API's action; for `rest` the method and path, for query protocols unknown until the body is read. */
  readonly action: string | undefined;
  readonly protocol: Protocol;
}

/**
 * Tells service and protocol of a request. The service comes from the credential scope of the signature, which every client sends
 * and which needs no table of host names or target prefixes.
 */
export function targetOf(head: RequestHead): CallTarget {
  const service = signingName(head);
  const target = header(head, 'x-amz-target');
  if (target !== undefined) {
    const version = header(head, 'content-type')?.includes('json-1.0') ? 'json-1.0' : 'json-1.1';
    return { service, action: target.slice(target.lastIndexOf('.') + 1), protocol: version };
  }
  const cbor = /^\/service\/[^/]+\/operation\/([^/?]+)/.exec(head.path);
  if (cbor?.[1] !== undefined && header(head, 'smithy-protocol') === 'rpc-v2-cbor') {
    return { service, action: cbor[1], protocol: 'rpc-v2-cbor' };
  }
  if (header(head, 'content-type')?.startsWith('application/x-www-form-urlencoded') && head.method === 'POST') {
    return { service, action: undefined, protocol: service === 'ec2' ? 'ec2-query' : 'query' };
  }
  return { service, action: `${head.method} ${head.path.split('?')[0]}`, protocol: 'rest' };
}

/** The body as the client meant it: the JavaScript SDK compresses large PutMetricData calls. */
export function plainBody(head: RequestHead, body: Buffer): Buffer {
  return header(head, 'content-encoding') === 'gzip' ? gunzipSync(body) : body;
}

function signingName(head: RequestHead): string {
  const scope = /Credential=[^/,\s]+\/\d+\/[^/]+\/([^/]+)\//.exec(header(head, 'authorization') ?? '');
  if (scope?.[1] !== undefined) return scope[1];
  const presigned = /X-Amz-Credential=[^&]*?(?:\/|%2F)\d+(?:\/|%2F)[^&]*?(?:\/|%2F)([^&/%]+)(?:\/|%2F)aws4_request/.exec(head.path);
  return presigned?.[1] ?? 'unsigned';
}

function header(head: RequestHead, name: string): string | undefined {
  const value = head.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
