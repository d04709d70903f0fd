import * as z from 'zod';
import { durationSchema, milliseconds } from '../core/duration.ts';
import { commandRemediator } from './command-remediator.ts';

const SERVICE = '[A-Za-z0-9][A-Za-z0-9@._-]{0,127}';

const MANAGERS = ['auto', 'systemd', 'sysv', 'supervisor', 'docker'] as const;

/** At least one second and at most what leaves the script within its own time limit. */
function boundedSeconds(most: number) {
  return durationSchema.refine(
    (duration) => milliseconds(duration) >= 1_000 && milliseconds(duration) <= most * 1_000,
    `must be from 1 to ${most} seconds`,
  );
}

/**
 * Restarts one service of an instance by Run Command: a systemd unit, SysV init script, supervisor program, Docker container or
 * Windows service.
 *
 * Cures what: a service that died, hangs, or has leaked memory.
 * Does what in AWS: one `ssm:SendCommand` of its own document on the one instance; the script keeps state and last log lines first.
 * Can harm what: requests in flight on that instance are cut off; the instance serves nothing for the restart's duration.
 * Refuses when: the agent does not answer; on the instance, when the service is unknown, masked or one the system needs.
 * Safe twice: yes, but each run is a short outage of that service; the attempt record keeps it to one run.
 */
export const remediator = commandRemediator({
  name: 'restart-service',
  params: z.strictObject({
    service: z.string().regex(new RegExp(`^${SERVICE}$`), 'must be the name of a service'),
    /** Who runs the service. @default auto: systemd, sysv, supervisor, docker, the first of them that knows the name; unused on Windows */
    manager: z.enum(MANAGERS).default('auto'),
    /** How long the service may take to stop before it is killed. @default 20 seconds */
    stopTimeout: boundedSeconds(60).default({ seconds: 20 }),
    /** How long it must stay up under one process id to count as started. @default 5 seconds, longer than most crashes at start */
    stableFor: boundedSeconds(60).default({ seconds: 5 }),
  }),
  mainParameter: 'service',
  settle: { seconds: 30 },
  verifyWithin: { minutes: 5 },
  document: {
    description: 'Restarts one service after keeping its last log lines, and checks that it stays up.',
    parameters: {
      Service: { description: 'The service to restart, for example nginx.', allowedPattern: `^${SERVICE}$` },
      Manager: {
        description: 'Who runs the service on Linux; auto finds out.',
        allowedPattern: `^(${MANAGERS.join('|')})$`,
        default: 'auto',
      },
      StopTimeoutSeconds: {
        description: 'The service is killed when it takes longer to stop.',
        allowedPattern: '^[1-9][0-9]?$',
        default: '20',
      },
      StartTimeoutSeconds: { description: 'How long it may take until it is active.', allowedPattern: '^[1-9][0-9]{0,2}$', default: '60' },
      StableSeconds: { description: 'It must stay up this long.', allowedPattern: '^[1-9][0-9]?$', default: '5' },
    },
    // What the script needs at most with the largest parameters allowed here.
    timeoutSeconds: 280,
  },
  parameters: ({ service, manager, stopTimeout, stableFor }) => ({
    Service: service,
    Manager: manager,
    StopTimeoutSeconds: String(Math.ceil(milliseconds(stopTimeout) / 1_000)),
    StableSeconds: String(Math.ceil(milliseconds(stableFor) / 1_000)),
  }),
  deed: ({ Service }) => `restart service ${Service}`,
});
