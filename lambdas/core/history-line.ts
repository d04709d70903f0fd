import { type Instant, iso } from './duration.ts';
import { definedFields } from './fields.ts';
import type { Incident } from './incident.ts';
import { redactedIn } from './redaction.ts';
import { targetInWords } from './target.ts';

/** The kinds of lines in the history, one for each decision, act and outcome: what they tell, and their fields beside those of every line. */
export const historyKinds = {
  signal: { tells: 'An event opened an incident.', fields: ['event'] },
  rejected: { tells: 'An event opened no incident.', fields: ['outcome', 'reason', 'witness', 'event'] },
  decision: {
    tells: 'What was decided before a rung, by which guardrail, or what a remedy refused.',
    fields: ['decision', 'remedy', 'rung', 'reason', 'refusal', 'asked', 'lost', 'storm'],
  },
  attempt: { tells: 'Of earlier versions, which announced an act before it.', fields: ['remedy', 'rung', 'token'] },
  acted: {
    tells: 'An act was done, or was not taken, or it is not known which.',
    fields: ['remedy', 'rung', 'token', 'receipt', 'milliseconds', 'notTaken', 'uncertain', 'interrupted'],
  },
  verification: { tells: 'What a look after an act saw.', fields: ['remedy', 'rung', 'detail', 'helped', 'shadow'] },
  outcome: {
    tells: 'How an incident ended.',
    fields: ['outcome', 'reason', 'brokenUntil', 'fill', 'remedies', 'milliseconds', 'demotion', 'details', 'diagnosis', 'witness'],
  },
  'given-back': { tells: 'What a remedy had added was given back.', fields: ['remedy', 'rung', 'reason'] },
  'not-given-back': { tells: 'What a remedy had added was kept.', fields: ['remedy', 'rung', 'reason'] },
  breaker: { tells: 'The circuit breaker of a policy opened or closed.', fields: ['breaker'] },
  'provider-event': {
    tells: 'AWS Health reported a problem, or the end of one.',
    fields: ['event', 'service', 'code', 'open', 'entities'],
  },
  pause: {
    tells: 'The pipeline was paused, is still paused, or acts again: by whomever, with the command or without.',
    fields: ['pause', 'by'],
  },
  'hub-pause': { tells: 'The pause switch of the hub was heard of, and applied beside the own one.', fields: ['hubPaused', 'by'] },
  'hub-drill': { tells: 'The hub asked for a drill, which is held.', fields: ['by', 'drill'] },
  'not-sent': { tells: 'A notice could not be sent by one of its ways, or a link to its holder.', fields: ['stage', 'way', 'notice'] },
  sweep: { tells: 'What the sweep made good.', fields: ['incidents', 'storm', 'details'] },
  operator: { tells: 'What an operator did.', fields: ['action', 'by', 'what', 'why'] },
  notice: {
    tells: 'In the history of a hub: what a pipeline told people, with the account and Region that EventBridge names.',
    fields: ['account', 'region', 'pipeline', 'stage', 'outcome', 'reason', 'notice'],
  },
  report: {
    tells: 'In the history of a hub: what a pipeline reported of itself.',
    fields: ['account', 'region', 'pipeline', 'release', 'openIncidents', 'ownPause', 'hubPaused', 'wrong'],
  },
} as const satisfies Record<string, { readonly tells: string; readonly fields: readonly (keyof typeof historyFields)[] }>;

