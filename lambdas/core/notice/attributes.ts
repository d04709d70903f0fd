import type { Notice, Stage } from './notice.ts';

/** What earlier versions called the outcome and the reason of notices that are about no end; filters may go by them. */
const formerly: Readonly<Partial<Record<Stage, { readonly outcome: string; readonly reason?: string }>>> = {
  question: { outcome: 'waiting', reason: 'approval' },
  'not-given-back': { outcome: 'not-given-back' },
  pause: { outcome: 'pause' },
};

/** The attributes of a notice's message, by which subscriptions can filter. What a notice does not have is left out. */
export function attributesOf({ policy, outcome, reason, stage, severity }: Notice): Readonly<Record<string, string>> {
  const given = { policy: policy?.name, outcome, reason, ...formerlyOf(stage), stage, severity };
  return Object.fromEntries(Object.entries(given).filter((each): each is [string, string] => each[1] !== undefined));
}

function formerlyOf(stage: Stage): { readonly outcome?: string; readonly reason?: string } {
  return formerly[stage] ?? {};
}
