import type * as z from 'zod';
import { diagnosisSchema } from './diagnosis.ts';
import type { Instant } from './duration.ts';
import { type Fields, fieldsOf } from './fields.ts';
import { inTodaysNames } from './former-names.ts';
import { keepingSchema } from './give-back/give-back.ts';
import { type Incident, incidentSchema } from './incident.ts';
import { conclude, type Next, nextSchema, reportGiveBack } from './next.ts';
import { type Guardrails, type Policy, policySchema, type Rung, rungSchema } from './policy.ts';
import { issuesInWords } from './signal.ts';
import { readTolerantly } from './tolerant-reader.ts';
import { type WorkflowState, workflowStateSchema } from './workflow-state.ts';

/** What is known of an incident beside the state of its workflow. */
export interface KnownBeside {
  /** The incident's id, where the execution's name tells it. */
  readonly id?: string;
  readonly now: Instant;
}

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
  const diagnosis = legible(diagnosisSchema, state.diagnosis);
  const next = legibleNext(state.next, issuesInWords(whole.error), known);
  return {
    incident,
    policy: legiblePolicy(fieldsOf(state.policy), incident),
    ...(next && { next }),
    ...(error && { error }),
    ...(diagnosis && { diagnosis }),
  };
}

function legibleIncident(incident: Fields, policy: Fields, { id, now }: KnownBeside): Incident | undefined {
  const { shape } = incidentSchema;
  const read = legibleFields(shape, incident);
  const named = legible(shape.id, id) ?? read.id;
  if (!read.target || named === undefined) return undefined;
  const receivedAt = read.receivedAt ?? now;
  return {
    policy: legible(shape.policy, policy.name) ?? UNREADABLE,
    symptom: legible(shape.symptom, policy.symptom) ?? UNREADABLE,
    openedAt: receivedAt,
    alarmName: UNREADABLE,
    reason: '',
    ...read,
    ...{ id: named, target: read.target, receivedAt },
  };
}

const UNREADABLE = 'unreadable';

function legiblePolicy(policy: Fields, { policy: name, symptom, target }: Incident): Policy {
  return {
    seen: symptom,
    targets: { kind: 'fixed', target },
    group: { kind: 'single', target },
    mode: 'shadow',
    approval: { within: { minutes: 15 }, approvers: 1 },
    demoteAfter: 'never',
    probation: { minutes: 3 },
    ...legibleFields(policySchema.shape, policy),
    ...{ name, symptom },
    ladder: (Array.isArray(policy.ladder) ? policy.ladder : []).map(legibleRung),
    guardrails: { ...standInGuardrails, ...legibleFields(policySchema.shape.guardrails.shape, fieldsOf(policy.guardrails)) },
  };
}

/** Answers a rung for each that there was, readable or not, since attempts name theirs by its place. */
function legibleRung(rung: unknown): Rung {
  const found = legible(rungSchema, rung);
  if (found) return found;
  const remedy = legible(rungSchema.shape.remedy, fieldsOf(rung).remedy) ?? UNREADABLE;
  return { remedy, params: {}, acts: true, settle: { seconds: 0 }, verifyWithin: { minutes: 15 } };
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
  const { end, keeping, result } = fieldsOf(next);
  const why = `this version of the pipeline cannot read what another version wrote (${issues})`;
  // After the end of the incident there is only what was to be given back.
  if (keeping !== undefined) {
    const kept = { rung: 0, below: [], since: now, ...legibleFields(keepingSchema.shape, fieldsOf(keeping)) };
    return reportGiveBack(kept, { reason: 'failed', why: said(result, why) });
  }
  return conclude({ outcome: 'handed-off', reason: 'unexpected-error', why: said(end, why) });
}

/** An end of another version in its own words. */
function said(end: unknown, why: string): string {
  const { outcome, reason, why: words } = fieldsOf(end);
  const parts = [outcome, reason, words].filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? why : `it ended as ${parts.join(', ')}; ${why}`;
}

/** The fields that this version can read. */
function legibleFields<Shape extends z.ZodRawShape>(shape: Shape, fields: Fields): Partial<z.output<z.ZodObject<Shape>>> {
  const read = Object.entries(shape).flatMap(([name, schema]) => {
    const found = legible(schema as z.ZodType, fields[name]);
    return found === undefined ? [] : [[name, found] as const];
  });
  return Object.fromEntries(read) as Partial<z.output<z.ZodObject<Shape>>>;
}

function legible<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> | undefined {
  return readTolerantly(schema, value).data;
}
