import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Protocol } from '@self-healing/local-aws/gateway/call.ts';
import type { Schema, ServiceModel } from '@self-healing/local-aws/gateway/model.ts';
import { AwsError } from '@self-healing/local-aws/gateway/service.ts';
import { encodeAnswer, encodeError, type WireAnswer } from '@self-healing/local-aws/gateway/wire.ts';
import { NormalizedSchema } from '@smithy/core/schema';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleSettings } from '../../bundling/bundle-functions.ts';
import { leanPackages } from '../../bundling/lean-packages.ts';

const root = join(import.meta.dirname, '../..');

/** Of each client what the adapters and the packages that they use take: the client, commands, and errors by which they decide. */
function takenOfClients(): ReadonlyMap<string, ReadonlySet<string>> {
  const taken = new Map<string, Set<string>>();
  const sources = ['lambdas/adapters/**/*.ts', 'node_modules/@aws-sdk/lib-dynamodb/dist-es/commands/*.js'];
  for (const file of sources.flatMap((pattern) => globSync(pattern, { cwd: root }))) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const { client, names } of importsOf(text)) taken.set(client, new Set([...(taken.get(client) ?? []), ...names]));
  }
  return taken;
}

function importsOf(text: string): readonly { readonly client: string; readonly names: readonly string[] }[] {
  return [...text.matchAll(/^import \{([^}]*)\} from ['"](@aws-sdk\/client-[\w-]+)['"]/gm)].map(([, names = '', client = '']) => ({
    client,
    names: names
      .split(',')
      .map((each) => each.trim().replace(/ as .*/, ''))
      .filter((name) => /^[A-Z]\w+$/.test(name)),
  }));
}

type Sdk = Readonly<Record<string, unknown>>;
type Outcome = Readonly<Record<string, unknown>>;

interface HttpRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: unknown;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

const taken = takenOfClients();
const operations = [...taken].flatMap(([client, names]) =>
  [...names].filter((name) => name.endsWith('Command')).map((name) => [client, name.slice(0, -'Command'.length)] as const),
);
const folder = mkdtempSync(join(tmpdir(), 'lean-sdk-'));
const lean = new Map<string, Sdk>();
const whole = new Map<string, Sdk>();
const installed = new Map<string, Sdk>();

beforeAll(async () => {
  const lines = [...taken].map(([client, names]) => {
    const name = client.replaceAll(/\W/g, '_');
    return `import { ${[...names].map((each) => `${each} as ${name}_${each}`).join(', ')} } from '${client}';
export const ${name} = { ${[...names].map((each) => `${each}: ${name}_${each}`).join(', ')} };`;
  });
  for (const [name, sdk, plugins] of [
    ['lean', lean, [leanPackages(root)]],
    ['whole', whole, []],
  ] as const) {
    const { outputFiles } = await build({
      ...bundleSettings,
      stdin: { contents: lines.join('\n'), resolveDir: root },
      outfile: join(root, `dist/functions/${name}/index.js`),
      plugins: [...plugins],
    });
    const file = join(folder, `${name}.cjs`);
    writeFileSync(file, outputFiles.find(({ path }) => path.endsWith('.js'))?.contents ?? '');
    const bundle = createRequire(import.meta.url)(file) as Readonly<Record<string, Sdk>>;
    for (const client of taken.keys()) sdk.set(client, bundle[client.replaceAll(/\W/g, '_')] as Sdk);
  }
  for (const client of taken.keys()) installed.set(client, (await import(client)) as Sdk);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) });
  for (const [name, value] of Object.entries({
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
    AWS_REGION: 'eu-central-1',
    AWS_PROFILE: undefined,
    AWS_ENDPOINT_URL: undefined,
  }))
    vi.stubEnv(name, value);
});

afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Needs a signature of another kind, of a package that no function has. */
const NEVER_SENT: ReadonlySet<string> = new Set(['EndpointId']);

