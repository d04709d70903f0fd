import { remediator } from '#remediator';
import { databaseSessions } from '../adapters/databases/sessions.ts';
import { remediate } from '../steps/remediate.ts';
import { databaseConnections } from './database-connections.ts';
import { environment } from './environment.ts';
import { ports } from './remediate.ts';
import { stepHandler } from './step-handler.ts';

const sessions = databaseSessions(databaseConnections());

/** The same as `remediate`, in the network of a database and with its drivers in the bundle. */
export const handler = stepHandler((state, now) => remediate(state, remediator, environment('DOCUMENT_NAME'), { ...ports, sessions }, now));
