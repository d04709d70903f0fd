import { z } from 'zod';
import type { Upstream } from '../../gateway/service.ts';
import type { Dimensions } from './dimensions.ts';
import type { TagsOf } from './insights-run.ts';
import { NotEvaluated } from './not-evaluated.ts';

const TagList = z.object({
  Tags: z.array(z.object({ ResourceId: z.string(), Key: z.string(), Value: z.string().default('') })).default([]),
});

/**
 * Resource tags as Metrics Insights sees them after "resource tags on telemetry": those of EC2 resources that a dimension names by id.
 * AWS takes minutes to hours to enrich metrics; here a tag counts at the next evaluation.
 */
export async function readEc2Tags(upstream: Upstream): Promise<TagsOf> {
  const { Tags } = TagList.parse(await upstream.call('ec2', 'DescribeTags', {}));
  const byResource = new Map<string, Record<string, string>>();
  for (const { ResourceId, Key, Value } of Tags) byResource.set(ResourceId, { ...byResource.get(ResourceId), [Key]: Value });
  return (dimensions: Dimensions) => Object.assign({}, ...Object.values(dimensions).map((id) => byResource.get(id) ?? {}));
}

/** For the time in which tags could not be read: an alarm that needs them is not evaluated, and says why. */
export function unreadableTags(why: string): TagsOf {
  return () => {
    throw new NotEvaluated(`resource tags could not be read: ${why}`);
  };
}
