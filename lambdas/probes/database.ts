import { lookup } from 'node:dns/promises';
import { loadDriver } from '../adapters/databases/open-link.ts';
import type { DatabaseConnection, DatabaseLogin } from '../core/database-connection.ts';
import { type StepResult, stepLimitMilliseconds } from '../core/probe.ts';
import { StepWatch } from './step-watch.ts';

/** The session's name at the database. */
const APPLICATION = 'self-healing probe';

/**
 * Does what a client does: looks up the name, connects, encrypts, logs in, asks one question. The result says which step
 * failed. It leaves no connection open, whatever happens.
 */
export async function probeDatabase(
  connection: DatabaseConnection,
  login: DatabaseLogin,
  limits = stepLimitMilliseconds,
): Promise<readonly StepResult[]> {
  const { open } = await loadDriver(connection);
  const watch = new StepWatch(limits);
  try {
    await watch.within(lookup(connection.host));
    watch.passed('name');
    const passed = watch.passed.bind(watch);
    const link = await watch.within(open({ connection, login, application: APPLICATION, passed, signal: watch.signal }));
    await watch.within(link.query('SELECT 1'));
    watch.passed('query');
    await watch.within(link.close());
  } catch (error) {
    watch.failed(error);
  } finally {
    watch.stop();
  }
  return watch.results;
}
