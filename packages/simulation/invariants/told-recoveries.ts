import { milliseconds } from '../../../lambdas/core/duration.ts';
import type { Incident } from '../../../lambdas/core/incident.ts';
import { targetKey } from '../../../lambdas/core/target.ts';
import type { StoryHistory } from '../history-of-story.ts';
import type { Execution } from '../state-machine/execution.ts';
import type { Invariant } from './invariant.ts';
import { deathsOf, departuresOf, LONGEST_STEP_MILLISECONDS, spellsOf } from './looks.ts';

/** Datapoints come once a minute, and one may be under way when the machine dies. */
const DATAPOINT_MILLISECONDS = 3 * 60_000;

function wrongWith({ input, visits }: Execution, history: StoryHistory): string | undefined {
  const { incident } = input as { readonly incident: Incident };
  const policy = history.policies.get(incident.policy);
  const conclusion = visits.findIndex(({ state }) => state === 'Conclude');
  const look = visits.slice(0, conclusion).findLast(({ state }) => state === 'Verify');
  if (!policy || !look) return 'nobody had looked';
  const target = targetKey(incident.target);
  const from = look.at - milliseconds(policy.probation);
  const unseen = milliseconds(policy.guardrails.lookEvery) + LONGEST_STEP_MILLISECONDS + 2 * history.skew;
  const wasIll = spellsOf(history.spells, target).some(
    (spell) => spell.policy === incident.policy && Math.min(spell.to ?? look.at, look.at) - Math.max(spell.from, from) > unseen,
  );
  if (wasIll) return 'the symptom was there during its probation';
  // One that was replaced is dead for good, and what took its place serves.
  if (departuresOf(history.departed, target).some((gone) => gone.at <= look.at)) return undefined;
  const wasDead = deathsOf(history.deaths, target).some(
    (death) => death.from < look.at - DATAPOINT_MILLISECONDS - 2 * history.skew && (death.to ?? look.at) >= look.at,
  );
  return wasDead ? 'the machine was dead' : undefined;
}

/** The incidents that people were told have recovered. */
function recovered({ notices, executions }: StoryHistory): readonly Execution[] {
  const names = new Set(notices.flatMap(({ notice: { outcome, incident } }) => (outcome === 'recovered' ? (incident?.id ?? []) : [])));
  return [...names].flatMap((name) => executions.get(name) ?? []);
}

export const toldRecoveries: Invariant = {
  name: 'who is told that a target has recovered finds it alive and well',
  breaches: (history) =>
    recovered(history).flatMap((execution) => {
      const wrong = wrongWith(execution, history);
      return wrong === undefined ? [] : [`${execution.name.slice(0, 8)} was told as recovered, but ${wrong}`];
    }),
};
