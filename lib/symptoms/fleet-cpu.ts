import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { watchInstances } from './instance-watch.ts';
import { percentSchema, type Symptom, type SymptomProps } from './symptom.ts';

export interface FleetCpuProps extends SymptomProps {
  /**
   * Percent of CPU used (EC2's `CPUUtilization`) above which an instance is unhealthy. Above 0, below 100.
   * Prevents one spinning process from starving the others for hours.
   * @default - 90
   */
  readonly above?: number;
}

const DEFAULT_ABOVE = 90;

/**
 * An instance's CPU is used up. Needs detailed monitoring, without which EC2 reports every five minutes only, and for
 * tagged fleets "resource tags on telemetry" in the account. An Auto Scaling group is watched as a whole by its
 * `groupCpu`, since EC2's metric per instance does not name the group.
 */
export const fleetCpu: Symptom<Fleet, FleetCpuProps> = {
  name: 'cpu',
  schema: z.strictObject({ above: percentSchema.optional() }),
  sustainedFor: Duration.minutes(5),
  target: 'instance',
  seen: ({ above = DEFAULT_ABOVE }) => `CPU used above ${above} %`,
  refuses: ({ members }) => (members.kind === 'auto-scaling-group' ? 'an Auto Scaling group is watched by groupCpu' : undefined),
  ladder: () => [Remedy.waitAndSee()],
  watch: (fleet, watching) =>
    watchInstances(fleet, watching, {
      namespace: 'AWS/EC2',
      name: 'CPUUtilization',
      statistic: 'MAX',
      dimensions: {},
      threshold: watching.props.above ?? DEFAULT_ABOVE,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    }),
};
