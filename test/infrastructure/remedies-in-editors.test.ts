import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { registry } from '../../lambdas/remediators/registry.ts';

const root = join(import.meta.dirname, '../..');
const methods = Object.keys(registry);
const source = ["import { Remedy } from '../../lib/remedy.ts';", ...methods.map((method) => `Remedy.${method};`)].join('\n');
const textDocument = { uri: `file://${root}/test/infrastructure/as-typed.ts` };

interface Place {
  readonly uri: string;
  readonly range: { readonly start: { readonly line: number } };
}

/** The compiler's own language server, which editors speak to. */
class LanguageServer {
  readonly #process: ChildProcessWithoutNullStreams = spawn(join(root, 'node_modules/.bin/tsc'), ['--lsp', '--stdio'], { cwd: root });
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #received = Buffer.alloc(0);

  constructor() {
    this.#process.stdout.on('data', (part: Buffer) => {
      this.#received = Buffer.concat([this.#received, part]);
      for (let message = this.#next(); message; message = this.#next()) {
        // What the server itself asks, such as to watch files, is granted and not done.
        if (message.method !== undefined && message.id !== undefined) this.#send({ id: message.id, result: null });
        else this.#waiting.get(Number(message.id))?.(message.result);
      }
    });
  }

  ask(method: string, params: object): Promise<unknown> {
    const id = this.#waiting.size + 1;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, resolve);
    this.#send({ id, method, params });
    return promise;
  }

  tell(method: string, params: object): void {
    this.#send({ method, params });
  }

  end(): void {
    this.#process.kill();
  }

  #send(message: object): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  #next(): { readonly id?: unknown; readonly method?: string; readonly result?: unknown } | undefined {
    const start = this.#received.indexOf('\r\n\r\n') + 4;
    const length = Number(/Content-Length: (\d+)/.exec(this.#received.subarray(0, Math.max(start, 0)).toString())?.[1] ?? Number.NaN);
    if (!(this.#received.length >= start + length)) return undefined;
    const message = JSON.parse(this.#received.subarray(start, start + length).toString());
    this.#received = this.#received.subarray(start + length);
    return message;
  }
}

const server = new LanguageServer();

beforeAll(async () => {
  await server.ask('initialize', { processId: process.pid, rootUri: `file://${root}`, capabilities: {} });
  server.tell('initialized', {});
  server.tell('textDocument/didOpen', { textDocument: { ...textDocument, languageId: 'typescript', version: 1, text: source } });
});
afterAll(() => server.end());

it.each(methods)('the definition of Remedy.%s is its line in the registry, with a comment above it', async (method) => {
  const position = { line: 1 + methods.indexOf(method), character: 'Remedy.'.length };
  const [place] = (await server.ask('textDocument/definition', { textDocument, position })) as readonly Place[];
  expect(place?.uri).toBe(`file://${root}/lambdas/remediators/registry.ts`);
  const lines = readFileSync(join(root, 'lambdas/remediators/registry.ts'), 'utf8').split('\n');
  const line = place?.range.start.line ?? 0;
  expect(lines[line]).toBe(`  ${method},`);
  expect(lines[line - 1]).toMatch(/\*\/$/);
});
