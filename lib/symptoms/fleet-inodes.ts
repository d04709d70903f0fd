import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { watchInstances } from './instance-watch.ts';
import { mountPointSchema } from './series-value.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

export interface FleetInodesProps extends SymptomProps {
  /**
   * Free inodes (the agent's `disk_inodes_free`, a count) below which an instance is unhealthy. Prevents "no space left"
   * on a disk that has room, which many small files cause.
   * @default - 10000
   */
  readonly freeBelow?: number;
  /**
   * Mount point of the watched file system. One without a fixed number of inodes (btrfs) reports none free and is always
   * in ALARM.
   * @default - /
   */
  readonly path?: string;
}

/** Some minutes of a program that leaves many small files; the agent offers no percentage. */
const DEFAULT_FREE_BELOW = 10_000;

/**
 * A file system of an instance runs out of inodes.
 *
 * Reads: the agent's `disk_inodes_free` of the file system at `/`.
 * Threshold: below 10000 free inodes.
 * Needs: the CloudWatch agent; a file system with a fixed number of inodes, so not btrfs.
 * Permissions: none.
 * Proved by: `infrastructure/fleet-symptoms`.
 */
export const fleetInodes: Symptom<Fleet, FleetInodesProps> = {
  name: 'inodes',
  schema: z.strictObject({
    freeBelow: z.int().min(1, 'must be at least 1').optional(),
    path: mountPointSchema.optional(),
  }),
  sustainedFor: Duration.minutes(3),
  target: 'instance',
  seen: ({ freeBelow = DEFAULT_FREE_BELOW, path = '/' }) => `free inodes of ${path} below ${freeBelow}`,
  agent: ({ path = '/' }) => ({ section: 'disk', measurement: 'inodes_free', path }),
  ladder: () => [Remedy.clearCaches()],
  watch: (fleet, watching) =>
    watchInstances(fleet, watching, {
      namespace: 'CWAgent',
      name: 'disk_inodes_free',
      statistic: 'MIN',
      dimensions: { path: watching.props.path ?? '/' },
      threshold: watching.props.freeBelow ?? DEFAULT_FREE_BELOW,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    }),
};
