import { createServer } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { pipelineBuses } from '../../../lambdas/adapters/eventbridge.ts';
import { eventsIn } from '../../../lambdas/adapters/operator-clients.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** What the run that sends a pause to all pipelines has is a minute. */
const MOST_SECONDS = 20;

it.each([
  ['the function of a hub', () => pipelineBuses('aws')],
  ['the command', () => pipelineBuses('aws', (region) => eventsIn(region, {}))],
])('%s gives up on a Region that takes connections and never answers, in time for the other ones', async (_, busesOf) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as { port: number };
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const pause = { hub: 'arn:aws:events:eu-west-1:444455556666:event-bus/healing-hub', value: 'stop', at: 1, sequence: 1, by: 'arn:anna' };
  let failure: unknown;
  busesOf()
    .tell({ account: '111122223333', region: 'eu-west-1', pipeline: 'healing' }, pause)
    .catch((error: unknown) => {
      failure = error;
    });

  for (let seconds = 0; seconds < MOST_SECONDS && failure === undefined; seconds += 1) {
    // What the sockets do takes turns of the loop, not time.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(1_000);
  }

  silent.close();
  expect(failure).toMatchObject({ name: 'TryAgain' });
});
