import * as z from 'zod';
import { commandRemediator } from './command-remediator.ts';
import { serviceNameSchema, SERVICE_PATTERN as UNIT } from './service-name.ts';

const PATH = '/[A-Za-z0-9._/-]{1,200}';

const pathSchema = (what: string) => z.string().regex(new RegExp(`^${PATH}$`), `must be the absolute path of ${what}`);

/** PgBouncer's own default for the port. */
const PGBOUNCER_PORT = 6432;

const paramsSchema = z.discriminatedUnion('by', [
  z.strictObject({
    /** Tells PgBouncer to renew its server connections as they are released; no client is cut off. */
    by: z.literal('pgbouncer'),
    /** Folder of its socket. @default /var/run/postgresql, as Debian and Amazon Linux have it */
    socketFolder: pathSchema('a folder').default('/var/run/postgresql'),
    /** @default 6432 */
    port: z.int().min(1).max(65_535).default(PGBOUNCER_PORT),
  }),
  z.strictObject({
    /** Tells a service to reload or restart. */
    by: z.literal('service'),
    service: serviceNameSchema,
    /** @default reload, which cuts off no requests if the service does it well */
    action: z.enum(['reload', 'restart']).default('reload'),
  }),
  z.strictObject({
    /** Runs a program of the team's as root, without arguments: it and the folders above it must be writable for root only. */
    by: z.literal('hook'),
    hook: pathSchema('a program'),
  }),
]);

/**
 * Makes the clients on one instance give up their database connections and make new ones, by Run Command.
 *
 * Cures what: pools full of connections that lead to a database that failed over, restarted or dropped them.
 * Does what in AWS: one `ssm:SendCommand` of its own document on the one instance, which gives PgBouncer `RECONNECT`,
 * reloads or restarts a service, or runs a program of the team's.
 * Can harm what: with `restart`, requests in flight on that instance; many new connections at once burden the database.
 * Refuses when: the agent does not answer; on the instance, when PgBouncer or the unit is not there, the unit is not up, is one that the
 * system needs (also at synth) or cannot reload, a restart would reach such a one or the machine, or others than root could have put the
 * program there.
 * Safe twice: yes; the second run renews connections that are new already.
 * Proved by: `scenarios/pool-stale`, `contract/reconnect-sessions-document`.
 */
export const remediator = commandRemediator({
  name: 'reconnect-sessions',
  params: paramsSchema,
  settle: { seconds: 30 },
  verifyWithin: { minutes: 4 },
  document: {
    description: 'Renews the database connections of PgBouncer, of a service, or by a program of the team.',
    parameters: {
      By: { description: 'pgbouncer, service or hook.', allowedPattern: '^(pgbouncer|service|hook)$' },
      Service: { description: 'By service: the systemd unit.', allowedPattern: `^(${UNIT})?$`, default: '' },
      Action: { description: 'By service: reload or restart.', allowedPattern: '^(reload|restart)$', default: 'reload' },
      Hook: { description: 'By hook: absolute path of the program.', allowedPattern: `^(${PATH})?$`, default: '' },
      SocketFolder: { description: 'By pgbouncer: folder of its socket.', allowedPattern: `^${PATH}$`, default: '/var/run/postgresql' },
      Port: { description: 'By pgbouncer: its port.', allowedPattern: '^[1-9][0-9]{0,4}$', default: String(PGBOUNCER_PORT) },
    },
    timeoutSeconds: 150,
  },
  parameters(params): Readonly<Record<string, string>> {
    switch (params.by) {
      case 'pgbouncer':
        return { By: params.by, SocketFolder: params.socketFolder, Port: String(params.port) };
      case 'service':
        return { By: params.by, Service: params.service, Action: params.action };
      case 'hook':
        return { By: params.by, Hook: params.hook };
    }
  },
  summary: ({ By, Service, Action, Hook }) => {
    if (By === 'service') return `${Action} ${Service}, so that it connects to its database anew`;
    return By === 'hook'
      ? `run ${Hook}, so that the clients connect to their database anew`
      : 'have PgBouncer renew its server connections';
  },
});