/** A value with every member of a shape, or of its smallest form where it repeats itself. */
function sampleOf(schema: Schema, depth = 0): unknown {
  if (schema.isUnitSchema()) return {};
  if (schema.isUnionSchema() || schema.isStructSchema()) {
    const members = [...schema.structIterator()].filter(([, member]) => depth < 9 || isLeaf(member));
    const shown = schema.isUnionSchema() ? members.slice(0, 1) : members;
    return Object.fromEntries(shown.flatMap(([name, member]) => (NEVER_SENT.has(name) ? [] : [[name, sampleOf(member, depth + 1)]])));
  }
  if (schema.isListSchema()) return depth < 9 ? [sampleOf(schema.getValueSchema(), depth + 1)] : [];
  if (schema.isMapSchema()) return depth < 9 ? { key: sampleOf(schema.getValueSchema(), depth + 1) } : {};
  if (schema.isTimestampSchema()) return new Date(Date.UTC(2025, 4, 6, 7, 8, 9));
  if (schema.isBlobSchema()) return Uint8Array.from([1, 2, 3]);
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema()) return 7;
  return 'a < b & "c"';
}

function isLeaf(schema: Schema): boolean {
  return !(schema.isStructSchema() || schema.isUnionSchema() || schema.isListSchema() || schema.isMapSchema());
}

/** By the SDK as it is installed, of which the bundles have only what they use. */
function schemaIn(client: string, name: string): readonly unknown[] {
  const schema = installed.get(client)?.[`${name}$`];
  return Array.isArray(schema) ? schema : [];
}

function schemasOf(client: string, operation: string): { readonly input: Schema; readonly output: Schema } {
  const [input, output] = schemaIn(client, operation).slice(-2);
  return { input: NormalizedSchema.of(input as never), output: NormalizedSchema.of(output as never) };
}

function modelOf(client: string, operation: string): ServiceModel {
  const [, namespace] = schemaIn(client, operation) as readonly [number, string];
  const known: Partial<ServiceModel> = {
    namespace,
    xmlNamespace: 'https://example.com/',
    operation: (action) => schemasOf(client, action),
  };
  return { ...known, error: (code) => errorOf(client, code) } as ServiceModel;
}

