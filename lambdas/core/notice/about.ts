import { type Instant, inWords, iso } from '../duration.ts';
import { type Incident, shortIncident } from '../incident.ts';
import type { Policy } from '../policy.ts';
import { type Target, targetInWords } from '../target.ts';
import { composed, type Draft } from './compose.ts';
import { alarmLink, executionLink, historyLink, runbookLink, targetLink } from './console-links.ts';
import { legible } from './legible.ts';
import type { Notes } from './notes.ts';
import type { Notice } from './notice.ts';
import type { Origin } from './origin.ts';

/** What a notice about an incident is made from. */
export interface AboutIncident {
  readonly incident: Incident;
  readonly policy: Policy;
  readonly notes?: Notes | undefined;
}

/** Symptoms of databases that are measured in bytes. */
const IN_BYTES: readonly string[] = ['memory', 'storage'];

/** A name is for people; a longer one would push the rest out of the title. */
const NAME_SHOWN = 40;

/** The target as a title has it: `instance web-1 (i-0abc)`. */
export function targetTitle(target: Target, name?: string): string {
  const shown = name === undefined || name.trim() === '' ? undefined : name.slice(0, NAME_SHOWN);
  if (target.kind !== 'instance' || shown === undefined) return targetInWords(target);
  return `instance ${shown} (${target.id})`;
}

function noticeTarget(target: Target, name: string | undefined): NonNullable<Notice['target']> {
  const id = target.kind === 'auto-scaling-group' ? target.name : target.id;
  return { kind: target.kind, id, ...(name !== undefined && name.trim() !== '' && { name }) };
}

export function noticePolicy({ name, symptom, mode, runbook }: Policy): NonNullable<Notice['policy']> {
  return { name, symptom, mode, ...(runbook !== undefined && { runbook }) };
}

/** The symptom and where it is, as titles end. */
export function symptomOn({ incident, policy, notes }: AboutIncident): string {
  return `${policy.symptom} on ${targetTitle(incident.target, notes?.name)}`;
}

type About = Pick<Draft, 'policy' | 'target' | 'incident' | 'thread' | 'seen' | 'links' | 'names'>;

/** What every notice about an incident has: policy, target, what was seen, and where to look on. */
export function aboutIncident(
  origin: Origin,
  { incident, policy, notes = {} }: AboutIncident,
  now: Instant,
): Required<About> & Pick<Draft, 'drill' | 'brokenOnPurpose'> {
  const { id, openedAt, target, alarmName } = incident;
  const isAlarm = policy.evidence?.kind !== 'database-status';
  const source = `${isAlarm ? 'alarm' : 'event'} ${alarmName}`;
  return {
    policy: noticePolicy(policy),
    target: noticeTarget(target, notes.name),
    incident: { id, shortId: shortIncident(id), openedAt: iso(openedAt) },
    thread: id,
    ...(incident.drill !== undefined && { drill: true }),
    ...(incident.realDrill !== undefined && { brokenOnPurpose: true }),
    seen: [
      incident.drill === undefined ? policy.seen : `played, not real: ${policy.seen}`,
      `since ${iso(openedAt)}, ${inWords(now - openedAt)} ago`,
      `${source}: ${said(incident.reason, incident)}`,
    ],
    names: [source, targetInWords(target)],
    links: [
      ...runbookLink(policy),
      ...(isAlarm ? alarmLink(origin, alarmName) : []),
      ...targetLink(origin, target),
      ...executionLink(origin, id),
      ...historyLink(origin, id, openedAt, now),
    ],
  };
}

/** The notice about an incident of which this is said besides. */
export function incidentNotice(origin: Origin, about: AboutIncident, draft: Omit<Draft, 'thread'>, now: Instant): Notice {
  return composed(origin, { ...aboutIncident(origin, about, now), ...draft }, now);
}

/** What AWS said of the symptom, with numbers that can be read. */
export function said(text: string, { symptom, target }: Pick<Incident, 'symptom' | 'target'>): string {
  const isInBytes = target.kind.startsWith('database') && IN_BYTES.includes(symptom);
  return legible(text, isInBytes ? 'bytes' : undefined);
}