/** The fields that only some lines have. */
export const historyFields = {
  event: 'The event: its id, or what was kept of one that was not understood.',
  outcome: '`recovered`, `handed-off` or `skipped`.',
  reason: 'Why it ended so, of the closed list of reasons.',
  witness: 'Who was told of a symptom that ends here without a word: `kind`, `id`, `at`.',
  decision: 'All of what triage decided.',
  remedy: 'The name of the remedy.',
  rung: 'The number of the rung, from 0.',
  refusal: 'Why the remedy will not act here: `not-applicable` or `unsafe-to-act`, and in words.',
  asked: 'The id of the question to people.',
  lost: 'To whom a claim was lost.',
  storm: 'The storm: its members, its lead, since when.',
  token: 'The name of the attempt, which AWS gets with the act where it takes one.',
  receipt: 'What AWS answered, by which the act is followed.',
  notTaken: '`true` where AWS did not take the act, so that nothing was done.',
  uncertain: '`true` where it is not known whether the act took place.',
  interrupted: '`true` where an earlier run acted and did not get to write it.',
  detail: 'What AWS tells of the act: output, status.',
  helped: '`1` where the symptom went away after the remedy, `0` where it stayed; of a look that judges one that is meant to cure.',
  shadow: 'What the symptom did while a policy in shadow mode only watched.',
  brokenUntil:
    'Of a drill before one for real: until when what happens to its target belongs to it, if nobody says that something is broken.',
  fill: 'Of a drill before one for real: what may be filled, as `path`, `percent` and `folders`.',
  remedies: 'The remedies that were tried, with their results; `enabling` are those that only make what the next one uses.',
  milliseconds: 'From the alarm to the end; of the first act, to the act.',
  demotion: 'The stricter mode that the policy has from now on.',
  details: 'Lines of the message about a storm.',
  diagnosis: 'What was read of the target on the way to a hand-off: `title` and `lines` of each look, without known secrets.',
  breaker: 'The state of the breaker, until when, and why.',
  stage: 'What the notice tells of.',
  way: 'By what it was to be sent: `mail`, or another way.',
  notice: 'The id of the notice.',
  service: 'The service of AWS.',
  code: 'AWS’s name of the problem.',
  open: 'Whether the problem holds repairs back.',
  entities: 'The resources that AWS names.',
  incidents: 'The incidents that the sweep concluded.',
  pause: '`began`, `lasts` or `ended`.',
  hubPaused: 'Whether the hub pauses the pipeline.',
  account: 'The account of the pipeline.',
  region: 'The Region of the pipeline.',
  pipeline: 'The name of the pipeline.',
  release: 'The release of the package that is deployed.',
  openIncidents: 'How many incidents were open, at most ten.',
  ownPause: 'Why the own switch of the pipeline pauses it; `-` where it does not.',
  wrong: 'How many things the pipeline finds wrong with itself.',
  action: 'The command; lines of earlier versions have it as `deed`.',
  by: 'The ARN of who did it.',
  what: 'What exactly was done: to which mode, until when. Lines of earlier versions say it in `text` alone.',
  why: 'The reason that was given.',
  drill: 'The id of the drill that the line is about. No count has such a line among real ones.',
} as const;

export type HistoryKind = keyof typeof historyKinds;

/** What a line may say beside the fields that every line has. */
type MoreFields = Readonly<Partial<Record<keyof typeof historyFields, unknown>>>;

/** One line of the history log group: flat JSON, so that Logs Insights finds every field by its name. */
export interface HistoryLine {
  readonly at: string;
  readonly kind: HistoryKind;
  readonly policy: string;
  /** One sentence for people. */
  readonly text: string;
  readonly incident?: string;
  readonly symptom?: string;
  readonly target?: string;
  readonly alarm?: string;
  readonly [field: string]: unknown;
}

/** The line without the secrets in it. What its target, its policy and its alarm are called names none. */
export function redactedLine(line: HistoryLine): HistoryLine {
  const { target, policy, alarm } = line;
  return redactedIn(line, [
    `policy ${policy}`,
    ...(target === undefined ? [] : [target]),
    ...(alarm === undefined ? [] : [`alarm ${alarm}`]),
  ]);
}

/** A line about an incident, with the fields by which it is found. */
export function incidentLine(kind: HistoryKind, incident: Incident, text: string, now: Instant, more: MoreFields = {}): HistoryLine {
  return {
    at: iso(now),
    kind,
    policy: incident.policy,
    text,
    incident: incident.id,
    symptom: incident.symptom,
    target: targetInWords(incident.target),
    alarm: incident.alarmName,
    ...definedFields({ drill: incident.drill ?? incident.realDrill }),
    ...more,
  };
}
