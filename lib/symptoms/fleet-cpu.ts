import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { type InstanceMetric, watchInstances } from './instance-watch.ts';
import { percentSchema, type Symptom, type SymptomProps } from './symptom.ts';

export interface FleetCpuProps extends SymptomProps {
  /**
   * Percent of CPU used above which an instance is unhealthy. Above 0, below 100.
   * Prevents one spinning process from starving the others for hours.
   * @default - 90
   */
  readonly above?: number;
  /**
   * Whose metric is watched: the agent reports `cpu_usage_active` on Linux and `Processor % Processor Time` on Windows.
   * @default - linux
   */
  readonly platform?: 'linux' | 'windows';
}

/** The agent measures the time in which no processor was idle, over all of them, on both systems. */
const metrics = {
  linux: { name: 'cpu_usage_active', dimensions: {}, unasked: ['cpu'] },
  windows: { name: 'Processor % Processor Time', dimensions: {} },
} as const satisfies Record<string, Pick<InstanceMetric, 'name' | 'dimensions' | 'unasked'>>;

const DEFAULT_ABOVE = 90;

/**
 * An instance's CPU is used up, as the CloudWatch agent measures it every minute: EC2's own metric comes every five minutes without
 * detailed monitoring, and finds a tagged fleet only by a setting of the account. An Auto Scaling group has `groupCpu` for its load as
 * a whole; this one sees a single member that spins.
 *
 * Reads: the agent's `cpu_usage_active` of each instance.
 * Threshold: above 90 %, in percent.
 * Needs: the CloudWatch agent; `platform: 'windows'` for `Processor % Processor Time`. For the load of a whole Auto Scaling group take
 * `groupCpu`.
 * Permissions: none.
 * Proved by: `infrastructure/agent-configuration`, `infrastructure/symptom-alarms`.
 */
export const fleetCpu: Symptom<Fleet, FleetCpuProps> = {
  name: 'cpu',
  schema: z.strictObject({ above: percentSchema.optional(), platform: z.enum(['linux', 'windows']).optional() }),
  sustainedFor: Duration.minutes(5),
  target: 'instance',
  seen: ({ above = DEFAULT_ABOVE }) => `CPU used above ${above} %`,
  agent: ({ platform }) =>
    platform === 'windows'
      ? { section: 'Processor', measurement: '% Processor Time', instance: '_Total' }
      : { section: 'cpu', measurement: 'usage_active' },
  ladder: () => [Remedy.waitAndSee()],
  watch: (fleet, watching) =>
    watchInstances(fleet, watching, {
      namespace: 'CWAgent',
      ...metrics[watching.props.platform ?? 'linux'],
      statistic: 'MAX',
      threshold: watching.props.above ?? DEFAULT_ABOVE,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    }),
};
