import { anInstance } from '@self-healing/simulation/accounts.ts';
import { INSTANCE_ID, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import type { FailedCheck } from '../../../lambdas/core/status-check.ts';
import { readStatusChecks } from '../../../lambdas/steps/read-status-checks.ts';

const tag = { key: 'SelfHeal', value: 'enabled' };
const watched = (['system', 'instance'] as const).map((check) => ({ policy: `Web-${check}`, check, tag, sustained: { minutes: 2 } }));

function world(failing: readonly string[]) {
  const calls: string[] = [];
  const told: FailedCheck[] = [];
  const instances = {
    impaired: async (check: string) => {
      calls.push(`impaired ${check}`);
      return check === 'system' ? failing.map((id) => ({ id, since: NOW - 5 * MINUTE })) : [];
    },
    describe: async (ids: readonly string[]) => {
      calls.push(`describe ${ids.length}`);
      return ids.map((id) => anInstance({ id }));
    },
  };
  return { calls, told, ports: { instances, events: { tell: async (failed: readonly FailedCheck[]) => void told.push(...failed) } } };
}

it('asks once for each kind of check while all are well, and looks no instance up', async () => {
  const { calls, told, ports } = world([]);
  expect(await readStatusChecks([...watched, ...watched], ports, NOW)).toEqual({ impaired: 0, told: 0 });
  expect(calls).toEqual(['impaired system', 'impaired instance']);
  expect(told).toEqual([]);
});

it('tells of every instance that fails, of a fleet of more than 500 as well', async () => {
  const failing = Array.from({ length: 700 }, (_, number) => `i-${String(number).padStart(17, '0')}`);
  const { told, ports } = world(failing);
  expect(await readStatusChecks(watched, ports, NOW)).toEqual({ impaired: 700, told: 700 });
  expect(told.map(({ id }) => id)).toEqual(failing);
  expect(new Set(told.map(({ policy }) => policy))).toEqual(new Set(['Web-system']));
});

it('fails when EC2 cannot be asked, so that the alarm on its errors tells people', async () => {
  const { ports } = world([INSTANCE_ID]);
  const instances = { ...ports.instances, impaired: () => Promise.reject(new Error('denied')) };
  await expect(readStatusChecks(watched, { ...ports, instances }, NOW)).rejects.toThrow('denied');
});

it('tells of the others first where EC2 does not say since when one fails, and then fails itself', async () => {
  const { told, ports } = world([INSTANCE_ID]);
  const instances = {
    ...ports.instances,
    impaired: async (check: string) => [
      ...(check === 'system' ? [{ id: 'i-0fedcba9876543210' }] : []),
      ...(await ports.instances.impaired(check)),
    ],
  };
  await expect(readStatusChecks(watched, { ...ports, instances }, NOW)).rejects.toThrow('i-0fedcba9876543210');
  expect(told.map(({ id }) => id)).toEqual([INSTANCE_ID]);
});

it('leaves it alone where that one is in no fleet', async () => {
  const { ports } = world([]);
  const instances = {
    impaired: async () => [{ id: INSTANCE_ID }],
    describe: async () => [anInstance({ id: INSTANCE_ID, tags: {} })],
  };
  expect(await readStatusChecks(watched, { ...ports, instances }, NOW)).toEqual({ impaired: 1, told: 0 });
});
