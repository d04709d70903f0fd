import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runNode } from './run-node.ts';
import { percentile } from './statistics.ts';

export interface ColdStart {
  readonly name: string;
  readonly medianMilliseconds: number;
  readonly p95Milliseconds: number;
  /** Of the processor, at the median: what a core that is shared or cut in parts takes as much longer. */
  readonly processorMilliseconds: number;
  /** Resident memory of the process, at the median. */
  readonly megabytes: number;
  /** Of the scripts that were loaded; a function's other parts are loaded when they are first used. */
  readonly loadedBytes: number;
}

/** How often each is started. */
const TURNS = 20;

/** A handler that does nothing: what Node.js itself takes. */
const EMPTY = 'empty handler';

/**
 * Loads a bundle and calls its handler once, with an event that it refuses or in an account that refuses its first call, and prints the
 * time. What the network would add is in neither.
 */
const MEASURE = `
const { statSync } = require('node:fs');
const started = performance.now();
const usedBefore = process.cpuUsage();
let failed;
try {
  const { handler } = require(process.argv[2] + '/index.js');
  Promise.race([handler({}), new Promise((resolve) => setTimeout(resolve, 2000).unref())]).catch(() => {}).finally(done);
} catch (error) {
  failed = error.message;
  done();
}
function done() {
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(usedBefore);
  const loaded = Object.keys(require.cache).filter((file) => file.startsWith(process.argv[2] + '/'));
  const loadedBytes = loaded.reduce((sum, file) => sum + statSync(file).size, 0);
  const megabytes = process.memoryUsage().rss / 1e6;
  console.log(JSON.stringify({ milliseconds, processorMilliseconds: (user + system) / 1e3, megabytes, loadedBytes, failed }));
  process.exit();
}
`;

/** Variables of which every function finds its own. */
const variables = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_MAX_ATTEMPTS: '1',
  PIPELINE: 'healing',
  INCIDENT_TABLE: 'incidents',
  HISTORY_LOG_GROUP: 'history',
  TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:alerts',
  NOTIFY: '{}',
  PAUSE_PARAMETER: '/pause',
  PAUSE_WATCH: '{"alarmAfter":{"hours":8},"remindEvery":{"hours":24}}',
  STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:111122223333:stateMachine:healing',
  DOCUMENT_NAME: 'document',
  DATABASE_CONNECTIONS: '{}',
  STATUS_CHECKS: '[]',
  PROBE_MEMORY: '/probe',
  PROBE_NETWORK: '',
  // Nothing listens there.
  HTTP_PROBE: '{"name":"shop","url":"http://127.0.0.1:9/","expectedStatus":200,"timeoutMilliseconds":1000}',
  SIGNED_WEBHOOK: '{"url":"http://127.0.0.1:9/","secret":"arn:aws:secretsmanager:eu-central-1:111122223333:secret:webhook"}',
  HUB: 'healing-hub',
  HUB_BUS: 'arn:aws:events:eu-central-1:444455556666:event-bus/healing-hub',
  LINK_BUS: 'self-healing-link-healing',
  KNOWN_PIPELINES: 'pipelines',
  PARTITION: 'aws',
  RELEASE: '0.1.0',
};

/**
 * Measures the cold start of each bundle of a folder beside an empty handler, each in a new process and one after the other in turns, so
 * that all meet the same machine. A function that cannot begin without variables of its own is left out.
 */
export async function coldStarts(folder: string, names: readonly string[], signal: AbortSignal): Promise<readonly ColdStart[]> {
  await mkdir(join(folder, EMPTY), { recursive: true });
  await writeFile(join(folder, EMPTY, 'index.js'), 'exports.handler = async () => {};');
  await writeFile(join(folder, 'measure.cjs'), MEASURE);
  const times = new Map<string, Measured[]>([EMPTY, ...names].map((name) => [name, []]));
  const account = await refusingAccount();
  try {
    const AWS_ENDPOINT_URL = `http://127.0.0.1:${(account.address() as AddressInfo).port}`;
    for (let turn = 0; turn < TURNS; turn += 1)
      for (const [name, found] of times) {
        const run = await runNode([join(folder, 'measure.cjs'), join(folder, name)], folder, signal, { ...variables, AWS_ENDPOINT_URL });
        const { failed, ...measured } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}') as Measured & { readonly failed?: string };
        if (failed !== undefined || measured.milliseconds === undefined) times.delete(name);
        else found.push(measured);
      }
  } finally {
    account.close();
  }
  return [...times].map(([name, found]) => ({
    name,
    medianMilliseconds: middle(found, 'milliseconds'),
    p95Milliseconds: percentile(
      found.map(({ milliseconds }) => milliseconds),
      95,
    ),
    processorMilliseconds: middle(found, 'processorMilliseconds'),
    megabytes: middle(found, 'megabytes'),
    loadedBytes: middle(found, 'loadedBytes'),
  }));
}

/** Refuses every call at once: a call that nobody answers is tried again, and the pauses between would be measured. */
async function refusingAccount(): Promise<Server> {
  const server = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': 'AccessDeniedException' });
    response.end('{"__type":"AccessDeniedException","message":"This account refuses everything."}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

interface Measured {
  readonly milliseconds: number;
  readonly processorMilliseconds: number;
  readonly megabytes: number;
  readonly loadedBytes: number;
}

function middle(found: readonly Measured[], figure: keyof Measured): number {
  return percentile(
    found.map((each) => each[figure]),
    50,
  );
}
