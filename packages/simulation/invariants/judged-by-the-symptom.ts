import type { Act, StoryHistory, WrittenResult } from '../history-of-story.ts';
import { groupedOnce } from './grouped-once.ts';
import type { Invariant } from './invariant.ts';
import { departuresOf, lookBefore, shownTo, spellsOf } from './looks.ts';

/** What is remembered against a rung, and held against its policy. */
const IN_VAIN: readonly string[] = ['failed', 'not-recovered'];

const actsOf = groupedOnce(({ by }: Act) => by.execution);

function wrongWith({ at, execution, rung, policy, target }: WrittenResult, history: StoryHistory): string | undefined {
  const act = actsOf(history.acts, execution).findLast((each) => each.at <= at && each.by.rung === rung);
  if (!act) return 'AWS never did it';
  if (act.endsAt > at) return 'it had not ended';
  const from = at - lookBefore(history);
  const shown = shownTo(policy, history);
  const wasIll = spellsOf(history.spells, target).some(
    (spell) => shown.includes(spell.policy) && spell.from <= at && (spell.to ?? at) >= from,
  );
  // Who ended the machine ended its symptom, and nobody saw it well.
  const isDeparted = departuresOf(history.departed, target).some((gone) => gone.at <= at);
  return wasIll || isDeparted ? undefined : 'the symptom was gone';
}

export const judgedByTheSymptom: Invariant = {
  name: 'only what was done, has ended and did not help is remembered as a failed cure',
  breaches: (history) =>
    history.results
      .filter(({ acts, result }) => acts && IN_VAIN.includes(result))
      .flatMap((written) => {
        const wrong = wrongWith(written, history);
        return wrong === undefined
          ? []
          : [`rung ${written.rung} of ${written.execution.slice(0, 8)} was written down as ${written.result}, but ${wrong}`];
      }),
};