/** The errors that a command says it throws, by its declaration. */
function declaredErrors(client: string, operation: string): readonly string[] {
  const declaration = readFileSync(join(root, `node_modules/${client}/dist-types/commands/${operation}Command.d.ts`), 'utf8');
  const names = [...declaration.matchAll(/@throws \{@link (\w+)\} \(/g)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => schemaIn(client, name).length > 0);
}

function errorOf(client: string, name: string): ReturnType<ServiceModel['error']> {
  const schema = schemaIn(client, name);
  if (schema.length === 0) return undefined;
  const traits = NormalizedSchema.of(schema as never).getMergedTraits();
  const [queryCode = name, status] = (traits.awsQueryError ?? []) as readonly [string?, number?];
  return { name, queryCode, status: Number(status ?? traits.httpError ?? 400) };
}

function protocolOf({ headers }: HttpRequest, client: string): Protocol {
  if (headers['smithy-protocol']) return 'rpc-v2-cbor';
  if (headers['content-type']?.includes('json-1.0')) return 'json-1.0';
  if (headers['content-type']?.includes('json')) return 'json-1.1';
  return client.endsWith('-ec2') ? 'ec2-query' : 'query';
}

/** Makes a call with an SDK, without a network: what it sends, and what it makes of an answer. */
async function callWith(sdk: Sdk, client: string, operation: string, input: unknown, answer: (protocol: Protocol) => WireAnswer) {
  let sent: HttpRequest | undefined;
  const requestHandler = {
    handle: async (request: HttpRequest) => {
      sent = request;
      const { status, headers, body } = answer(protocolOf(request, client));
      const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
      const { Readable } = await import('node:stream');
      return { response: { statusCode: status, headers: { ...headers }, body: Readable.from([bytes]) } };
    },
    destroy: () => undefined,
  };
  const name = [...(taken.get(client) ?? [])].find((each) => each.endsWith('Client')) ?? '';
  const Client = sdk[name] as new (config: object) => { send(command: unknown): Promise<Outcome> };
  const Command = sdk[`${operation}Command`] as new (input: unknown) => unknown;
  const outcome = await new Client({ maxAttempts: 1, requestHandler }).send(new Command(input)).then(
    (value): Outcome => ({ value }),
    (error): Outcome => ({ error, shown: { ...(error as object), name: error.name, message: error.message, $response: undefined } }),
  );
  const { method, hostname, path, query, headers, body } = sent ?? ({ headers: {} } as Partial<HttpRequest>);
  const { 'amz-sdk-invocation-id': _, authorization = '', ...others } = headers ?? {};
  // The id of the invocation is random, and signed.
  const signature = authorization.replace(/Signature=.*/, '');
  return { request: { method, hostname, path, query, headers: others, signature, body: bytesOf(body) }, outcome };
}

function bytesOf(body: unknown): unknown {
  return body instanceof Uint8Array ? Buffer.from(body).toString('base64') : body;
}

describe('the SDK as it is bundled', () => {
  it('is compared by every operation that is used', () => {
    expect(operations.length).toBeGreaterThan(60);
  });

  it.each(operations)('sends and reads the same as the whole SDK: %s %s', async (client, operation) => {
    const { input, output } = schemasOf(client, operation);
    const model = modelOf(client, operation);
    const answer = (protocol: Protocol) => encodeAnswer(protocol, operation, sampleOf(output) as object as never, model, 'request-1');
    const expected = await callWith(whole.get(client) as Sdk, client, operation, sampleOf(input), answer);
    expect(expected.request.method).toBe('POST');
    expect(expected.outcome).toHaveProperty('value');
    expect(await callWith(lean.get(client) as Sdk, client, operation, sampleOf(input), answer)).toEqual(expected);
  });

  it.each(operations)('makes of errors the same as the whole SDK: %s %s', async (client, operation) => {
    const model = modelOf(client, operation);
    const input = sampleOf(schemasOf(client, operation).input);
    for (const name of [...declaredErrors(client, operation), 'ThrottlingException', 'InventedException']) {
      const answer = (protocol: Protocol) =>
        withMembers(encodeError(protocol, new AwsError(name, 'why', 400), model, 'request-1'), client, name);
      const { outcome: expected } = await callWith(whole.get(client) as Sdk, client, operation, input, answer);
      const { outcome } = await callWith(lean.get(client) as Sdk, client, operation, input, answer);
      expect(expected.error, name).toBeInstanceOf(Error);
      expect(outcome.shown, name).toEqual(expected.shown);
      const Class = lean.get(client)?.[name] as (new () => Error) | undefined;
      if (Class !== undefined) expect(outcome.error, name).toBeInstanceOf(Class);
    }
  });

  it('knows every error by which an adapter decides, as one that a command of the same adapter throws', () => {
    for (const file of globSync('lambdas/adapters/**/*.ts', { cwd: root })) {
      const text = readFileSync(join(root, file), 'utf8');
      const imported = importsOf(text);
      for (const [, name = ''] of text.matchAll(/instanceof ([A-Z]\w+)/g)) {
        const client = imported.find(({ names }) => names.includes(name))?.client;
        if (client === undefined) continue;
        // The commands of `lib-dynamodb` have shorter names: `TransactWrite` is `TransactWriteItems`.
        const sent = [...text.matchAll(/\b([A-Z]\w+)Command\b/g)].map(([, operation = '']) => operation);
        const possible = operations.filter(([of, operation]) => of === client && sent.some((each) => operation.startsWith(each)));
        const throwing = possible.filter(([, operation]) => declaredErrors(client, operation).includes(name));
        expect(throwing, `${name} in ${file}`).not.toEqual([]);
      }
    }
  });
});

/** An error of the JSON protocols with all that its shape has, such as the reasons of a cancelled transaction. */
function withMembers(answer: WireAnswer, client: string, name: string): WireAnswer {
  const schema = schemaIn(client, name);
  if (schema.length === 0 || !answer.headers['content-type']?.includes('json')) return answer;
  const members = sampleOf(NormalizedSchema.of(schema as never)) as object;
  const told = Object.fromEntries(Object.entries(members).filter(([key]) => !/^message$/i.test(key)));
  return { ...answer, body: JSON.stringify({ ...told, ...JSON.parse(String(answer.body)) }) };
}
