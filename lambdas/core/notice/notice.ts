import * as z from 'zod';
import { readTolerantly } from '../tolerant-reader.ts';
import { sectionSchema } from './section.ts';

/** What a notice tells of, in the order in which an incident may go through it. */
export const stages = {
  started: 'A remedy was begun.',
  'still-not-healed': 'The incident lasts longer than expected, and the pipeline is still at it.',
  question: 'People are asked whether a remedy may be used.',
  answered: 'A question was answered, or nobody answered in time.',
  recovered: 'The symptom is gone and stayed gone.',
  'handed-off': 'The pipeline gave the incident to a person.',
  'not-healed': 'Nothing was repaired, on purpose: skipped, in shadow, or an event that could not be used.',
  'given-back': 'What a remedy had added was given back.',
  'not-given-back': 'What a remedy had added is still there.',
  storm: 'The same symptom is on many members at once: one notice for all of them.',
  pause: 'The pipeline was paused, is still paused, or runs again.',
  digest: 'What happened in a period.',
} as const;

export type Stage = keyof typeof stages;

export const stageNames = Object.keys(stages) as readonly Stage[];

export const severities = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof severities)[number];

/** EventBridge and SNS take 256 KB with everything around it; chat and webhooks wrap it once more. */
export const MOST_BYTES = 200_000;

const text = (most: number, says: string) => z.string().max(most).describe(says);
const instant = (says: string) => z.iso.datetime().describe(says);
const lines = (most: number, longest: number, says: string) => z.array(z.string().max(longest)).max(most).readonly().describe(says);

const doneSchema = z
  .strictObject({
    at: instant('When it was begun.'),
    remedy: text(64, 'The name of the remedy.'),
    rung: z.int().min(0).describe('The number of the rung, from 0.'),
    summary: text(300, 'What was done, in words.'),
    result: z
      .enum(['recovered', 'not-recovered', 'failed', 'interrupted', 'under-way', 'unknown'])
      .describe('How it went: `under-way` before it is judged, `interrupted` and `unknown` where nobody knows.'),
    why: text(500, 'What the result was seen by.').optional(),
  })
  .readonly();

const notDoneSchema = z
  .strictObject({ remedy: text(64, 'The name of the remedy.'), why: text(400, 'Why it was not used, or did nothing.') })
  .readonly();

const doNowSchema = z
  .strictObject({
    text: text(400, 'What to do, as a sentence.'),
    command: text(500, 'The command that does it, or with which to begin.').optional(),
  })
  .readonly();

export const MOST_TITLE = 300;

export const MOST_URL = 1_000;

const linkSchema = z.strictObject({ what: text(80, 'What it leads to.'), url: text(MOST_URL, 'Where.') }).readonly();

/**
 * What people and other tools are told: one JSON object, the same for mail, chat, events and webhooks. Written strictly, read tolerantly:
 * later versions of the pipeline add fields, and `version` changes only when one changes its meaning.
 */
export const noticeSchema = z.strictObject({
  version: z.literal('1').describe('Of this schema.'),
  id: text(300, 'Names this notice and no other. One that comes twice has the same, so that receivers drop the second.'),
  stage: z.enum(stageNames as [Stage, ...Stage[]]).describe('What it tells of.'),
  severity: z.enum(severities).describe('`critical` needs a person now, `warning` soon or in office hours, `info` nobody.'),
  at: instant('When it was made.'),
  title: text(
    MOST_TITLE,
    'All of it in one line: outcome, symptom, target, account, Region; of a drill it begins with DRILL, of one for real with DRILL FOR REAL.',
  ),
  drill: z.literal(true).describe('It is only a drill: no fault is there, and nothing was done. Absent where it is none.').optional(),
  brokenOnPurpose: z
    .literal(true)
    .describe('What it tells of came in the time of a drill for real on the target: the fault is there, and somebody made it.')
    .optional(),
  pipeline: text(64, 'The name of the pipeline.'),
  account: z
    .strictObject({
      id: text(20, 'The account’s number.'),
      alias: text(64, 'Its name, as `notify.accountName` gives it.').optional(),
    })
    .describe('The account of the pipeline and the target.'),
  region: text(32, 'The Region of the pipeline and the target.'),
  policy: z
    .strictObject({
      name: text(200, 'The policy.'),
      symptom: text(100, 'The symptom that it watches.'),
      mode: text(20, '`automatic`, `approval` or `shadow`, as it was in force.'),
      runbook: text(1_000, 'The user’s own page about it.').optional(),
    })
    .describe('Absent where it concerns no single policy.')
    .optional(),
  target: z
    .strictObject({
      kind: z.enum(['instance', 'auto-scaling-group', 'database', 'database-cluster', 'fleet']).describe('What it is.'),
      id: text(255, 'Its id or name at AWS.'),
      name: text(128, 'Its tag `Name`, where that is known.').optional(),
      members: lines(20, 255, 'In a storm: ids of members that have the symptom, the first ones.').optional(),
    })
    .describe('Absent where it concerns no single target.')
    .optional(),
  incident: z
    .strictObject({
      id: text(64, 'Its id, as in the history and as the name of the workflow’s execution.'),
      shortId: text(16, 'The beginning of it, which the command takes as well.'),
      openedAt: instant('When its alarm went off.'),
    })
    .describe('Absent where none was opened.')
    .optional(),
  thread: text(300, 'The same for all notices of an incident or a storm: what chat and incident tools put together.'),
  alert: z
    .strictObject({
      key: text(
        250,
        'The same for all about one symptom on one target in one account and Region, also of later incidents: tools tell doubles by it.',
      ),
      state: z.enum(['open', 'closed']).describe('Whether somebody must see to it, or need no longer.'),
      summary: text(130, 'The title, cut for tools that take no longer one.'),
    })
    .describe('Absent where nobody need be called and nobody was.')
    .optional(),
  outcome: text(32, '`recovered`, `handed-off` or `skipped`, once it ended.').optional(),
  reason: text(64, 'Why it ended so, of the closed list of reasons.').optional(),
  seen: lines(6, 1_000, 'What was seen.'),
  done: z.array(doneSchema).max(12).readonly().describe('What was done, and how it went. Nothing else stands here.'),
  notDone: z.array(notDoneSchema).max(12).readonly().describe('What was not done, and why.'),
  why: lines(6, 1_000, 'Why it ended so, or why people are told.'),
  kept: lines(40, 400, 'What scripts wrote on the machine, such as the last lines of a journal; without known secrets.'),
  diagnosis: z.array(sectionSchema).max(12).readonly().describe('What was found out for the person, without a change.'),
  later: lines(10, 400, 'What the pipeline will still do by itself.'),
  doNow: z.array(doNowSchema).max(8).readonly().describe('What a person should do now, in this order.'),
  links: z.array(linkSchema).max(12).readonly().describe('Where to look on.'),
});

export type Notice = z.infer<typeof noticeSchema>;

/** A notice of any later version, as far as this one knows its fields; undefined for what is none. */
export function readNotice(value: unknown): Notice | undefined {
  return readTolerantly(noticeSchema, value).data;
}
