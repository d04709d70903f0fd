import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { closePort } from '@self-healing/local-aws/database/closed-port.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { judgeHttp } from '../../lambdas/core/http-probe.ts';
import { requestUrl } from '../../lambdas/probes/http.ts';
import { type Certificate, type Certificates, makeCertificates } from '../support/certificates.ts';
import { removeFolder, serverFolder } from '../support/server-process.ts';

const folder = serverFolder('http-probe');
let certificates: Certificates;
const servers: Server[] = [];

beforeAll(() => {
  certificates = makeCertificates(folder);
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => removeFolder(folder));

async function listening(server: Server, scheme = 'http'): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${scheme}://localhost:${(server.address() as AddressInfo).port}/health`;
}

const plain = (listener: RequestListener) => listening(createServer(listener));
const secure = ({ certificate, key }: Certificate) =>
  listening(
    createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_, response) => response.end('ok')),
    'https',
  );

/** Takes every connection and says nothing; its type is that of the other servers of this file. */
function createMute(): Server {
  const sockets = new Set<Socket>();
  const mute = createTcpServer((socket) => void sockets.add(socket.resume().on('error', () => undefined)));
  return Object.assign(mute, { closeAllConnections: () => sockets.forEach((socket) => void socket.destroy()) }) as unknown as Server;
}

async function probe(url: string, changes: object = {}) {
  const request = { name: 'shop', url, expectedStatus: 200, timeoutMilliseconds: 500, ...changes };
  return judgeHttp(request, await requestUrl(request));
}

describe('the probe of a URL', () => {
  it('finds a server available that answers as expected', async () => {
    const verdict = await probe(await plain((_, response) => response.end('ok')));
    expect(verdict).toMatchObject({ available: true, why: expect.stringMatching(/^status 200/) });
    expect(verdict.milliseconds).toBeGreaterThan(0);
  });

  it('finds one unavailable that answers with another status', async () => {
    const url = await plain((_, response) => response.writeHead(503).end('busy'));
    expect(await probe(url)).toMatchObject({
      available: false,
      fault: 'failing',
      why: expect.stringContaining('status 503 instead of 200'),
    });
    expect(await probe(url, { expectedStatus: 503 })).toMatchObject({ available: true });
  });

  it('follows no redirect', async () => {
    const url = await plain((_, response) => response.writeHead(302, { location: '/' }).end());
    expect(await probe(url)).toMatchObject({ available: false, fault: 'declined', why: expect.stringContaining('status 302') });
  });

  it.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    ['begins an answer and does not end it', (_, response) => void response.writeHead(200).write('o')],
  ])('gives up a server in time that %s', async (_, listener) => {
    const verdict = await probe(await plain(listener));
    expect(verdict).toMatchObject({ available: false, fault: 'silent', why: expect.stringContaining('it took longer than 500 ms') });
    expect(verdict.milliseconds).toBeLessThan(1_500);
  });

  it('finds one unavailable that breaks off its answer', async () => {
    const url = await plain((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('o');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await probe(url)).toMatchObject({ available: false, fault: 'silent', why: expect.stringMatching(/aborted|ECONNRESET/) });
  });

  it('does not read an endless answer to its end', async () => {
    const url = await plain((_, response) => {
      const pour = () => {
        if (response.destroyed) return;
        response.write('x'.repeat(100_000));
        setImmediate(pour);
      };
      pour();
    });
    expect(await probe(url)).toMatchObject({ available: true });
  });

  it('finds one unavailable where nobody listens, and one whose name nobody knows', async () => {
    const url = await plain(() => undefined);
    servers.splice(0).forEach((server) => void server.close());
    expect(await probe(url)).toMatchObject({ available: false, fault: 'refused', why: expect.stringContaining('ECONNREFUSED') });
    expect(await probe('http://shop.invalid/')).toMatchObject({
      ...{ available: false, fault: 'name' },
      why: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });

  it.each(['http', 'https'])('gets nothing back by %s from where it is not let in, by name and by address', async (scheme) => {
    const closed = await closePort(0);
    const verdicts = await Promise.all(['localhost', '127.0.0.1'].map((host) => probe(`${scheme}://${host}:${closed.port}/`)));
    await closed.open();
    for (const verdict of verdicts) expect(verdict).toMatchObject({ available: false, fault: 'path' });
  });

  it('finds a server silent that takes the connection for TLS and says nothing', async () => {
    const url = (await listening(createMute())).replace('http:', 'https:');
    expect(await probe(url)).toMatchObject({ available: false, fault: 'silent' });
  });

  it('finds a server available whose certificate is good, by an authority that it was given', async () => {
    expect(await probe(await secure(certificates.valid), { authority: certificates.authority })).toMatchObject({ available: true });
  });

  it.each([
    ['that has expired', 'expired', true, /expired/],
    ['of another host', 'misnamed', true, /altname/i],
    ['of an unknown authority', 'valid', false, /unable to (verify|get)/i],
  ] as const)('refuses a certificate %s', async (_, name, known, why) => {
    const url = await secure(certificates[name]);
    const verdict = await probe(url, known ? { authority: certificates.authority } : {});
    expect(verdict).toMatchObject({ available: false, fault: 'tls', why: expect.stringMatching(why) });
  });
});
