import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { watchInstances } from './instance-watch.ts';
import { percentSchema, type Symptom, type SymptomProps } from './symptom.ts';

export interface FleetMemoryProps extends SymptomProps {
  /**
   * Percent of memory used above which an instance is unhealthy. Above 0, below 100.
   * Prevents the kernel from choosing what to kill.
   * @default - 90
   */
  readonly above?: number;
  /**
   * Whose metric is watched: the agent reports `mem_used_percent` on Linux and `Memory % Committed Bytes In Use` on Windows.
   * @default - linux
   */
  readonly platform?: 'linux' | 'windows';
}

const metricNames = { linux: 'mem_used_percent', windows: 'Memory % Committed Bytes In Use' } as const;

const DEFAULT_ABOVE = 90;

/**
 * An instance's memory is used up.
 *
 * Reads: the agent's `mem_used_percent` of each instance.
 * Threshold: above 90 %, in percent.
 * Needs: the CloudWatch agent; `platform: 'windows'` for `Memory % Committed Bytes In Use`.
 * Permissions: none.
 * Proved by: `scenarios/memory-leak`, `infrastructure/fleet-symptoms`.
 */
export const fleetMemory: Symptom<Fleet, FleetMemoryProps> = {
  name: 'memory',
  schema: z.strictObject({ above: percentSchema.optional(), platform: z.enum(['linux', 'windows']).optional() }),
  sustainedFor: Duration.minutes(3),
  target: 'instance',
  seen: ({ above = DEFAULT_ABOVE }) => `memory used above ${above} %`,
  agent: ({ platform }) =>
    platform === 'windows'
      ? { section: 'Memory', measurement: '% Committed Bytes In Use' }
      : { section: 'mem', measurement: 'used_percent' },
  ladder: () => [Remedy.waitAndSee(), Remedy.clearCaches()],
  watch: (fleet, watching) =>
    watchInstances(fleet, watching, {
      namespace: 'CWAgent',
      name: metricNames[watching.props.platform ?? 'linux'],
      statistic: 'MAX',
      dimensions: {},
      threshold: watching.props.above ?? DEFAULT_ABOVE,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    }),
};
