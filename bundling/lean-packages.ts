import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OnLoadResult, Plugin } from 'esbuild';
import { compactErrorNames } from './compact-error-names.ts';
import { withDeclaredErrors, withoutErrors } from './declared-errors.ts';
import { calledIn, leanZod } from './lean-zod.ts';
import { withLiteralKeys } from './literal-keys.ts';
import { onlyUsedCommands, usedCommands } from './only-used-commands.ts';

const CLIENT = /[\\/]@aws-sdk[\\/](client-[\w-]+)[\\/]/;

/** Of the streams of events only this is asked for by the clients of services that have some; no operation of ours is one. */
const NO_EVENT_STREAMS = `
export const eventStreamSerdeProvider = () => undefined;
export const resolveEventStreamSerdeConfig = (input) => Object.assign(input, { eventStreamMarshaller: undefined });
export class EventStreamSerde {
  constructor() { throw new Error('the functions are bundled without streams of events'); }
}`;

/** A database is found by its Region's name: no table of ours is asked for its endpoint. */
const NO_ENDPOINT_DISCOVERY = `
const unset = () => undefined;
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { environmentVariableSelector: unset, configFileSelector: unset, default: undefined };
export const resolveEndpointDiscoveryConfig = (input) => input;`;

/** What Node.js computes itself. */
const NO_SHA256 = `
export class Sha256Js {
  constructor() { throw new Error('the functions are bundled without a SHA-256 of their own'); }
}`;

/** Lambda gives the credentials of a function's role in variables, and there is nowhere else to look for any. */
const ENVIRONMENT_CREDENTIALS =
  "export { fromEnv as defaultProvider, fromEnv as fromNodeProviderChain } from '@aws-sdk/credential-provider-env';";

/** A mode of retrying that is asked for by a variable, which no function has. */
const NO_ADAPTIVE_RETRY = `
export class AdaptiveRetryStrategy {
  constructor() { throw new Error('the functions are bundled without adaptive retries'); }
}`;

/**
 * The driver of MySQL asks for UTF-8, and so decodes anything else only where a server is set to disregard that. Node.js knows most of what
 * MySQL has; of the rest whatever is ASCII is read.
 */
const NATIVE_DECODERS = `
exports.getDecoder = (encoding) => {
  const decoder = decoderOf(encoding);
  return { write: (bytes) => decoder.decode(bytes), end: () => undefined };
};
exports.getEncoder = (encoding) => {
  throw new Error('the functions are bundled without an encoder of ' + encoding);
};
function decoderOf(encoding) {
  try {
    return new TextDecoder(encoding);
  } catch {
    return new TextDecoder('latin1');
  }
}`;

/** Modules, as they are imported, in whose place a function has less. */
const replacements = [
  { name: 'environment-credentials', module: /^@aws-sdk\/credential-provider(-node|s)$/, contents: ENVIRONMENT_CREDENTIALS },
  { name: 'no-event-streams', module: /^@smithy\/core\/event-streams$/, contents: NO_EVENT_STREAMS },
  { name: 'no-endpoint-discovery', module: /^@aws-sdk\/middleware-endpoint-discovery$/, contents: NO_ENDPOINT_DISCOVERY },
  { name: 'no-sha256', module: /^\.\/Sha256Js$/, contents: NO_SHA256 },
  { name: 'no-adaptive-retry', module: /\/util-retry\/AdaptiveRetryStrategy$/, contents: NO_ADAPTIVE_RETRY },
  { name: 'native-decoders', module: /^iconv-lite$/, contents: NATIVE_DECODERS },
] as const;

/**
 * Leaves out of a function what the packages bring beside what it uses. Each part refuses a package that is made in another way than the
 * part knows, so that an update fails and does not make the bundles large again unseen.
 */
