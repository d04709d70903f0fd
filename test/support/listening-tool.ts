import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One request, as a tool got it. */
export interface Posted {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A tool outside that takes whatever is posted to it. */
export interface ListeningTool {
  readonly url: string;
  /** The first request to a path whose body has these values; waits for it. */
  received(path: string, having?: Readonly<Record<string, unknown>>): Promise<Posted>;
  close(): Promise<void>;
}

export async function listeningTool(): Promise<ListeningTool> {
  const posted: Posted[] = [];
  const came = new EventTarget();
  const server = createServer(async (request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? '', 'http://tool');
    const whole = await text(request);
    posted.push({ path, query: Object.fromEntries(searchParams), headers: request.headers, text: whole, body: JSON.parse(whole) });
    response.writeHead(202).end();
    came.dispatchEvent(new Event('request'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async received(wanted, having = {}) {
      for (;;) {
        const found = posted.find(
          ({ path, body }) => path === wanted && Object.entries(having).every(([name, value]) => body[name] === value),
        );
        if (found) return found;
        await once(came, 'request');
      }
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
