import { milliseconds } from '../../../lambdas/core/duration.ts';
import type { Incident } from '../../../lambdas/core/incident.ts';
import { targetKey } from '../../../lambdas/core/target.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import type { Visit } from '../state-machine/execution.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';
import { lookBefore } from './looks.ts';

/** When the incident was triaged for the first time; never where triage failed, since then it may not have been kept. */
function triagedAt(visits: readonly Visit[]): number {
  const next = visits.find(({ state }) => state !== 'Triage');
  return next?.state === 'Route' ? next.at : Number.POSITIVE_INFINITY;
}

type OpenedBefore = (policy: string, target: string, instant: number) => readonly number[];

/**
 * When the incidents of a policy on a target were opened whose triage had come to an end by the instant. One that the sweep opened after
 * another, since the alarm still stood, is no turn.
 */
function openings(history: StoryHistory): OpenedBefore {
  const incidents = [...history.executions.values()].map(({ input, visits }) => ({
    incident: (input as { readonly incident: Incident }).incident,
    triagedAt: triagedAt(visits),
  }));
  const byKey = Map.groupBy(incidents, ({ incident }) => `${incident.policy} ${targetKey(incident.target)}`);
  return (policy, target, instant) =>
    (byKey.get(`${policy} ${target}`) ?? [])
      .filter(({ incident, triagedAt }) => !incident.follows && triagedAt <= instant)
      .map(({ incident }) => incident.openedAt);
}

/**
 * How often the alarm of the act's policy came on for the target, up to the act's own incident. One that the sweep took up again stands,
 * unless the alarm is known to have gone off anew since; whose event was lost is not known.
 */
function turnsBefore(act: Act, openedBefore: OpenedBefore, history: StoryHistory): number {
  const { incident } = (history.executions.get(act.by.execution ?? '')?.input ?? {}) as { readonly incident?: Incident };
  const policy = history.policies.get(act.by.policy ?? '');
  if (!incident || !policy) return 0;
  const from = incident.openedAt - milliseconds(policy.guardrails.flapping.per);
  const opened = openedBefore(policy.name, act.incidentTarget, act.at - lookBefore(history));
  if (incident.follows && !opened.some((at) => at > incident.receivedAt)) return 0;
  return new Set(opened.filter((at) => at > from && at <= incident.openedAt)).size;
}

export const flapping: Invariant = {
  name: 'what comes and goes more often than the policy allows is not repaired once more',
  breaches(history) {
    const openedBefore = openings(history);
    return history.acts.flatMap((act) => {
      const turns = turnsBefore(act, openedBefore, history);
      const most = history.policies.get(act.by.policy ?? '')?.guardrails.flapping.most ?? Number.POSITIVE_INFINITY;
      return turns > most ? [`${inWords(act, history)} at turn ${turns} of ${most}`] : [];
    });
  },
};
