import { type Duration, inWords, milliseconds } from '../lambdas/core/duration.ts';
import { HISTORY_KEPT } from '../lambdas/core/history-since.ts';
import type { Guardrails, Policy } from '../lambdas/core/policy.ts';
import { LONGEST_STORM_TIME } from '../lambdas/core/storm.ts';
import type { TargetKind } from '../lambdas/core/target.ts';
import { remediator as failOverDatabase } from '../lambdas/remediators/fail-over-database.ts';
import { remediator as rebootDatabase } from '../lambdas/remediators/reboot-database.ts';
import type { GuardrailProps } from './guardrails.ts';
import { PolicyError } from './policy-error.ts';

/** Remedies that refuse a database in every status in which RDS finds it ill. A cluster may be available while its writer is ill. */
const needsAvailable: readonly string[] = [rebootDatabase.name, failOverDatabase.name];

/** A time of a guardrail, under the name that it is given by. */
interface GuardrailTime {
  readonly of: (guardrails: Omit<Guardrails, 'budget'>) => Duration;
  /** As far back as anything is kept that it looks at. @default - it looks back at nothing */
  readonly most?: Duration;
  /** Whether no time at all would make it say always the same. @default false */
  readonly needed?: true;
}

const times: Readonly<Partial<Record<keyof GuardrailProps, GuardrailTime>>> = {
  cooldown: { of: ({ cooldown }) => cooldown, most: HISTORY_KEPT },
  cooldownAtMost: { of: ({ cooldownAtMost }) => cooldownAtMost, most: HISTORY_KEPT },
  flappingWithin: { of: ({ flapping }) => flapping.per, most: HISTORY_KEPT, needed: true },
  rungMemory: { of: ({ rungMemory }) => rungMemory, most: HISTORY_KEPT },
  attemptsPer: { of: ({ attempts }) => attempts.per, most: HISTORY_KEPT, needed: true },
  breakerOpenFor: { of: ({ breaker }) => breaker.openFor, needed: true },
  stormWithin: { of: ({ storm }) => storm.within, most: LONGEST_STORM_TIME, needed: true },
  stormExitAfter: { of: ({ storm }) => storm.exitAfter, most: LONGEST_STORM_TIME, needed: true },
  signalAtMost: { of: ({ signalAtMost }) => signalAtMost, needed: true },
};

/**
 * Refuses guardrails that could never let the policy act, or never object.
 *
 * @throws PolicyError naming the guardrail and what is allowed
 */
export function refuseUnfit({ name, group, guardrails, ladder }: Policy, actsOn: TargetKind): void {
  const { atLeastIll, secondOpinion, storm } = guardrails;
  const neverAct = actsOn === 'database' ? ladder.map(({ remedy }) => remedy).filter((remedy) => needsAvailable.includes(remedy)) : [];
  const problems = [
    ...(atLeastIll !== undefined && group.kind === 'single'
      ? ['guardrails.atLeastIll: a target that is its own group never has others beside it; leave it out']
      : []),
    ...(atLeastIll !== undefined && atLeastIll >= storm.targets
      ? [
          `guardrails.atLeastIll: ${atLeastIll} members are a storm already, in which nothing is repaired; it must be below stormTargets, ${storm.targets}`,
        ]
      : []),
    ...(secondOpinion?.kind === 'status' && actsOn === 'auto-scaling-group'
      ? [
          "guardrails.secondOpinion: AWS says nothing of the health of a group, so that 'status' is for instances and databases; give an alarm",
        ]
      : []),
    ...(secondOpinion?.kind === 'status' && neverAct.length > 0
      ? [
          `guardrails.secondOpinion: RDS agrees only where the database is not available, in which ${neverAct.join(', ')} never act; give an alarm`,
        ]
      : []),
    ...unfitTimes(guardrails),
  ];
  if (problems.length > 0) throw new PolicyError(name, problems);
}

function unfitTimes(guardrails: Guardrails): readonly string[] {
  const words = (duration: Duration) => inWords(milliseconds(duration));
  const [wait, every] = [guardrails.waitAtMost, guardrails.lookEvery].map(milliseconds) as [number, number];
  return [
    ...Object.entries(times).flatMap(([name, { of, most, needed }]) => {
      const time = of(guardrails);
      const refused = (why: string) => [`guardrails.${name}: ${words(time)} is not allowed: ${why}`];
      if (needed && milliseconds(time) === 0) return refused('must be above 0');
      if (most && milliseconds(time) > milliseconds(most))
        return refused(`must be at most ${words(most)}, as long as what it looks at is kept`);
      return [];
    }),
    ...(wait > 0 && every > wait
      ? [
          `guardrails.lookEvery: ${inWords(every)} is not allowed: must be at most waitAtMost, ${inWords(wait)}, or an incident would never wait`,
        ]
      : []),
  ];
}
