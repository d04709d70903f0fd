import { Logger } from '@aws-lambda-powertools/logger';
import { publishDatabaseProbe } from '../adapters/cloudwatch/metrics.ts';
import { readDatabaseLogin } from '../adapters/databases/login.ts';
import { wellMemory } from '../adapters/ssm/probe-memory.ts';
import type { DatabaseConnection } from '../core/database-connection.ts';
import { messageOf } from '../core/failure.ts';
import { judgeProbe, type ProbeVerdict, unreadableLogin } from '../core/probe.ts';
import { probeDatabase } from '../probes/database.ts';
import { reportRun } from '../probes/report.ts';
import { databaseConnections } from './database-connections.ts';
import { environment } from './environment.ts';

const logger = new Logger({ serviceName: 'self-healing' });
const connections = databaseConnections();
const memory = wellMemory(environment('PROBE_MEMORY'), environment('DATABASE_CONNECTIONS') + environment('PROBE_NETWORK'));

/** Probes each database and publishes what it found. */
export async function handler(): Promise<void> {
  for (const [database, connection] of Object.entries(connections)) {
    const verdict = await verdictOn(connection);
    logger.info('probed', { database, verdict });
    await reportRun(database, verdict, memory, publishDatabaseProbe, new Date());
  }
}

async function verdictOn(connection: DatabaseConnection): Promise<ProbeVerdict> {
  const login = await readDatabaseLogin(connection).catch((error: unknown) => ({ unreadable: messageOf(error) }));
  if ('unreadable' in login) return unreadableLogin(login.unreadable);
  return judgeProbe(await probeDatabase(connection, login));
}
