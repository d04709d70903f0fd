import { createHash } from 'node:crypto';

/** The dimension by which the pipeline knows the series that its own agents send. */
export const OWN_DIMENSION = 'SelfHealing';

/** Stands in a configuration for the shard, which each instance works out of its own id. */
export const SHARD_PLACEHOLDER = '@SHARD@';

/** The series of the instances of one protection. */
export interface OwnSeries {
  readonly pipeline: string;
  /** The protection's id. */
  readonly protection: string;
  /** Parts into which the fleet's instances fall; each has alarms of its own. */
  readonly shards: number;
}

/** The value of the dimension before an instance puts its shard in. */
export function ownValueTemplate({ pipeline, protection, shards }: OwnSeries): string {
  return `${pipeline}/${protection}/${SHARD_PLACEHOLDER}-of-${shards}`;
}

/** The value of the dimension on instances of one shard, from 1. */
export function ownValue(series: OwnSeries, shard: number): string {
  return ownValueTemplate(series).replace(SHARD_PLACEHOLDER, String(shard));
}

/** The shard of an instance, from 1, as each works it out of its own id: the same in the agents' scripts. */
export function shardOf(instanceId: string, shards: number): number {
  return (Number.parseInt(createHash('sha256').update(instanceId).digest('hex').slice(0, 7), 16) % shards) + 1;
}

/** The values of all shards. */
export function ownValues(series: OwnSeries): readonly string[] {
  return Array.from({ length: series.shards }, (_, index) => ownValue(series, index + 1));
}
