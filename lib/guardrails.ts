import { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Guardrails } from '../lambdas/core/policy.ts';
import { type ChangeConditionProps, changeConditionDefaults, changeConditionNames, toPolicyChangeConditions } from './change-conditions.ts';
import { knownOf, type NamesOf } from './known-names.ts';
import { PolicyError } from './policy-error.ts';
import { givenDuration } from './to-policy-duration.ts';

// Longer than 250 lines: what every guardrail is for, beside its default.

/** The limits within which a policy may act. Every one has a safe default. */
export interface GuardrailProps extends ChangeConditionProps {
  /**
   * Time after an attempt in which nothing else acts on the same target, under any policy. Prevents the next remedy
   * from judging, and hiding, the effect of the last one. At most 90 days.
   * @default - 3 minutes; 30 minutes for databases
   */
  readonly cooldown?: Duration;
  /**
   * Factor by which the cooldown grows with each attempt in a row that did not help. Prevents hammering on what the
   * remedies do not cure. From 1 (it stays as it is) to 10.
   * @default - 2, doubling as Kubernaut's and Cluster API's waits do
   */
  readonly cooldownGrowth?: number;
  /**
   * The longest that a growing cooldown gets. At most 90 days.
   * @default - 2 hours
   */
  readonly cooldownAtMost?: Duration;
  /**
   * A target with more incidents of the policy than this within `flappingWithin` is flapping, and is not acted on.
   * Prevents repairing an alarm that toggles. From 1 to 1000.
   * @default - 5
   */
  readonly flappingAbove?: number;
  /**
   * The period in which incidents are counted for `flappingAbove`. Above 0, at most 90 days.
   * @default - 1 hour
   */
  readonly flappingWithin?: Duration;
  /**
   * A remedy that failed on a target within this time is passed over on that target while a further rung of the ladder
   * is left. Prevents a second outage for a cure that is known not to work there. At most 90 days.
   * @default - 7 days
   */
  readonly rungMemory?: Duration;
  /**
   * Failed repairs of the policy in a row within 24 hours, on any targets, after which its circuit breaker opens and nothing
   * more is done under it. Prevents spreading a wrong cure over the fleet. From 1 to 100.
   * @default - 3
   */
  readonly breakerFailures?: number;
  /**
   * How long an open circuit breaker blocks before it lets one incident try; if that heals, it closes. Above 0.
   * @default - 1 hour
   */
  readonly breakerOpenFor?: Duration;
  /**
   * Members that must be healthy and not in remediation beside the target, in percent of the fleet, rounded down but
   * at least one other of a fleet of several. Prevents taking out the last ones that serve. A target that the fleet's
   * Auto Scaling group or load balancer finds unhealthy already is not missed. From 0 to 100.
   * @default - 50 percent
   */
  readonly healthyFloorPercent?: number;
  /**
   * Most attempts on one target in `attemptsPer`, over all policies. Prevents the endless repair loop that hides a
   * lasting fault. From 1 to 100.
   * @default - 5 (the cap of AWS Config's and Kubernaut's remediations); 2 for databases
   */
  readonly attempts?: number;
  /**
   * The period in which attempts are counted. Above 0, at most 90 days.
   * @default - 24 hours
   */
  readonly attemptsPer?: Duration;
  /**
   * Most members of the fleet in remediation at once, in percent, rounded down but at least one member. Prevents the
   * repair that takes the fleet down. Above 0, up to 100.
   * @default - 10 percent, as Auto Scaling replaces instances
   */
  readonly blastRadiusPercent?: number;
  /**
   * Most members of the fleet in remediation at once, as a number, whatever the fleet's size. At least 1.
   * @default - 5
   */
  readonly blastRadiusMembers?: number;
  /**
   * Most members of one Availability Zone in remediation at once, in percent, rounded down but at least one member.
   * Prevents a repair from taking a whole zone out of service. Above 0, up to 100.
   * @default - 10 percent
   */
  readonly blastRadiusZonePercent?: number;
  /**
   * The same symptom on this percentage of the fleet within `stormWithin` is one incident for a person, with one
   * message, and nothing more is repaired. Rounded up, at least three members. Prevents the mass repair of what a
   * deployment, a dependency or the network did: in February 2012 Azure's healing took a fault of its own software for
   * bad hardware, server by server, and moved it on to more of them. Above 0, up to 100.
   * @default - 20 percent, as Karpenter stops repairing a pool of which more than that is unhealthy
   */
  readonly stormPercent?: number;
  /**
   * As `stormPercent`, as a number of members, for fleets so large that a percentage comes late. From 3 to 40.
   * @default - 10
   */
  readonly stormTargets?: number;
  /**
   * The time within which members with the same symptom are counted together. Above 0, at most 1 day.
   * @default - 10 minutes, twice what a fault of all members may need to show in alarms of five minutes
   */
  readonly stormWithin?: Duration;
  /**
   * How long the storm must have reached no further member before repairs begin again. Prevents resuming into a lull,
   * as medik8s' node healthchecks learned. Above 0, at most 1 day.
   * @default - 15 minutes
   */
  readonly stormExitAfter?: Duration;
  /**
   * Targets with this tag, with any value but `false`, are never acted on.
   * @default - SelfHealExclude
   */
  readonly excludeTag?: string;
  /**
   * How long an incident waits for a cooldown, a busy target, a slot of the blast radius or a readable symptom before
   * it is handed off to a person. Bounded, with `lookEvery` and the ladder, by the events that an execution of Step Functions may have and
   * by the day that an incident lasts at most.
   * @default - 30 minutes
   */
  readonly waitAtMost?: Duration;
  /**
   * How often a waiting incident looks again. At most `waitAtMost`, unless that is 0.
   * @default - 30 seconds, half of the shortest ordinary alarm period
   */
  readonly lookEvery?: Duration;
  /**
   * Events older than this are recorded and not acted on. Prevents repairing what is no longer broken. Above 0.
   * @default - 15 minutes
   */
  readonly signalAtMost?: Duration;
  /**
   * Fewest members with the symptom before one of them is acted on, for fleets in which a few are normal; fewer are waited for and then
   * left alone without a word (`too-few-ill`). Keep it below what makes a storm: 20 % or 10 members, at least 3. From 2 to 39. Not for
   * databases and single targets.
   * @default - one is enough
   */
  readonly atLeastIll?: number;
  /**
   * What else must find the target ill before a remedy that costs more than a restart of a service, such as `restartInstance`,
   * `replaceInstance` or `failOverDatabase`: an alarm that is in ALARM then (of an `HttpProbe`, or of what another machine measures), or
   * `'status'` for what EC2 says itself of the instance, or RDS of the database or the writer of a cluster. `'status'` is refused before
   * `rebootDatabase` and `failOverDatabase` of an RDS instance, which act only while RDS finds it available: give an alarm there. Without
   * agreement it waits, then people are called. Prevents an outage for what only one source sees.
   * @default - nobody else is asked
   */
  readonly secondOpinion?: IAlarm | 'status';
  /**
   * A remedy that helped in less than this percentage of its last `passOverTries` uses under the policy is passed over while a further rung
   * is left. In its place no remedy of a dearer class is taken without a person's yes, even in mode `automatic`. Uses count for 90 days.
   * Prevents outages for what does not help on this fleet. Above 0, up to 100.
   * @default - none is passed over for that; `advice` shows what helps
   */
  readonly passOverBelowPercent?: number;
  /**
   * The uses after which `passOverBelowPercent` judges. From 10 to 30.
   * @default - 10
   */
  readonly passOverTries?: number;
  /**
   * An alarm that stays in ALARM after an incident which changed nothing, and whose reason may have passed (paused, a busy
   * target, ...), is tried again after this time by the sweep. Prevents that a pause or a busy hour leaves a fault for ever.
   * @default - 30 minutes
   */
  readonly tryAgainAfter?: Duration;
}

