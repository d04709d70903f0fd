import { diagnosisSchema } from './diagnosis.ts';
import { inWords } from './duration.ts';
import type { HistoryLine } from './history-line.ts';
import type { Section } from './notice/section.ts';
import { sectionsOf } from './notice/sections.ts';
import type { Timeline } from './timeline.ts';
import { readTolerantly } from './tolerant-reader.ts';

/** What happened at one moment, or again and again until another one. */
export interface Step {
  readonly at: string;
  /** When it happened the last time. @default - it happened once */
  readonly until?: string;
  readonly times: number;
  readonly what: 'seen' | 'decided' | 'held back' | 'done' | 'not done' | 'looked' | 'people' | 'noted' | 'ended';
  readonly said: string;
}

/** What became of one remedy. */
export interface TriedRemedy {
  readonly remedy: string;
  /** @default - not known, or not judged yet */
  readonly result?: string;
}

/** An incident as a person reads it once. */
export interface Story {
  readonly steps: readonly Step[];
  readonly tried: readonly TriedRemedy[];
  /** From the alarm to the end, in words. */
  readonly took?: string;
  /** The last lines that scripts wrote on the machine. */
  readonly kept: readonly string[];
  /** What was found out for the person to whom it was handed off: of a storm what its lead gathered, and what was read of the target. */
  readonly found: readonly Section[];
}

/** More lines of a script are not read at night. */
const MOST_KEPT = 20;

/** Tells an incident: looks that saw the same are told once, and what only repeats its end is left out. */
export function storyOf({ lines }: Timeline): Story {
  const end = lines.findLast(({ kind }) => kind === 'outcome');
  const news = lines.filter((line) => !isNoNews(line));
  const detail = lines.findLast(
    ({ kind, detail }) => kind === 'verification' && typeof detail === 'string' && detail.trim() !== '',
  )?.detail;
  return {
    steps: (news.length > 0 ? news : lines).reduce<readonly Step[]>((steps, line) => joined(steps, stepOf(line)), []),
    tried: triedIn(end),
    ...(typeof end?.milliseconds === 'number' && { took: inWords(end.milliseconds) }),
    kept: typeof detail === 'string' ? detail.trim().split('\n').slice(-MOST_KEPT) : [],
    found: foundIn(end),
  };
}

function foundIn(end: HistoryLine | undefined): readonly Section[] {
  const details = Array.isArray(end?.details) ? end.details.filter((line) => typeof line === 'string') : [];
  return [...sectionsOf(details), ...(readTolerantly(diagnosisSchema, end?.diagnosis).data ?? [])];
}

/** The remedies that an end names, with their results. */
export function triedIn(line: HistoryLine | undefined): readonly TriedRemedy[] {
  const remedies = line?.remedies;
  return Array.isArray(remedies) ? remedies.filter(isTried) : [];
}

function isTried(value: unknown): value is TriedRemedy {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'remedy') === 'string';
}

/** What the outcome says as well, and an event that AWS delivered twice. */
function isNoNews({ kind, decision, reason }: HistoryLine): boolean {
  return (kind === 'decision' && decisionOf(decision).kind === 'end') || (kind === 'rejected' && reason === 'duplicate-delivery');
}

function stepOf(line: HistoryLine): Step {
  return { at: line.at, times: 1, ...toldOf(line) };
}

function toldOf({ kind, text, outcome, reason, decision, refusal, lost, notTaken, asked }: HistoryLine): Pick<Step, 'what' | 'said'> {
  if (kind === 'signal') return { what: 'seen', said: text };
  if (kind === 'verification') return { what: 'looked', said: text };
  if (kind === 'operator' || asked !== undefined) return { what: 'people', said: text };
  if (kind === 'acted') return { what: notTaken === true ? 'not done' : 'done', said: text };
  if (kind === 'outcome' || kind === 'rejected') return { what: 'ended', said: `${outcome} (${reason}): ${text}` };
  if (kind !== 'decision') return { what: 'noted', said: text };
  const decided = decisionOf(decision);
  if (decided.kind === 'wait') return { what: 'held back', said: `by the guardrail ${decided.reason}: ${decided.why}` };
  if (refusal !== undefined) return { what: 'not done', said: text };
  if (lost !== undefined) return { what: 'held back', said: text };
  return { what: 'decided', said: decided.kind === 'remediate' ? `${text}; no guardrail objects` : text };
}

/** A decision of any version, of which only some fields are known. */
function decisionOf(decision: unknown): { readonly kind?: unknown; readonly reason?: unknown; readonly why?: unknown } {
  return typeof decision === 'object' && decision !== null ? decision : {};
}

/** Times, counts and ids differ from look to look, and say nothing new. */
function gist({ what, said }: Step): string {
  return `${what} ${said.replaceAll(/\b[0-9a-f][0-9a-f-]{7,}|\d[\d.:TZ-]*/g, '#')}`;
}

function joined(steps: readonly Step[], next: Step): readonly Step[] {
  const last = steps.at(-1);
  if (last === undefined || gist(last) !== gist(next)) return [...steps, next];
  return [...steps.slice(0, -1), { ...next, at: last.at, until: next.at, times: last.times + 1 }];
}
