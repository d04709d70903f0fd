import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { IEnvironmentAware } from 'aws-cdk-lib/interfaces';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';
import { PolicyError } from './policy-error.ts';

/** A construct that stands for something in AWS, made in the app or imported into it. */
export type Placed = IConstruct & IEnvironmentAware;

/** Those of some arguments that are constructs and not names. */
export function placed(given: readonly (Placed | string | undefined)[]): readonly Placed[] {
  return given.filter((each): each is Placed => typeof each === 'object');
}

/** Where something is, as far as it is known at synth; what is empty or a token may be anywhere. */
interface Place {
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** Constructs that were imported by ARN have the place of their stack, unless their ARN is asked. */
const ARN_PROPERTIES = [
  ...['alarmArn', 'targetGroupArn', 'loadBalancerArn', 'autoScalingGroupArn', 'instanceArn', 'clusterArn'],
  ...['topicArn', 'eventBusArn', 'keyArn', 'secretArn'],
] as const;

/**
 * Refuses resources of another account or Region than the pipeline's: their alarms and events do not come there, and its
 * roles may act only at home.
 *
 * @throws PolicyError naming each of them
 */
export function refuseElsewhere(pipeline: IConstruct, policy: string, resources: readonly Placed[]): void {
  const home = homeOf(pipeline);
  const problems = resources.flatMap((resource) => {
    const away = placesOf(resource).find((place) => isElsewhere(place, home));
    return away ? [`${resource.node.path} ${isIn(away, home)}: protect it by a pipeline there`] : [];
  });
  if (problems.length > 0) throw new PolicyError(policy, problems);
}

/**
 * Refuses what another account may share, and what is asked for in the pipeline's own Region alone.
 *
 * @throws PolicyError naming each of them
 */
export function refuseOtherRegion(pipeline: IConstruct, policy: string, resources: readonly Placed[]): void {
  const home = homeOf(pipeline);
  const problems = resources.flatMap((resource) => {
    const away = placesOf(resource).find(({ account: _, ...place }) => isElsewhere(place, home));
    return away ? [`${resource.node.path} ${isIn(away, home)}: it must be in the Region of the pipeline`] : [];
  });
  if (problems.length > 0) throw new PolicyError(policy, problems);
}

/**
 * Refuses ARNs of another partition or Region than the pipeline's, and roles of another account, which AWS lets nobody pass on. What else is of
 * another account may be shared.
 *
 * @throws PolicyError naming the path of each
 */
export function refuseArnsElsewhere(pipeline: IConstruct, policy: string, given: unknown, path: string): void {
  const home = homeOf(pipeline);
  const problems = arnsIn(given, path).flatMap(([where, arn]) => {
    const { account, ...place } = placeOfArn(arn);
    const away = { ...place, ...(arn.split(':')[2] === 'iam' && { account }) };
    return isElsewhere(away, home) ? [`${where}: ${arn} ${isIn({ ...place, account }, home)}, where it is not found`] : [];
  });
  if (problems.length > 0) throw new PolicyError(policy, problems);
}

/**
 * Refuses the ARN of a hub that events cannot be sent to: partitions have nothing in common.
 *
 * @throws PolicyError naming both partitions
 */
export function refuseOtherPartition(pipeline: IConstruct, policy: string, busArn: string): void {
  const [{ partition }, home] = [placeOfArn(busArn), homeOf(pipeline)];
  if (differ(partition, home.partition))
    throw new PolicyError(policy, [
      `busArn: ${busArn} is in partition ${partition}, the pipeline in ${home.partition}: no event goes from one to the other`,
    ]);
}

/** The partition of a Region; undefined where either is not known at synth. */
export function partitionOf(region: string): string | undefined {
  return Token.isUnresolved(region) ? undefined : RegionInfo.get(region).partition;
}

function homeOf(pipeline: IConstruct): Place {
  const { account, region } = Stack.of(pipeline);
  return { account, region, partition: partitionOf(region) };
}

function placesOf(resource: Placed): readonly Place[] {
  const arns = ARN_PROPERTIES.map((property): unknown => Reflect.get(resource, property));
  return [resource.env, ...arns.filter((arn) => typeof arn === 'string').map(placeOfArn)];
}

function placeOfArn(arn: string): Place {
  const [begin, partition, , region, account] = arn.split(':');
  return begin === 'arn' ? { partition, region, account } : {};
}

/** The parameters of a runbook are the team's own: they may name what is anywhere. */
function arnsIn(given: unknown, path: string): readonly (readonly [path: string, arn: string])[] {
  if (typeof given === 'string') return given.startsWith('arn:') ? [[path, given]] : [];
  if (typeof given !== 'object' || given === null) return [];
  return Object.entries(given).flatMap(([key, part]) => (key === 'parameters' ? [] : arnsIn(part, `${path}.${key}`)));
}

const isElsewhere = (place: Place, home: Place): boolean =>
  differ(place.partition, home.partition) || differ(place.account, home.account) || differ(place.region, home.region);

function isIn({ account, region, partition }: Place, home: Place): string {
  const named = (place: Place) =>
    [
      differ(partition, home.partition) && place.partition ? `partition ${place.partition}` : '',
      place.account ? `account ${place.account}` : '',
      place.region && region ? `Region ${place.region}` : '',
    ].filter(Boolean);
  return `is in ${named({ account, region, partition }).join(', ')}, the pipeline in ${named(home).join(', ')}`;
}

/** Whether two stacks go to one account and Region. What no stage says about it is the same within a stage, and not known beyond. */
export function isSamePlace(one: Stack, other: Stack): boolean {
  if (differ(one.account, other.account) || differ(one.region, other.region)) return false;
  return isKnownSamePlace(one, other) || Stage.of(one) === Stage.of(other);
}

/** Whether two stacks are certainly deployed into one account and Region; those that are told neither may be deployed apart. */
export function isKnownSamePlace(one: Stack, other: Stack): boolean {
  const isKnown = ![one.account, one.region, other.account, other.region].some((part) => Token.isUnresolved(part));
  return one === other || (isKnown && one.account === other.account && one.region === other.region);
}

/** Whether what is told stands certainly in one account, of whatever Region. */
export function isKnownSameAccount(one: IConstruct, other: IConstruct): boolean {
  const [its, others] = [Stack.of(one), Stack.of(other)];
  return its === others || (!Token.isUnresolved(its.account) && its.account === others.account);
}

/** What is known only at deployment may be the same. */
function differ(one: string | undefined, other: string | undefined): boolean {
  return Boolean(one && other) && !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}