/** Limits that are off unless they are set. */
type Optional = 'atLeastIll' | 'secondOpinion' | 'passOverBelowPercent' | 'passOverTries';

type Limits = Required<Omit<GuardrailProps, keyof ChangeConditionProps | Optional>>;

const fleetDefaults = {
  cooldown: Duration.minutes(3),
  cooldownGrowth: 2,
  cooldownAtMost: Duration.hours(2),
  flappingAbove: 5,
  flappingWithin: Duration.hours(1),
  rungMemory: Duration.days(7),
  breakerFailures: 3,
  breakerOpenFor: Duration.hours(1),
  healthyFloorPercent: 50,
  attempts: 5,
  attemptsPer: Duration.hours(24),
  blastRadiusPercent: 10,
  blastRadiusMembers: 5,
  blastRadiusZonePercent: 10,
  stormPercent: 20,
  stormTargets: 10,
  stormWithin: Duration.minutes(10),
  stormExitAfter: Duration.minutes(15),
  excludeTag: 'SelfHealExclude',
  waitAtMost: Duration.minutes(30),
  lookEvery: Duration.seconds(30),
  signalAtMost: Duration.minutes(15),
  tryAgainAfter: Duration.minutes(30),
} as const satisfies Limits;

/** A database restart is an outage, so there are fewer of them, further apart. */
const databaseDefaults: GuardrailProps = { cooldown: Duration.minutes(30), attempts: 2 };

