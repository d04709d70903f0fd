import type { Act, StoryHistory } from '../history-of-story.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';
import { deathsOf, lookBefore, shownTo, spellsOf } from './looks.ts';

/** Whether the target was dead, or had the symptom of the act's policy when it was acted on, or as lately as a decision may be old. */
function wasIll({ at, target, by }: Act, history: StoryHistory): boolean {
  const from = at - lookBefore(history);
  if (deathsOf(history.deaths, target).some((death) => death.from <= at && (death.to ?? at) >= from)) return true;
  const shown = shownTo(by.policy, history);
  return spellsOf(history.spells, target).some((spell) => shown.includes(spell.policy) && spell.from <= at && (spell.to ?? at) >= from);
}

export const onlyTheIll: Invariant = {
  name: 'nobody is acted on who is well',
  breaches: (history) => history.acts.filter((act) => !wasIll(act, history)).map((act) => `${inWords(act, history)}, which was well`),
};
