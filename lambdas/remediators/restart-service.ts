import * as z from 'zod';
import { commandRemediator } from './command-remediator.ts';

const SERVICE = '[A-Za-z0-9][A-Za-z0-9@._-]{0,127}';

/**
 * Restarts one service of an instance by Run Command (systemd).
 *
 * Cures what: a service that died, hangs, or has leaked memory.
 * Does what in AWS: one `ssm:SendCommand` of its own document on the one instance; the script keeps the last log lines first.
 * Can harm what: requests in flight on that instance are cut off; the instance serves nothing for the restart's duration.
 * Refuses when: the agent does not answer; on the instance, when the unit is unknown, masked or one the system needs.
 * Safe twice: yes, but each run is a short outage of that service; the attempt record keeps it to one run.
 */
export const remediator = commandRemediator({
  name: 'restart-service',
  params: z.strictObject({
    service: z.string().regex(new RegExp(`^${SERVICE}$`), 'must be a systemd unit name'),
  }),
  mainParameter: 'service',
  settle: { seconds: 30 },
  verifyWithin: { minutes: 4 },
  document: {
    description: 'Restarts one systemd service after keeping its last log lines, and checks that it stays up.',
    parameters: {
      Service: { description: 'The systemd unit to restart, for example nginx.', allowedPattern: `^${SERVICE}$` },
    },
    timeoutSeconds: 180,
  },
  parameters: ({ service }) => ({ Service: service }),
  deed: ({ Service }) => `restart service ${Service}`,
});
