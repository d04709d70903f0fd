import { ordinaryChangeConditions } from '../../lambdas/core/change-conditions.ts';
import { closedBreaker } from '../../lambdas/core/circuit-breaker.ts';
import type { Slot } from '../../lambdas/core/claim.ts';
import type { Instant } from '../../lambdas/core/duration.ts';
import type { Question, Snapshot, TargetFacts } from '../../lambdas/core/guardrails/guardrail.ts';
import { type Attempt, attemptToken, type Incident } from '../../lambdas/core/incident.ts';
import type { Next } from '../../lambdas/core/next.ts';
import type { Guardrails, Policy, Rung } from '../../lambdas/core/policy.ts';
import type { ProviderEvent } from '../../lambdas/core/provider-event.ts';
import type { Storm } from '../../lambdas/core/storm.ts';
import type { WorkflowState } from '../../lambdas/core/workflow-state.ts';

/** The moment at which examples happen, unless they say otherwise: 2026-11-02T10:20:00Z. */
export const NOW = 1_793_614_800_000;
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

export const INSTANCE_ID = 'i-0aaaabbbbccccdddd';
export const ALARM_NAME = 'healing-Web-memory';

/** An incident of one instance's memory, opened a minute ago. */
export function anIncident(given: Partial<Incident> = {}): Incident {
  return {
    id: 'a'.repeat(64),
    policy: 'Web-memory',
    symptom: 'memory',
    target: { kind: 'instance', id: INSTANCE_ID },
    openedAt: NOW - MINUTE,
    receivedAt: NOW - MINUTE,
    alarmName: ALARM_NAME,
    reason: 'Threshold Crossed: 3 datapoints were greater than the threshold (90.0).',
    ...given,
  };
}

export function aRung(given: Partial<Rung> = {}): Rung {
  return {
    remedy: 'restart-service',
    params: { service: 'nginx' },
    acts: true,
    settle: { seconds: 30 },
    verifyWithin: { minutes: 4 },
    ...given,
  };
}

export const waitRung: Rung = aRung({ remedy: 'wait-and-see', params: {}, acts: false, settle: { seconds: 0 } });

export function someGuardrails(given: Partial<Guardrails> = {}): Guardrails {
  return {
    cooldown: { minutes: 3 },
    cooldownGrowth: 2,
    cooldownAtMost: { hours: 2 },
    flapping: { most: 5, per: { hours: 1 } },
    rungMemory: { days: 7 },
    breaker: { failures: 3, openFor: { hours: 1 } },
    budget: { acts: 30, per: { hours: 1 } },
    healthyFloor: { percent: 50 },
    attempts: { most: 5, per: { hours: 24 } },
    blastRadius: { percent: 10, members: 5, zonePercent: 100 },
    storm: { percent: 20, targets: 10, within: { minutes: 10 }, exitAfter: { minutes: 15 } },
    excludeTag: 'SelfHealExclude',
    waitAtMost: { minutes: 30 },
    lookEvery: { seconds: 30 },
    signalAtMost: { minutes: 15 },
    tryAgainAfter: { minutes: 30 },
    ...given,
  };
}

/** A policy that restarts nginx on one instance of a fleet of ten. */
export function aPolicy({
  guardrails = {},
  ...given
}: Partial<Omit<Policy, 'guardrails'>> & { guardrails?: Partial<Guardrails> } = {}): Policy {
  return {
    name: 'Web-memory',
    symptom: 'memory',
    seen: 'memory used above 90 %',
    targets: { kind: 'fixed', target: { kind: 'instance', id: INSTANCE_ID } },
    group: { kind: 'tagged', name: 'Web', key: 'SelfHeal', value: 'enabled' },
    ladder: [aRung()],
    guardrails: someGuardrails(guardrails),
    mode: 'automatic',
    approval: { within: { minutes: 15 }, approvers: 1 },
    demoteAfter: 'open-breaker',
    probation: { minutes: 3 },
    ...given,
  };
}

/** A living, healthy member of ten, all in one zone. */
export const someFacts: TargetFacts = {
  presence: 'present',
  tags: {},
  inGroup: true,
  groupSize: 10,
  zone: 'eu-west-1a',
  zoneSize: 10,
  healthy: true,
  healthyOthers: Array.from({ length: 9 }, (_, number) => `instance#i-0000000${number}`),
};

/** A slot of another member of the example's group. */
export function aSlot(until: Instant, given: Partial<Slot> = {}): Slot {
  return { until, target: 'instance#i-00000001', zone: 'eu-west-1a', ...given };
}

/** What triage reads when nothing stands in the way: running, a healthy member of ten, the symptom there, nothing tried yet. */
export function aSnapshot(given: Partial<Snapshot> = {}): Snapshot {
  return {
    pause: { kind: 'running' },
    facts: someFacts,
    symptom: { kind: 'present', why: `alarm ${ALARM_NAME} is ALARM` },
    changeConditions: ordinaryChangeConditions,
    attempts: [],
    history: [],
    openings: [],
    slots: {},
    spending: {},
    breaker: closedBreaker,
    requests: [],
    ...given,
  };
}

/** An attempt of the example incident's first rung, four minutes ago: beyond the default cooldown. */
export function anAttempt(given: Partial<Attempt> = {}): Attempt {
  const { incident = 'a'.repeat(64), rung = 0 } = given;
  return {
    token: attemptToken(incident, rung),
    incident,
    policy: 'Web-memory',
    target: { kind: 'instance', id: INSTANCE_ID },
    rung,
    remedy: 'restart-service',
    at: NOW - 4 * MINUTE,
    acts: true,
    plan: { parameters: { Service: 'nginx' } },
    summary: 'restart service nginx',
    ...given,
  };
}

/** The question that triage puts to `decide`. */
export function aQuestion(given: { incident?: Incident; policy?: Policy; snapshot?: Partial<Snapshot>; now?: number } = {}): Question {
  return {
    incident: given.incident ?? anIncident(),
    policy: given.policy ?? aPolicy(),
    snapshot: aSnapshot(given.snapshot),
    now: given.now ?? NOW,
  };
}

/** What travels through the workflow, with the last step's answer. */
export function aState(given: Partial<WorkflowState> = {}): WorkflowState {
  return { incident: anIncident(), policy: aPolicy(), ...given };
}

export function climbing(rung = 0, remedy = 'restart-service'): Next {
  return { do: 'remediate', rung, remedy };
}

/** A problem of all of EC2 in the Region, of which AWS Health told ten minutes ago. */
export function aProviderEvent(given: Partial<ProviderEvent> = {}): ProviderEvent {
  return {
    arn: 'arn:aws:health:eu-west-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_ABC',
    service: 'EC2',
    code: 'AWS_EC2_OPERATIONAL_ISSUE',
    text: 'We are investigating increased launch failures.',
    page: '1',
    open: true,
    updatedAt: NOW - 10 * MINUTE,
    ...given,
  };
}

/** A storm that was declared five minutes ago and that people were told of. */
export function aStorm(given: Partial<Storm> = {}): Storm {
  const since = NOW - 5 * MINUTE;
  return {
    lead: 'b'.repeat(64),
    since,
    speaksAt: since + MINUTE,
    lookedAt: since,
    until: since + 15 * MINUTE,
    told: 10,
    version: 3,
    ...given,
  };
}
