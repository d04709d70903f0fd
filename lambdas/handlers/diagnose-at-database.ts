import { databaseSessions } from '../adapters/databases/sessions.ts';
import { findDatabaseConnections } from './database-connections.ts';
import { diagnosisHandler } from './diagnosis-handler.ts';
import { diagnosticPorts } from './diagnostic-ports.ts';

/** Reads of the target of a hand-off what its sessions tell, in the network of the database and with its drivers in the bundle. */
export const handler = diagnosisHandler('database', 'none', { ...diagnosticPorts, sessions: databaseSessions(findDatabaseConnections()) });