export function leanPackages(root: string): Plugin {
  const used = usedCommands(root);
  const known = new Map<string, readonly string[]>();
  const made = new Map<string, OnLoadResult>();
  /** Makes a file lean once, for however many functions are bundled with the plug-in. */
  const once = (path: string, contents: () => string) => made.get(path) ?? remembered(made, path, script(contents()));
  return {
    name: 'lean packages',
    setup(build) {
      /** The clients of which the schemas were made lean. */
      const lean = new Set<string>();
      const errorsOf = (client: string) => known.get(client) ?? remembered(known, client, registeredErrors(client));

      build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]/ }, ({ path }) => {
        lean.add(clientOf(path));
        return once(path, () => withoutErrors(withLiteralKeys(readFileSync(path, 'utf8'))).source);
      });

      build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]index\.js$/ }, ({ path }) => {
        const client = clientOf(path);
        // `lib-dynamodb` takes commands of its own choice.
        if (client === 'client-dynamodb') return undefined;
        return once(path, () => onlyUsedCommands(readFileSync(path, 'utf8'), used.get(`@aws-sdk/${client}`) ?? new Set()));
      });

      build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]commands[\\/]\w+Command\.js$/ }, ({ path }) => {
        const declaration = path.replace(/dist-es([\\/]commands[\\/]\w+)\.js$/, 'dist-types$1.d.ts');
        const errors = errorsOf(path.slice(0, path.indexOf('dist-es')));
        // Nothing to do for EC2, which has eight hundred commands and no errors of its own.
        if (errors.length === 0) return undefined;
        return once(path, () => withDeclaredErrors(readFileSync(path, 'utf8'), readFileSync(declaration, 'utf8'), errors));
      });

      // A client reads its own version there, to say it to the service.
      build.onLoad({ filter: /[\\/]@aws-sdk[\\/][\w-]+[\\/]package\.json$/ }, ({ path }) => {
        const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
        return { contents: JSON.stringify({ version }), loader: 'json' };
      });

      for (const { name, module } of replacements)
        build.onResolve({ filter: module }, () => ({ path: name, namespace: 'lean', sideEffects: false }));
      build.onLoad({ filter: /./, namespace: 'lean' }, ({ path }) => ({
        contents: replacements.find(({ name }) => name === path)?.contents ?? '',
        resolveDir: root,
      }));

      /** Whatever may call a method of a schema: our sources and zod's own. */
      const sourcesBeside = (path: string) =>
        [
          ...globSync('lambdas/**/*.ts', { cwd: root }).map((file) => join(root, file)),
          ...globSync('{classic,core}/*.js', { cwd: join(dirname(path), '..') }).map((file) => join(dirname(path), '..', file)),
        ].map((file) => readFileSync(file, 'utf8'));

      build.onLoad({ filter: /[\\/]mysql2[\\/]lib[\\/]constants[\\/]errors\.js$/ }, ({ path }) =>
        once(path, () => compactErrorNames(readFileSync(path, 'utf8'))),
      );

      build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/ }, ({ path }) =>
        once(path, () => leanZod(readFileSync(path, 'utf8'), calledIn(sourcesBeside(path)))),
      );

      // It may have a copy of its own of what every client has.
      build.onResolve({ filter: /^@(aws-sdk|smithy)\/core(\/|$)/ }, ({ path, importer, kind, pluginData }) => {
        if (pluginData === AT_ROOT || !/[\\/]credential-provider-env[\\/]dist-es[\\/]/.test(importer)) return undefined;
        return build.resolve(path, { resolveDir: root, kind, pluginData: AT_ROOT });
      });

      build.onEnd(({ metafile }) => {
        const clients = new Set(Object.keys(metafile?.inputs ?? {}).flatMap((file) => CLIENT.exec(`/${file}`)?.[1] ?? []));
        const fat = [...clients].filter((client) => !lean.has(client));
        return { errors: fat.map((client) => ({ text: `the SDK keeps the schemas of ${client} elsewhere than before` })) };
      });
    },
  };
}

/** Marks what is looked up in the packages of the checkout itself. */
const AT_ROOT = Symbol('at root');

function script(contents: string): OnLoadResult {
  return { contents, loader: 'js' };
}

function remembered<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  known.set(key, value);
  return value;
}

function clientOf(path: string): string {
  return CLIENT.exec(path)?.[1] ?? path;
}

/** The errors of a service that have a class. */
function registeredErrors(client: string): readonly string[] {
  const schemas = join(client, 'dist-es/schemas/schemas_0.js');
  if (!existsSync(schemas)) throw new Error(`the SDK keeps the schemas of ${dirname(client)} elsewhere than before`);
  return withoutErrors(readFileSync(schemas, 'utf8')).errors;
}
