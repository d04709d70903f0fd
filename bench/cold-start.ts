import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runNode } from './run-node.ts';
import { percentile } from './statistics.ts';

export interface ColdStart {
  readonly name: string;
  readonly medianMilliseconds: number;
  readonly p95Milliseconds: number;
}

/** A handler that does nothing: what Node.js itself takes. */
const EMPTY = 'empty handler';

/**
 * Loads a bundle and calls its handler once, with an event that it refuses or an account that does not answer, and prints the time. What
 * the network would add is in neither.
 */
const MEASURE = `
const started = performance.now();
let failed;
try {
  const { handler } = require(process.argv[2] + '/index.js');
  Promise.race([handler({}), new Promise((resolve) => setTimeout(resolve, 2000).unref())]).catch(() => {}).finally(done);
} catch (error) {
  failed = error.message;
  done();
}
function done() {
  console.log(JSON.stringify({ milliseconds: performance.now() - started, failed }));
  process.exit();
}
`;

/** Variables of which every function finds its own. Nothing listens at the endpoint. */
const variables = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_MAX_ATTEMPTS: '1',
  PIPELINE: 'healing',
  INCIDENT_TABLE: 'incidents',
  HISTORY_LOG_GROUP: 'history',
  TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:alerts',
  NOTIFY: '{}',
  PAUSE_PARAMETER: '/pause',
  PAUSE_WATCH: '{"warnAfter":{"hours":24}}',
  STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:111122223333:stateMachine:healing',
  DOCUMENT_NAME: 'document',
  DATABASE_CONNECTIONS: '{}',
  STATUS_CHECKS: '[]',
  PROBE_MEMORY: '/probe',
  PROBE_NETWORK: '',
};

/**
 * Measures the cold start of each bundle of a folder beside an empty handler, each in a new process and one after the other in turns, so
 * that all meet the same machine. A function that cannot begin without variables of its own is left out.
 */
export async function coldStarts(folder: string, names: readonly string[], signal: AbortSignal, count = 20): Promise<readonly ColdStart[]> {
  await mkdir(join(folder, EMPTY), { recursive: true });
  await writeFile(join(folder, EMPTY, 'index.js'), 'exports.handler = async () => {};');
  await writeFile(join(folder, 'measure.cjs'), MEASURE);
  const times = new Map<string, number[]>([EMPTY, ...names].map((name) => [name, []]));
  for (let turn = 0; turn < count; turn += 1)
    for (const [name, found] of times) {
      const run = await runNode([join(folder, 'measure.cjs'), join(folder, name)], folder, signal, variables);
      const { milliseconds, failed } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}') as Measured;
      if (failed !== undefined || milliseconds === undefined) times.delete(name);
      else found.push(milliseconds);
    }
  return [...times].map(([name, found]) => ({ name, medianMilliseconds: percentile(found, 50), p95Milliseconds: percentile(found, 95) }));
}

interface Measured {
  readonly milliseconds?: number;
  readonly failed?: string;
}
