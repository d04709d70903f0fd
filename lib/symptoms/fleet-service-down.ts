import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { watchInstances } from './instance-watch.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

export interface FleetServiceDownProps extends SymptomProps {
  /**
   * The systemd service that must run.
   * @default - the protection's `service`
   */
  readonly service?: string;
  /**
   * The executable by which the agent's procstat finds the service's process.
   * @default - the service's name
   */
  readonly process?: string;
}

/** A service's process is not there. Needs the CloudWatch agent, whose procstat counts processes. */
export const fleetServiceDown: Symptom<Fleet, FleetServiceDownProps> = {
  name: 'service-down',
  schema: z.strictObject({ service: z.string().min(1).optional(), process: z.string().min(1).optional() }),
  sustainedFor: Duration.minutes(2),
  target: 'instance',
  seen: ({ service }) => `service ${service} has no process`,
  refuses: (_fleet, { service }) =>
    service === undefined ? 'serviceDown.service: name the service, here or for the whole fleet' : undefined,
  agent: ({ service = '', process = service }) => ({ section: 'procstat', measurement: 'pid_count', exe: process }),
  ladder: (_fleet, { service = '' }) => [Remedy.restartService(service)],
  watch: (fleet, watching) =>
    watchInstances(fleet, watching, {
      namespace: 'CWAgent',
      name: 'procstat_lookup_pid_count',
      statistic: 'MIN',
      dimensions: { exe: watching.props.process ?? watching.props.service ?? '' },
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    }),
};
