import { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Policy } from '../lambdas/core/policy.ts';
import type { TargetKind } from '../lambdas/core/target.ts';
import { HttpProbe } from './constructs/http-probe.ts';
import type { Signals } from './constructs/policy-rule.ts';
import type { DatabaseAccess } from './database-access.ts';
import { toPolicyGuardrails } from './guardrails.ts';
import { type HealProps, healNames } from './healing-pipeline-props.ts';
import { knownOf } from './known-names.ts';
import type { ModeProps, toPolicyMode } from './modes.ts';
import { proofOf } from './proof-of-life.ts';
import { type RemedyRung, rungsOf } from './remedy.ts';
import type { TellsPeople } from './symptoms/symptom.ts';
import { givenDuration } from './to-policy-duration.ts';

/** A policy before its ladder is checked, with the signals that its rule lets in. */
export interface PolicyDraft<Starts extends Signals = Signals>
  extends Omit<Policy, 'ladder' | 'guardrails' | keyof ReturnType<typeof toPolicyMode>> {
  /** Without the budget, which is the pipeline's own. */
  readonly guardrails: Omit<Policy['guardrails'], 'budget'>;
  /** What is said of its mode, nearest first. */
  readonly modes: readonly ModeProps[];
  readonly signals: Starts;
  /** The kind of target that the ladder acts on. */
  readonly actsOn: TargetKind;
  readonly ladder: readonly RemedyRung[];
  /** What tells people itself when it cannot see the symptom. */
  readonly tells?: readonly TellsPeople[];
  /** How the database that the ladder acts on is reached, where that is known. */
  readonly access?: DatabaseAccess;
}

/** How long a symptom must stay gone where nothing else is said: long enough for three datapoints of a minute. */
export const DEFAULT_PROBATION = Duration.minutes(3);

/**
 * The policy of any alarm with any ladder.
 *
 * @throws PolicyError for a property that is not known
 */
export function draftOf(id: string, given: HealProps): PolicyDraft<{ readonly alarm: IAlarm }> {
  const props = knownOf(given, healNames, id);
  const target = props.target.wire;
  const probe = HttpProbe.of(props.alarm);
  const evidence = probe?.evidenceFor(props.alarm, target);
  const proof = proofOf(props.alarm);
  const kind = target.kind === 'database' || target.kind === 'database-cluster' ? 'database' : 'fleet';
  return {
    name: id,
    symptom: id,
    seen: props.seen ?? `alarm ${props.alarm.alarmName}`,
    signals: { alarm: props.alarm },
    targets: { kind: 'fixed', target },
    group: { kind: 'single', target },
    actsOn: target.kind,
    ladder: rungsOf(props.ladder, id),
    guardrails: toPolicyGuardrails(id, kind, props.guardrails),
    modes: [props],
    probation: givenDuration(props.probation ?? DEFAULT_PROBATION, id, 'probation'),
    ...(evidence && { evidence }),
    ...(proof && { proof }),
    ...(probe && { tells: [probe] }),
    ...(props.runbook !== undefined && { runbook: props.runbook }),
  };
}
