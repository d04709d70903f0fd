import { Annotations, Duration, Token } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { executableOf } from './executables.ts';
import { watchInstances } from './instance-watch.ts';
import { processPattern } from './process-pattern.ts';
import { processSchema } from './series-value.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

export interface FleetServiceDownProps extends SymptomProps {
  /**
   * The systemd service that must run.
   * @default - the protection's `service`
   */
  readonly service?: string;
  /**
   * The executable by which the agent's procstat finds the service's process, without its folder: its whole name, but for a version
   * (`python3` for `python3.11`) or the `d` of a daemon. `readlink /proc/<pid>/exe` shows it. A program in a folder of that name counts,
   * too. One that never runs would be a symptom for ever: where the service is up and was not seen, it is left alone and a person is
   * told. With `agent: false` every process counts whose path contains the name.
   * @default - the service's name without `.service`; to be given for instances such as `worker@1`, and where another one is known
   */
  readonly process?: string;
}

/**
 * A service's process is not there.
 *
 * Reads: the agent's `procstat_lookup_pid_count` of the executable.
 * Threshold: below 1 process.
 * Needs: the CloudWatch agent with procstat for the executable: `process`, where the service is not called so (`worker@1`,
 * `postgresql`).
 * Permissions: none.
 * Proved by: `scenarios/service-killed`, `infrastructure/service-down`.
 */
export const fleetServiceDown: Symptom<Fleet, FleetServiceDownProps> = {
  name: 'service-down',
  schema: z.strictObject({
    service: z.string().min(1).optional(),
    process: processSchema.optional(),
  }),
  sustainedFor: Duration.minutes(2),
  target: 'instance',
  service: ({ service }) => service,
  seen: ({ service }) => `service ${service} has no process`,
  refuses: (_fleet, { service, process }) => {
    if (service === undefined) return 'serviceDown.service: name the service, here or for the whole fleet';
    return process === undefined ? whyNotItsName(service) : undefined;
  },
  agent: (props) => ({ section: 'procstat', measurement: 'pid_count', exe: processPattern(exeOf(props)) }),
  ladder: (_fleet, { service = '' }) => [Remedy.restartService(service)],
  // Where the process is there under another name, a restart would only harm.
  fit: (rung, { service = '' }) =>
    rung.remediator.name === 'restart-service' && nameOf(serviceOf(rung.params)) === nameOf(service)
      ? rung.withDefaults({ whenActive: 'hand-off' })
      : rung,
  watch: (fleet, watching) => {
    if (!watching.own)
      Annotations.of(watching.scope).addWarningV2(
        'self-healing:agent-processes',
        `${watching.policy}: with agent: false every process counts in whose path your agent finds "${exeOf(watching.props)}", such as an exporter of its metrics; while one runs, a service that is down is not seen`,
      );
    return watchInstances(fleet, watching, {
      namespace: 'CWAgent',
      name: 'procstat_lookup_pid_count',
      statistic: 'MIN',
      // Until a machine has a changed configuration, and where people merged an older one, its agent counts another process.
      dimensions: { exe: watching.own ? processPattern(exeOf(watching.props)) : exeOf(watching.props) },
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    });
  },
};

/** systemd's name of a service, as people also write it, without what all services end with. */
function nameOf(service: string): string {
  return service.replace(/\.service$/, '');
}

function exeOf({ service = '', process = nameOf(service) }: FleetServiceDownProps): string {
  return process;
}

function serviceOf(params: unknown): string {
  return String((params as { readonly service?: unknown }).service ?? '');
}

function whyNotItsName(service: string): string | undefined {
  if (Token.isUnresolved(service)) return undefined;
  const name = nameOf(service);
  if (name.includes('@'))
    return `serviceDown.process: ${JSON.stringify(service)} is an instance of a template, and no process is called so; name the executable`;
  const executable = executableOf(name);
  return executable === undefined
    ? undefined
    : `serviceDown.process: the process of ${JSON.stringify(service)} is not called so; name the executable, such as process: ${JSON.stringify(executable)}`;
}
