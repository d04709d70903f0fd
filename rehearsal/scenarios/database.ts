import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHECKOUT_SOCKET } from '@self-healing/local-aws/database/checkout-machine.ts';
import type { Target } from '../../lambdas/core/target.ts';
import { fixtures } from '../stage/fixtures.ts';
import type { Stage } from '../stage/stage.ts';

export const theDatabase: Target = { kind: 'database', id: fixtures.database.id };

/** Sentences that hold for every fault of the database. */
export const realDatabase = [
  'The database is PostgreSQL, a primary and a synchronous standby, each in a systemd machine of its own; sessions over TCP are encrypted and log in.',
] as const;

export const simulatedDatabase = [
  'RDS is a record before it, and the endpoint a relay on this machine in place of a DNS name; what takes minutes on RDS takes seconds.',
] as const;

/** Whether nothing comes back from a port. */
export async function isShut(port: number): Promise<boolean> {
  const knocking = connect(port, '127.0.0.1');
  const answer = await Promise.race([
    once(knocking, 'connect').then(
      () => 'let in',
      () => 'refused',
    ),
    sleep(500, 'nothing'),
  ]);
  knocking.destroy();
  return answer === 'nothing';
}

/** Whether the application gets its answer from the database. */
export async function isServed(stage: Stage): Promise<boolean> {
  const answer = await checkout(stage).request('/', { socket: CHECKOUT_SOCKET, timeoutMs: 5_000 });
  return answer.answered && answer.status === 200;
}

/** The application's machine. */
export function checkout(stage: Stage) {
  return stage.machines.named(fixtures.checkout.node);
}

/** Starts the application's job that treats the database badly: `leak` or `lock`. */
export async function startBatchJob(stage: Stage, mode: 'leak' | 'lock', sessions: number): Promise<void> {
  const { exitCode, stderr } = await checkout(stage).exec(
    `systemctl set-environment SESSIONS=${sessions} && systemctl start batch@${mode}.service`,
  );
  if (exitCode !== 0) throw new Error(`the batch job did not start: ${stderr.trim()}`);
}

export async function endBatchJob(stage: Stage, mode: 'leak' | 'lock'): Promise<void> {
  await checkout(stage).exec(['systemctl', 'kill', '--signal=SIGKILL', `batch@${mode}.service`]);
}

/** Sessions that RDS would count; 0 while the engine does not answer. */
export async function sessionsOf(stage: Stage): Promise<number> {
  return (await stage.database.measure())?.sessions ?? 0;
}
