import { databaseSessions } from '../adapters/databases/sessions.ts';
import type { Next } from '../core/next.ts';
import type { RemedyPorts } from '../core/ports.ts';
import type { Remediator } from '../remediators/remediator.ts';
import { remediate } from '../steps/remediate.ts';
import { findDatabaseConnections } from './database-connections.ts';
import { environment } from './environment.ts';
import { remediatePorts } from './remediate.ts';
import { stepHandler } from './step-handler.ts';

/** The same as `remediate`, in the network of a database and with its drivers in the bundle. */
export function handlerOf(remediator: Remediator, remedyPorts: RemedyPorts): (event: unknown) => Promise<Next> {
  const ports = { ...remediatePorts(remediator, remedyPorts), sessions: databaseSessions(findDatabaseConnections()) };
  return stepHandler((state, now) => remediate(state, remediator, environment('DOCUMENT_NAME'), ports, now));
}