const guardrailNames: NamesOf<GuardrailProps> = {
  ...changeConditionNames,
  cooldown: true,
  cooldownGrowth: true,
  cooldownAtMost: true,
  flappingAbove: true,
  flappingWithin: true,
  rungMemory: true,
  breakerFailures: true,
  breakerOpenFor: true,
  healthyFloorPercent: true,
  attempts: true,
  attemptsPer: true,
  blastRadiusPercent: true,
  blastRadiusMembers: true,
  blastRadiusZonePercent: true,
  stormPercent: true,
  stormTargets: true,
  stormWithin: true,
  stormExitAfter: true,
  excludeTag: true,
  waitAtMost: true,
  lookEvery: true,
  signalAtMost: true,
  atLeastIll: true,
  secondOpinion: true,
  passOverBelowPercent: true,
  passOverTries: true,
  tryAgainAfter: true,
};

/**
 * The guardrails as a policy carries them, without the pipeline's own budget: defaults, then those that are given, from the protection's to the symptom's own.
 *
 * @throws PolicyError for a guardrail that is not known, or means nothing alone
 */
export function toPolicyGuardrails(
  policy: string,
  kind: 'fleet' | 'database',
  ...given: readonly (GuardrailProps | undefined)[]
): Omit<Guardrails, 'budget'> {
  const own = kind === 'database' ? databaseDefaults : changeConditionDefaults;
  const props: Limits & Pick<GuardrailProps, Optional> & ChangeConditionProps = Object.assign(
    { ...fleetDefaults },
    own,
    ...given.map((each) => each && knownOf(each, guardrailNames, policy, 'guardrails')),
  );
  const lasting = (name: { [Name in keyof Limits]: Limits[Name] extends Duration ? Name : never }[keyof Limits]) =>
    givenDuration(props[name], policy, `guardrails.${name}`);
  if (props.passOverTries !== undefined && props.passOverBelowPercent === undefined)
    throw new PolicyError(policy, ['guardrails.passOverTries: means nothing without passOverBelowPercent, which must be given, too']);
  return {
    cooldown: lasting('cooldown'),
    cooldownGrowth: props.cooldownGrowth,
    cooldownAtMost: lasting('cooldownAtMost'),
    flapping: { most: props.flappingAbove, per: lasting('flappingWithin') },
    rungMemory: lasting('rungMemory'),
    breaker: { failures: props.breakerFailures, openFor: lasting('breakerOpenFor') },
    healthyFloor: { percent: props.healthyFloorPercent },
    attempts: { most: props.attempts, per: lasting('attemptsPer') },
    blastRadius: { percent: props.blastRadiusPercent, members: props.blastRadiusMembers, zonePercent: props.blastRadiusZonePercent },
    storm: {
      percent: props.stormPercent,
      targets: props.stormTargets,
      within: lasting('stormWithin'),
      exitAfter: lasting('stormExitAfter'),
    },
    excludeTag: props.excludeTag,
    waitAtMost: lasting('waitAtMost'),
    lookEvery: lasting('lookEvery'),
    signalAtMost: lasting('signalAtMost'),
    tryAgainAfter: lasting('tryAgainAfter'),
    ...(props.atLeastIll !== undefined && { atLeastIll: props.atLeastIll }),
    ...(props.secondOpinion !== undefined && { secondOpinion: toPolicyOpinion(props.secondOpinion) }),
    ...(props.passOverBelowPercent !== undefined && {
      passOver: { belowPercent: props.passOverBelowPercent, tries: props.passOverTries ?? DEFAULT_PASS_OVER_TRIES },
    }),
    ...toPolicyChangeConditions(props),
  };
}

/** Fewer say little. */
const DEFAULT_PASS_OVER_TRIES = 10;

function toPolicyOpinion(opinion: IAlarm | 'status'): NonNullable<Guardrails['secondOpinion']> {
  return opinion === 'status' ? { kind: 'status' } : { kind: 'alarm', name: opinion.alarmName };
}
