/** Where a pipeline's notices come from. */
export interface Origin {
  readonly pipeline: string;
  /** Of AWS, as in ARNs. */
  readonly partition: string;
  /** @default alias - not given; the number alone is told */
  readonly account: { readonly id: string; readonly alias?: string };
  readonly region: string;
}

/** Names the pipeline among those of all accounts and Regions. */
export function placeOf({ pipeline, account, region }: Origin): string {
  return `${account.id}/${region}/${pipeline}`;
}

/**
 * The origin, by an ARN of the pipeline's own account and Region.
 *
 * @throws TypeError for what is no ARN
 */
export function originOf(pipeline: string, arn: string, alias?: string): Origin {
  const [, partition, , region, id] = arn.split(':');
  if (!partition || !region || !id) throw new TypeError(`${arn} names no account and Region`);
  return { pipeline, partition, account: { id, ...(alias && { alias }) }, region };
}
