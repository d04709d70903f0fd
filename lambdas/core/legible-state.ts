import type * as z from 'zod';
import type { Instant } from './duration.ts';
import { inTodaysNames } from './former-names.ts';
import { type Keeping, keepingSchema } from './give-back/give-back.ts';
import { type Incident, incidentSchema } from './incident.ts';
import { conclude, type Next, nextSchema, reportGiveBack } from './next.ts';
import { type Guardrails, type Policy, policySchema, type Rung, rungSchema } from './policy.ts';
import type { End } from './reasons.ts';
import { issuesInWords } from './signal.ts';
import { targetSchema } from './target.ts';
import { readTolerantly } from './tolerant-reader.ts';
import { type WorkflowState, workflowStateSchema } from './workflow-state.ts';

/** What is known of an incident beside the state of its workflow. */
export interface KnownBeside {
  /** The incident's id, where the execution's name tells it. */
  readonly id?: string;
  readonly now: Instant;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The state of a workflow as far as this version can read it: enough to end the incident, to tell people and to free what it
 * holds, and never to act on. What another version wrote and this one cannot read gets a stand-in, and the end says so.
 * Undefined where not even the target can be told.
 */
export function legibleState(given: unknown, known: KnownBeside): WorkflowState | undefined {
  const value = inTodaysNames(given);
  const whole = readTolerantly(workflowStateSchema, value);
  if (whole.success) return whole.data;
  const state = fieldsOf(value);
  const incident = legibleIncident(fieldsOf(state.incident), fieldsOf(state.policy), known);
  if (!incident) return undefined;
  const error = readTolerantly(workflowStateSchema.shape.error, state.error).data;
  const next = legibleNext(state.next, issuesInWords(whole.error), known);
  return {
    incident,
    policy: legiblePolicy(fieldsOf(state.policy), incident),
    ...(next && { next }),
    ...(error && { error }),
  };
}

function legibleIncident(incident: Fields, policy: Fields, { id, now }: KnownBeside): Incident | undefined {
  const { shape } = incidentSchema;
  const target = legible(targetSchema, incident.target);
  const named = legible(shape.id, id) ?? legible(shape.id, incident.id);
  if (!target || named === undefined) return undefined;
  const receivedAt = legible(shape.receivedAt, incident.receivedAt) ?? now;
  const contributor = legible(shape.contributor, incident.contributor);
  const follows = legible(shape.follows, incident.follows);
  return {
    id: named,
    policy: legible(shape.policy, incident.policy) ?? legible(shape.policy, policy.name) ?? UNREADABLE,
    symptom: legible(shape.symptom, incident.symptom) ?? legible(shape.symptom, policy.symptom) ?? UNREADABLE,
    target,
    openedAt: legible(shape.openedAt, incident.openedAt) ?? receivedAt,
    receivedAt,
    alarmName: legible(shape.alarmName, incident.alarmName) ?? UNREADABLE,
    reason: legible(shape.reason, incident.reason) ?? '',
    ...(contributor && { contributor }),
    ...(follows && { follows }),
  };
}

const UNREADABLE = 'unreadable';

function legiblePolicy(policy: Fields, { policy: name, symptom, target }: Incident): Policy {
  const { shape } = policySchema;
  const optional = <Name extends 'proof' | 'evidence' | 'runbook' | 'alongside'>(field: Name): Partial<Pick<Policy, Name>> => {
    const found = legible(shape[field], policy[field]);
    return found === undefined ? {} : ({ [field]: found } as Partial<Pick<Policy, Name>>);
  };
  return {
    name,
    symptom,
    seen: legible(shape.seen, policy.seen) ?? symptom,
    targets: legible(shape.targets, policy.targets) ?? { kind: 'fixed', target },
    group: legible(shape.group, policy.group) ?? { kind: 'single', target },
    ladder: (Array.isArray(policy.ladder) ? policy.ladder : []).map(legibleRung),
    guardrails: legibleGuardrails(fieldsOf(policy.guardrails)),
    mode: legible(shape.mode, policy.mode) ?? 'shadow',
    approval: legible(shape.approval, policy.approval) ?? { within: { minutes: 15 }, approvers: 1 },
    demoteAfter: legible(shape.demoteAfter, policy.demoteAfter) ?? 'never',
    probation: legible(shape.probation, policy.probation) ?? { minutes: 3 },
    ...optional('proof'),
    ...optional('evidence'),
    ...optional('runbook'),
    ...optional('alongside'),
  };
}

/** One for each that there was, so that attempts keep the rungs that they are of. */
function legibleRung(rung: unknown): Rung {
  const found = legible(rungSchema, rung);
  if (found) return found;
  const remedy = legible(rungSchema.shape.remedy, fieldsOf(rung).remedy) ?? UNREADABLE;
  return { remedy, params: {}, acts: true, settle: { seconds: 0 }, verifyWithin: { minutes: 15 } };
}

function legibleGuardrails(guardrails: Fields): Guardrails {
  const read = Object.entries(policySchema.shape.guardrails.shape).flatMap(([name, schema]) => {
    const found = legible(schema, guardrails[name]);
    return found === undefined ? [] : [[name, found]];
  });
  return { ...standInGuardrails, ...Object.fromEntries(read) };
}

/** Nothing is decided by them: the incident only ends. */
const standInGuardrails: Guardrails = {
  cooldown: { hours: 2 },
  cooldownGrowth: 1,
  cooldownAtMost: { hours: 2 },
  flapping: { most: 1, per: { hours: 1 } },
  rungMemory: { days: 7 },
  breaker: { failures: 3, openFor: { hours: 1 } },
  budget: { acts: 1, per: { hours: 1 } },
  healthyFloor: { percent: 100 },
  attempts: { most: 1, per: { hours: 24 } },
  blastRadius: { percent: 1, members: 1, zonePercent: 1 },
  storm: { percent: 20, targets: 10, within: { minutes: 10 }, exitAfter: { minutes: 15 } },
  excludeTag: 'SelfHealExclude',
  waitAtMost: { minutes: 30 },
  lookEvery: { seconds: 30 },
  signalAtMost: { minutes: 15 },
  tryAgainAfter: { minutes: 30 },
};

/** What the workflow was about to do; where that cannot be read, it ends and says why. */
function legibleNext(next: unknown, issues: string, { now }: KnownBeside): Next | undefined {
  if (next === undefined) return undefined;
  const found = legible(nextSchema, next);
  if (found) return found;
  const { do: due, end, keeping, result } = fieldsOf(next);
  const why = `this version of the pipeline cannot read what another version wrote (${issues})`;
  // After the end of the incident there is only what was to be given back.
  if (keeping !== undefined) return reportGiveBack(legibleKeeping(fieldsOf(keeping), now), { reason: 'failed', why: said(result, why) });
  if (due === 'conclude') return conclude({ ...unreadableEnd, why: said(end, why) });
  return conclude({ ...unreadableEnd, why });
}

const unreadableEnd: Omit<End, 'why'> = { outcome: 'handed-off', reason: 'unexpected-error' };

function legibleKeeping(keeping: Fields, now: Instant): Keeping {
  const { shape } = keepingSchema;
  return {
    rung: legible(shape.rung, keeping.rung) ?? 0,
    below: legible(shape.below, keeping.below) ?? [],
    since: legible(shape.since, keeping.since) ?? now,
  };
}

/** An end of another version in its own words. */
function said(end: unknown, why: string): string {
  const { outcome, reason, why: words } = fieldsOf(end);
  const parts = [outcome, reason, words].filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? why : `it ended as ${parts.join(', ')}; ${why}`;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function legible<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> | undefined {
  return readTolerantly(schema, value).data;
}
