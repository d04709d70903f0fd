import { type Instant, iso } from './duration.ts';
import type { Incident } from './incident.ts';
import { targetInWords } from './target.ts';

/** The kinds of lines in the history, one for each decision, act and outcome. */
export type HistoryKind =
  | 'signal'
  | 'rejected'
  | 'decision'
  /** Of earlier versions, which announced an act before it; now there is one line, `acted`, after it. */
  | 'attempt'
  | 'acted'
  | 'verification'
  | 'outcome'
  | 'given-back'
  | 'not-given-back'
  | 'breaker'
  | 'provider-event'
  | 'sweep'
  /** What an operator did. */
  | 'operator';

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

/** A line about an incident, with the fields by which it is found. */
export function incidentLine(
  kind: HistoryKind,
  incident: Incident,
  text: string,
  now: Instant,
  more: Readonly<Record<string, unknown>> = {},
): HistoryLine {
  return {
    at: iso(now),
    kind,
    policy: incident.policy,
    text,
    incident: incident.id,
    symptom: incident.symptom,
    target: targetInWords(incident.target),
    alarm: incident.alarmName,
    ...more,
  };
}
