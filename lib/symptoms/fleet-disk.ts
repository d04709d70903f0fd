import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { watchInstances } from './instance-watch.ts';
import { mountPointSchema } from './series-value.ts';
import { percentSchema, type Symptom, type SymptomProps } from './symptom.ts';

export interface FleetDiskProps extends SymptomProps {
  /**
   * Percent of the file system used (the agent's `disk_used_percent`) above which an instance is unhealthy. Above 0,
   * below 100. Prevents the outage of a full disk, where even logging in can fail.
   * @default - 85, which leaves room to act
   */
  readonly above?: number;
  /**
   * Mount point of the watched file system. Where `/var/lib/amazon/ssm` lies on another one, watch that, too, in a protection of its own:
   * on a disk without some 100 KiB the Systems Manager agent starts no script, also none that would make room.
   * @default - /, on which that folder usually lies
   */
  readonly path?: string;
}

const DEFAULT_ABOVE = 85;

/**
 * A file system of an instance fills up.
 *
 * Reads: the agent's `disk_used_percent` of the file system at `/`.
 * Threshold: above 85 %, in percent.
 * Needs: the CloudWatch agent. A remedy by Run Command needs some 100 KiB free where `/var/lib/amazon/ssm` lies.
 * Permissions: none.
 * Proved by: `scenarios/disk-filled`, `infrastructure/symptom-alarms`.
 */
export const fleetDisk: Symptom<Fleet, FleetDiskProps> = {
  name: 'disk',
  schema: z.strictObject({ above: percentSchema.optional(), path: mountPointSchema.optional() }),
  sustainedFor: Duration.minutes(3),
  target: 'instance',
  seen: ({ above = DEFAULT_ABOVE, path = '/' }) => `disk ${path} used above ${above} %`,
  fileSystem: ({ above = DEFAULT_ABOVE, path = '/' }) => ({ path, above }),
  agent: ({ path = '/' }) => ({ section: 'disk', measurement: 'used_percent', path }),
  ladder: () => [Remedy.clearCaches()],
  watch: (fleet, watching) =>
    watchInstances(fleet, watching, {
      namespace: 'CWAgent',
      name: 'disk_used_percent',
      statistic: 'MAX',
      dimensions: { path: watching.props.path ?? '/' },
      threshold: watching.props.above ?? DEFAULT_ABOVE,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    }),
};
