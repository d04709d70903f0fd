import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postSigned } from '../../../lambdas/adapters/signed-post.ts';

const AT = '2026-11-29T08:47:13.152Z';
const SECRET = 'wJalrXUtnFEMI/K7MDENG==';
let answer: number;
let received: { readonly headers: IncomingMessage['headers']; readonly body: string }[];
let url: string;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    response.writeHead(answer, { location: 'http://127.0.0.1:9/' }).end('secret words of the tool');
  });
});

beforeEach(async () => {
  [answer, received] = [202, []];
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
});
afterEach(() => new Promise((closed) => server.close(closed)));

const secrets = (SecretString: string | undefined) => ({ send: async () => ({ SecretString }) }) as never;
const post = (content: object, secret: string | undefined = SECRET) =>
  postSigned({ url, secret: 'arn:of:the:secret' }, content, AT, secrets(secret));

describe('a signed post', () => {
  it('comes with a signature that the tool can check over the bytes that it got', async () => {
    await post({ title: 'zażółć 😀' });
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(JSON.parse(body)).toEqual({ title: 'zażółć 😀' });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-amzn-event-timestamp': AT });
    const expected = createHmac('sha256', SECRET).update(`${AT}:${body}`, 'utf8').digest('base64');
    expect(headers['x-amzn-event-signature']).toBe(expected);
  });

  it.each([
    [503, 'TryAgain'],
    [429, 'TryAgain'],
    [401, 'Defect'],
  ])('that is answered by %i is a failure of the kind %s, without the words of the tool', async (status, name) => {
    answer = status;
    await expect(post({})).rejects.toMatchObject({ name, message: `the webhook answered ${status}` });
  });

  it('follows no redirection, which could lead anywhere', async () => {
    answer = 307;
    await expect(post({})).rejects.toMatchObject({ name: 'TryAgain', message: expect.stringContaining('did not answer') });
    expect(received).toHaveLength(1);
  });

  it('is not sent unsigned', async () => {
    await expect(post({}, '')).rejects.toThrow('the secret of the webhook is empty');
    expect(received).toEqual([]);
  });
});
