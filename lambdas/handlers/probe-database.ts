import { Logger } from '@aws-lambda-powertools/logger';
import { readDatabaseLogin } from '../adapters/database-login.ts';
import { publishDatabaseProbe } from '../adapters/probe-metrics.ts';
import { judgeProbe } from '../core/probe.ts';
import { probeDatabase } from '../probes/database.ts';
import { databaseConnections } from './database-connections.ts';

const logger = new Logger({ serviceName: 'self-healing' });
const connections = databaseConnections();

/** Probes each database and publishes what it found. A login that cannot be read fails the function: that is no fault of the database. */
export async function handler(): Promise<void> {
  for (const [database, connection] of Object.entries(connections)) {
    const results = await probeDatabase(connection, await readDatabaseLogin(connection));
    const verdict = judgeProbe(results);
    logger.info('probed', { database, verdict, results });
    publishDatabaseProbe(database, verdict);
  }
}
