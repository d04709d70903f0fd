import * as z from 'zod';
import { COMMAND_DELIVERY_SECONDS } from '../core/command-document.ts';
import { type Duration, durationSchema, milliseconds } from '../core/duration.ts';
import { commandRemediator } from './command-remediator.ts';
import { TIME_LIMIT_PARAMETER } from './remediator.ts';
import { SERVICE_PATTERN, serviceNameSchema } from './service-name.ts';

const MANAGERS = ['auto', 'systemd', 'sysv', 'supervisor', 'docker'] as const;

/** At least one second and at most what leaves the script within its own time limit. */
function boundedSeconds(most: number) {
  return durationSchema.refine(
    (duration) => milliseconds(duration) >= 1_000 && milliseconds(duration) <= most * 1_000,
    `must be from 1 to ${most} seconds`,
  );
}

/** What a unit or container gets to start by its own word, at most: the script's `own_at_most`. */
const OWN_START_SECONDS = 300;

/** For the lock, kills, looks and what is told of the service before and after. */
const REST_SECONDS = 120;

function seconds(duration: Duration): number {
  return Math.ceil(milliseconds(duration) / 1_000);
}

/** What the script may take. ExecStopPost and the like have the time to stop once more. */
function scriptSeconds({ stopTimeout, startTimeout, stableFor }: Times): number {
  return 2 * seconds(stopTimeout) + (startTimeout ? seconds(startTimeout) : OWN_START_SECONDS) + seconds(stableFor) + REST_SECONDS;
}

interface Times {
  readonly stopTimeout: Duration;
  readonly startTimeout?: Duration | undefined;
  readonly stableFor: Duration;
}

const USUAL = { stopTimeout: { seconds: 20 }, stableFor: { seconds: 5 } } as const;

/** The script's word for a service that is up or starting where none was seen: whoever looked for it looked wrongly, or it is back. */
const IS_UP = 16;

/**
 * Restarts one service of an instance by Run Command: a systemd unit, SysV init script, supervisor program, Docker container or
 * Windows service.
 *
 * Cures what: a service that died, hangs, or has leaked memory.
 * Does what in AWS: one `ssm:SendCommand` of its own document on the one instance; the script keeps state and last log lines first.
 * It stops the service, kills what does not stop in time unless its unit file forbids that, starts it, and sees that it stays up.
 * Can harm what: requests in flight on that instance are cut off; the instance serves nothing for the restart's duration.
 * Refuses when: the agent does not answer (next rung); on the instance, when the service is unknown, masked, disabled (of systemd's units one that
 * is down without a failure, and that nothing else starts) or one that the system needs (also at synth), and when a restart would reach such a one or the machine itself, as by `FailureAction=` of it or of what
 * it starts. Unsafe, after its time: no process was seen and the service is up, is starting, or is not to be up.
 * Safe twice: yes, but each run is a short outage of that service; the attempt record keeps it to one run.
 * Proved by: `scenarios/service-killed`, `contract/restart-service-document`, `contract/restart-service-managers`, `contract/restart-service-units`.
 */
export const remediator = commandRemediator({
  name: 'restart-service',
  params: z.strictObject({
    service: serviceNameSchema,
    /** Who runs the service. @default auto: systemd, sysv, supervisor, docker, the first of them that knows the name; unused on Windows */
    manager: z.enum(MANAGERS).default('auto'),
    /**
     * How long the service may take to stop before it is killed. A longer `TimeoutStopSec=` of its unit is not waited for: a hung service
     * would use it up, 90 seconds by default, and serve nothing meanwhile. Its `SendSIGKILL=no` and `KillMode=` are obeyed, so that one
     * that must not be killed is not, and the remedy fails. @default 20 seconds
     */
    stopTimeout: boundedSeconds(60).default(USUAL.stopTimeout),
    /**
     * How long it may take to start, from 1 second to 15 minutes. Prevents calling a slow start a failed one. The rung is judged later
     * where it is longer. @default - what its unit file or health check allows, at most 5 minutes
     */
    startTimeout: boundedSeconds(900).optional(),
    /** How long it must stay up under one process id to count as started. @default 5 seconds, longer than most crashes at start */
    stableFor: boundedSeconds(60).default(USUAL.stableFor),
    /**
     * What becomes of a service that is up: one that hangs is restarted; where no process was seen, one that is up was looked for under
     * a wrong name, is left alone, and a person is told. So is one that is starting, for its own time, at most 15 minutes where it has
     * none, a one-shot unit that is at work, a one-shot, program or container that ended well, a program of supervisor that was stopped by
     * hand, a paused container, and a unit that is disabled and down without a failure. Of a group of programs only what died is started.
     * A container that ended well with its machine or engine looks like one whose work was done: give it the restart policy `always` or
     * `unless-stopped`, by which its engine starts it again, and this remedy, too.
     * @default restart; hand-off in `serviceDown`
     */
    whenActive: z.enum(['restart', 'hand-off']).default('restart'),
  }),
  mainParameter: 'service',
  settle: { seconds: 30 },
  verifyWithin: { minutes: 8 },
  longest: (params) => ({ seconds: COMMAND_DELIVERY_SECONDS + scriptSeconds(params) }),
  leftAlone: IS_UP,
  restarts: ({ service }) => service,
  document: {
    description: 'Restarts one service after keeping its last log lines, and checks that it stays up.',
    parameters: {
      Service: { description: 'The service to restart, for example nginx.', allowedPattern: `^${SERVICE_PATTERN}$` },
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
      StartTimeoutSeconds: {
        description: 'How long it may take to start; own: what its manager allows it, at most 300.',
        allowedPattern: '^(own|[1-9][0-9]{0,2})$',
        default: 'own',
      },
      StableSeconds: { description: 'It must stay up this long.', allowedPattern: '^[1-9][0-9]?$', default: '5' },
      WhenActive: {
        description: 'What to do with a service that is up; refuse where no process of it was seen.',
        allowedPattern: '^(restart|refuse)$',
        default: 'restart',
      },
    },
    timeoutSeconds: scriptSeconds(USUAL),
    bringsTimeLimit: true,
  },
  parameters: (params) => ({
    Service: params.service,
    Manager: params.manager,
    StopTimeoutSeconds: String(seconds(params.stopTimeout)),
    StartTimeoutSeconds: params.startTimeout ? String(seconds(params.startTimeout)) : 'own',
    StableSeconds: String(seconds(params.stableFor)),
    WhenActive: params.whenActive === 'restart' ? 'restart' : 'refuse',
    [TIME_LIMIT_PARAMETER]: String(scriptSeconds(params)),
  }),
  summary: ({ Service, WhenActive }) => `restart service ${Service}${WhenActive === 'refuse' ? ', unless it is up' : ''}`,
});
