import { request } from 'node:http';

export interface RequestOptions {
  /** Socket file inside the node. @default the web service's */
  readonly socket?: string;
  /** @default 2000, as long as a user would wait before giving up on a page */
  readonly timeoutMs?: number;
}

/** What a visitor of the node's service sees. */
export type NodeAnswer =
  | { readonly answered: true; readonly status: number; readonly body: string; readonly latencyMs: number }
  | { readonly answered: false; readonly why: string; readonly latencyMs: number };

const WEB_SOCKET = '/run/web/http.sock';

/** Speaks HTTP to a service inside a node through its socket file, which the host sees below init's root. Never rejects: no answer is an answer. */
export function requestInNode(initPid: number, path: string, options: RequestOptions): Promise<NodeAnswer> {
  const timeoutMs = options.timeoutMs ?? 2000;
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  return new Promise((resolve) => {
    const outgoing = request({ socketPath: `/proc/${initPid}/root${options.socket ?? WEB_SOCKET}`, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ answered: true, status: response.statusCode ?? 0, body, latencyMs: elapsed() }));
      response.on('error', (error) => resolve({ answered: false, why: error.message, latencyMs: elapsed() }));
    });
    const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    outgoing.on('error', (error) => resolve({ answered: false, why: error.message, latencyMs: elapsed() }));
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.end();
  });
}
