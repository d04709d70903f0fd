import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as z from 'zod';
import type { Fleet } from './fleet.ts';
import { listPrices } from './monthly-cost.ts';
import type { PolicyDraft } from './policy-draft.ts';
import { checked, PolicyError } from './policy-error.ts';

/** Members of a shard on average. Ids are spread by a hash, and of so many no shard comes near the 500 series that an alarm sees. */
const MEMBERS_OF_SHARD = 400;

/** Series that an alarm sees. */
export const MOST_SERIES = 500;

export function shardsFor(id: string, expectedMembers: number | undefined, shards: number | undefined): number | undefined {
  if (expectedMembers === undefined) return shards;
  checked(z.int().min(1, 'must be at least 1').max(20_000, 'must be at most 20,000'), expectedMembers, id, 'expectedMembers');
  const needed = Math.ceil(expectedMembers / MEMBERS_OF_SHARD);
  if (shards === undefined) return needed;
  // One alone has no others from which its members could be unevenly parted.
  const seen = shards === 1 ? MOST_SERIES : shards * MEMBERS_OF_SHARD;
  if (expectedMembers > seen)
    throw new PolicyError(id, [
      `shards: ${shards} see ${seen} instances for certain, and expectedMembers is ${expectedMembers}; leave shards out, or take ${needed}`,
    ]);
  return shards;
}

/** Alarms on a query pay for every series that they look at, which people should know before the bill. */
export function sayCost(
  scope: Construct,
  id: string,
  shards: number,
  members: number,
  made: readonly Pick<PolicyDraft, 'targets'>[],
): void {
  const alarms = made.filter(({ targets }) => targets.kind === 'contributor').length;
  const symptoms = alarms / shards;
  const { alarmMetric, customMetric } = listPrices;
  const dollars = Math.round(symptoms * members * (alarmMetric + customMetric));
  Annotations.of(scope).addInfoV2(
    'self-healing:expected-members',
    `${id}: ${members} instances in ${shards} shards have ${alarms} alarms; these and the metrics that they read cost about ${dollars} dollars a month by US list prices`,
  );
}

/** Shards are told apart by a dimension that only the pipeline's own agents put on their series. */
export function checkedShards(id: string, { members }: Fleet, agent: boolean, shards = 1): number {
  checked(z.int().min(1, 'must be at least 1').max(50, 'must be at most 50'), shards, id, 'shards');
  if (shards > 1 && !agent) throw new PolicyError(id, ["shards: needs the pipeline's own agents; leave out agent: false"]);
  if (shards > 1 && members.kind === 'instances')
    throw new PolicyError(id, ['shards: instances by their ids have an alarm each; leave it out']);
  return shards;
}
