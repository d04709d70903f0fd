import type { DisturbableCall, Disturbance } from '@self-healing/local-aws/gateway/disturbance.ts';
import { RUNNING } from '../../lambdas/core/pause.ts';
import type { Guardrails, Policy } from '../../lambdas/core/policy.ts';

/** A guardrail that is broken on purpose, to see that the invariants notice. */
export interface GuardrailBreak {
  /** In words: how it is broken. */
  readonly how: string;
  /** The invariant that must be found violated. */
  readonly invariant: string;
  /** What the rules carry in place of the policies that are judged by. */
  guardrails?(guardrails: Guardrails): Guardrails;
  /** What the gateway does to a call so that the pipeline is deceived. */
  deceive?(call: DisturbableCall): Disturbance;
}

const oneSecond = { seconds: 1 };

/** By the name that `--break` takes. */
export const guardrailBreaks: Readonly<Record<string, GuardrailBreak>> = {
  cooldown: {
    how: 'the rules carry policies with a cooldown of one second',
    invariant: 'cooldown',
    guardrails: (given) => ({ ...given, cooldown: oneSecond, cooldownAtMost: oneSecond, cooldownGrowth: 1 }),
  },
  'blast-radius': {
    how: 'the rules carry policies whose blast radius is the whole fleet',
    invariant: 'blast-radius',
    guardrails: (given) => ({ ...given, blastRadius: { percent: 100, members: 1_000, zonePercent: 100 } }),
  },
  attempts: {
    how: 'the rules carry policies that allow 100 attempts on a target',
    invariant: 'attempts',
    guardrails: (given) => ({ ...given, attempts: { ...given.attempts, most: 100 } }),
  },
  record: {
    how: 'the write of an attempt is answered as if it were done, and is not',
    invariant: 'one-act-per-attempt',
    deceive: (call) => (isAttempt(call) ? { answer: {} } : 'pass'),
  },
  pause: {
    how: 'the pause switch always reads "running"',
    invariant: 'pause',
    deceive: ({ service, action, parameters: { Name } }) =>
      service === 'ssm' && action === 'GetParameter' && String(Name).endsWith('/pause')
        ? { answer: { Parameter: { Name, Type: 'String', Value: RUNNING, Version: 1 } } }
        : 'pass',
  },
};

/** The write of an attempt, which comes before the act. */
export function isAttempt({ action, parameters }: DisturbableCall): boolean {
  return action === 'TransactWriteItems' && JSON.stringify(parameters).includes('"attempt#');
}

/** The policy as the rules carry it. */
export function broken(policy: Policy, { guardrails }: GuardrailBreak): Policy {
  return guardrails ? { ...policy, guardrails: guardrails(policy.guardrails) } : policy;
}
