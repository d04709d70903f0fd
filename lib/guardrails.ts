import { Duration } from 'aws-cdk-lib';
import type { Guardrails } from '../lambdas/core/policy.ts';
import { type CircumstanceProps, circumstanceDefaults, wireCircumstances } from './circumstances.ts';
import { wireDuration } from './wire-duration.ts';

/** The limits within which a policy may act. Every one has a safe default. */
export interface GuardrailProps extends CircumstanceProps {
  /**
   * Time after an attempt in which nothing else acts on the same target, under any policy. Prevents the next remedy
   * from judging, and hiding, the effect of the last one.
   * @default - 3 minutes; 30 minutes for databases
   */
  readonly cooldown?: Duration;
  /**
   * Most attempts on one target in `attemptsPer`, over all policies. Prevents the endless repair loop that hides a
   * lasting fault. From 1 to 100.
   * @default - 5 (the cap of AWS Config's and Kubernaut's remediations); 2 for databases
   */
  readonly attempts?: number;
  /**
   * The period in which attempts are counted.
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
   * Most members of the fleet in remediation at once, as a number, whatever the fleet's size.
   * @default - 5
   */
  readonly blastRadiusMembers?: number;
  /**
   * Targets with this tag, with any value but `false`, are never acted on.
   * @default - SelfHealExclude
   */
  readonly excludeTag?: string;
  /**
   * How long an incident waits for a cooldown, a busy target, a slot of the blast radius or a readable symptom before
   * it is handed off to a person.
   * @default - 30 minutes
   */
  readonly waitAtMost?: Duration;
  /**
   * How often a waiting incident looks again.
   * @default - 30 seconds, half of the shortest ordinary alarm period
   */
  readonly lookEvery?: Duration;
  /**
   * Events older than this are recorded and not acted on. Prevents repairing what is no longer broken.
   * @default - 15 minutes
   */
  readonly signalAtMost?: Duration;
}

type Limits = Required<Omit<GuardrailProps, keyof CircumstanceProps>>;

const fleetDefaults = {
  cooldown: Duration.minutes(3),
  attempts: 5,
  attemptsPer: Duration.hours(24),
  blastRadiusPercent: 10,
  blastRadiusMembers: 5,
  excludeTag: 'SelfHealExclude',
  waitAtMost: Duration.minutes(30),
  lookEvery: Duration.seconds(30),
  signalAtMost: Duration.minutes(15),
} as const satisfies Limits;

/** A database restart is an outage, so there are fewer of them, further apart. */
const databaseDefaults: GuardrailProps = { cooldown: Duration.minutes(30), attempts: 2 };

/** The guardrails as a policy carries them: defaults, then the protection's, then the symptom's own. */
export function wireGuardrails(kind: 'fleet' | 'database', ...given: readonly (GuardrailProps | undefined)[]): Guardrails {
  const own = kind === 'database' ? databaseDefaults : circumstanceDefaults;
  const props: Limits & CircumstanceProps = Object.assign({ ...fleetDefaults }, own, ...given);
  return {
    cooldown: wireDuration(props.cooldown),
    attempts: { most: props.attempts, per: wireDuration(props.attemptsPer) },
    blastRadius: { percent: props.blastRadiusPercent, members: props.blastRadiusMembers },
    excludeTag: props.excludeTag,
    waitAtMost: wireDuration(props.waitAtMost),
    lookEvery: wireDuration(props.lookEvery),
    signalAtMost: wireDuration(props.signalAtMost),
    ...wireCircumstances(props),
  };
}
