import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import * as z from 'zod';
import type { Policy, ProofMetric } from '../../lambdas/core/policy.ts';
import type { TargetKind } from '../../lambdas/core/target.ts';
import type { AgentCollection } from '../agent-configuration.ts';
import type { Signals } from '../constructs/policy-rule.ts';
import type { GuardrailProps } from '../guardrails.ts';
import type { ModeProps } from '../modes.ts';
import type { OwnSeries } from '../own-series.ts';
import type { RemedyRung } from '../remedy.ts';

/** What every symptom of every protection may set. */
export interface SymptomProps extends ModeProps {
  /**
   * The remedies, cheapest first. Each is verified before the next is tried; when none helps, a person is called.
   * @default - the symptom's own ladder, as docs/reference/symptoms.md has it
   */
  readonly ladder?: readonly RemedyRung[];
  /**
   * Whole minutes for which the symptom must last before the alarm goes off. Prevents acting on a short peak.
   * @default - the symptom's own, as docs/reference/symptoms.md has it
   */
  readonly sustainedFor?: Duration;
  /**
   * How long the symptom must stay gone before the incident is closed as recovered, which then waits for a datapoint of the target of
   * after that time. At least 2 minutes, where the symptom is read from metrics. Prevents closing on a lull, or on a death.
   * @default - 3 minutes
   */
  readonly probation?: Duration;
  /**
   * Guardrails of this symptom alone.
   * @default - those of the protection
   */
  readonly guardrails?: GuardrailProps;
  /**
   * A page with the team's own instructions, put into every message.
   * @default - that of the protection
   */
  readonly runbook?: string;
}

/** One alarm of a symptom, or the events that tell of it, and how its targets are found. */
export interface Watch extends Signals {
  readonly alarm?: Alarm;
  readonly targets: Policy['targets'];
  /** The group that shares the blast radius. @default - the protection's */
  readonly group?: Policy['group'];
  readonly proof?: ProofMetric;
  /** What says whether the symptom is there. @default - the alarm */
  readonly evidence?: Policy['evidence'];
  /** What must tell people itself when it cannot see the symptom. @default - nothing */
  readonly tells?: readonly TellsPeople[];
  /** Distinguishes several alarms of one symptom. @default - none */
  readonly suffix?: string;
}

/** Something that has alarms of its own for people. */
export interface TellsPeople {
  tell(topic: ITopic): void;
}

/** What a symptom needs to make its alarms. */
export interface WatchScope<Props> {
  readonly scope: Construct;
  /** Name of the policy; the alarm's name is made from it by `alarmName`. */
  readonly policy: string;
  readonly alarmName: (suffix?: string) => string;
  readonly props: Props;
  /** Evaluation periods of one minute; 0 of a symptom that events tell of. */
  readonly minutes: number;
  /** The series that the pipeline's own agents send of a fleet. @default - agents are left to the user, whose roll-ups are read */
  readonly own?: OwnSeries;
}

/** One thing that can be observed wrong with a fleet or a database: which alarm sees it, and what cures it by default. */
export interface Symptom<Subject, Props extends SymptomProps> {
  /** Kebab-case; in policy names, messages and metrics. */
  readonly name: string;
  /** The symptom's own numbers; `ladder` and the other common props are left out. */
  readonly schema: z.ZodType;
  /** The symptom in the words of a message. */
  seen(props: Props): string;
  /** The file system whose used space it is, and the percent above which it is one. @default - it is of no file system */
  fileSystem?(props: Props): Policy['fileSystem'];
  /** The service that it watches. @default - none */
  service?(props: Props): Policy['service'];
  /** @default - events tell of it, which do not last */
  readonly sustainedFor?: Duration;
  /** What the ladder acts on. */
  readonly target: TargetKind;
  /** What the CloudWatch agent must collect for it. @default - nothing */
  agent?(props: Props): AgentCollection;
  /** Why the subject cannot be watched for it, if it cannot. */
  refuses?(subject: Subject, props: Props): string | undefined;
  ladder(subject: Subject, props: Props): readonly RemedyRung[];
  /** Fits a rung of any ladder to what was seen. @default - rungs are as they were written */
  fit?(rung: RemedyRung, props: Props): RemedyRung;
  watch(subject: Subject, watching: WatchScope<Props>): readonly Watch[];
}

/** A percentage as a threshold. Zero would always alarm, and nothing is above 100. */
export const percentSchema = z.number().gt(0, 'must be above 0 percent').lt(100, 'must be below 100 percent');

/** CloudWatch keeps an alarm's window within a day; symptoms that must last longer are trends, not incidents. */
export const sustainedSchema = z.custom<Duration>((value) => {
  const minutes = value instanceof Duration ? value.toMinutes({ integral: false }) : 0;
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= 180;
}, 'must be whole minutes from 1 to 180');
