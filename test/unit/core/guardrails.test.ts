import { globSync } from 'node:fs';
import {
  anAttempt,
  aPolicy,
  aQuestion,
  aSlot,
  HOUR,
  INSTANCE_ID,
  MINUTE,
  NOW,
  SECOND,
  someFacts,
} from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { attemptCap } from '../../../lambdas/core/guardrails/attempt-cap.ts';
import { blastRadius } from '../../../lambdas/core/guardrails/blast-radius.ts';
import { cooldown } from '../../../lambdas/core/guardrails/cooldown.ts';
import { exclusion } from '../../../lambdas/core/guardrails/exclusion.ts';
import type { Guardrail } from '../../../lambdas/core/guardrails/guardrail.ts';
import { membership } from '../../../lambdas/core/guardrails/membership.ts';
import { muting } from '../../../lambdas/core/guardrails/muting.ts';
import { oneIncident } from '../../../lambdas/core/guardrails/one-incident.ts';
import { pauseSwitch } from '../../../lambdas/core/guardrails/pause-switch.ts';
import { putAside } from '../../../lambdas/core/guardrails/put-aside.ts';
import { recovery } from '../../../lambdas/core/guardrails/recovery.ts';
import { actGuardrails, guardrails } from '../../../lambdas/core/guardrails/registry.ts';
import { targetLease } from '../../../lambdas/core/guardrails/target-lease.ts';
import { visibility } from '../../../lambdas/core/guardrails/visibility.ts';

const facts = someFacts;
const otherLease = { incident: 'other', policy: 'Web-disk', expiresAt: NOW + 10 * MINUTE };

type Given = Parameters<typeof aQuestion>[0];
type Case = [situation: string, guardrail: Guardrail, given: Given, veto: object | undefined];

const vetoes: readonly Case[] = [
  [
    'the switch is set',
    pauseSwitch,
    { snapshot: { pause: { kind: 'paused', why: 'noon' } } },
    { kind: 'end', reason: 'paused', why: 'noon' },
  ],
  [
    'the target does not exist',
    membership,
    { snapshot: { facts: { ...facts, presence: 'absent' } } },
    { kind: 'end', reason: 'target-gone' },
  ],
  [
    'the target is being terminated',
    membership,
    { snapshot: { facts: { ...facts, presence: 'leaving' } } },
    { kind: 'end', reason: 'target-gone' },
  ],
  ['the target is no member', membership, { snapshot: { facts: { ...facts, inGroup: false } } }, { kind: 'end', reason: 'not-in-fleet' }],
  ['the group has no members', membership, { snapshot: { facts: { ...facts, groupSize: 0 } } }, { kind: 'end', reason: 'no-target' }],
  [
    'the target has the tag',
    exclusion,
    { snapshot: { facts: { ...facts, tags: { SelfHealExclude: 'true' } } } },
    { kind: 'end', reason: 'excluded' },
  ],
  [
    'the tag is empty',
    exclusion,
    { snapshot: { facts: { ...facts, tags: { SelfHealExclude: '' } } } },
    { kind: 'end', reason: 'excluded' },
  ],
  [
    'somebody works on the member in Standby',
    putAside,
    { snapshot: { facts: { ...facts, lifecycle: 'Standby' } } },
    { kind: 'end', reason: 'put-aside' },
  ],
  [
    'the member is in the warm pool',
    putAside,
    { snapshot: { facts: { ...facts, lifecycle: 'Warmed:Running' } } },
    { kind: 'end', reason: 'put-aside' },
  ],
  [
    'the member is still set up',
    putAside,
    { snapshot: { facts: { ...facts, lifecycle: 'Pending:Wait' } } },
    { kind: 'wait', reason: 'put-aside', until: NOW + 30 * SECOND },
  ],
  [
    'the group ends the member',
    putAside,
    { snapshot: { facts: { ...facts, lifecycle: 'Terminating:Wait' } } },
    { kind: 'end', reason: 'target-gone' },
  ],
  ['the member is in service', putAside, { snapshot: { facts: { ...facts, lifecycle: 'InService' } } }, undefined],
  ['the instance is in no group', putAside, {}, undefined],
  [
    'the actions of the alarm are disabled',
    muting,
    { snapshot: { symptom: { kind: 'present', why: 'ALARM', disabled: true } } },
    { kind: 'end', reason: 'muted' },
  ],
  [
    'the symptom went away first',
    recovery,
    { snapshot: { symptom: { kind: 'gone', why: 'OK' } } },
    { kind: 'end', reason: 'already-recovered' },
  ],
  [
    'the symptom cannot be seen',
    visibility,
    { snapshot: { symptom: { kind: 'unknown', why: 'no data' } } },
    { kind: 'wait', reason: 'symptom-unknown', until: NOW + 30 * SECOND },
  ],
  [
    'the same policy is at it already',
    oneIncident,
    { snapshot: { lease: { ...otherLease, policy: 'Web-memory' } } },
    { kind: 'end', reason: 'already-open' },
  ],
  [
    'another policy is at it',
    targetLease,
    { snapshot: { lease: otherLease } },
    { kind: 'wait', reason: 'target-busy', until: NOW + 30 * SECOND },
  ],
  [
    'another policy is at it for a moment longer',
    targetLease,
    { snapshot: { lease: { ...otherLease, expiresAt: NOW + SECOND } } },
    { kind: 'wait', reason: 'target-busy', until: NOW + SECOND },
  ],
  [
    'the target had all of its attempts',
    attemptCap,
    { snapshot: { history: Array.from({ length: 5 }, (_, hour) => anAttempt({ at: NOW - (hour + 1) * HOUR })) } },
    { kind: 'end', reason: 'attempts-used-up' },
  ],
  [
    'the target was acted on a moment ago',
    cooldown,
    { snapshot: { history: [anAttempt({ at: NOW - HOUR, result: 'recovered' }), anAttempt({ at: NOW - MINUTE })] } },
    { kind: 'wait', reason: 'cooldown', until: NOW + 2 * MINUTE },
  ],
  [
    'one member of ten is being worked on',
    blastRadius,
    { snapshot: { slots: { other: aSlot(NOW + MINUTE) } } },
    { kind: 'wait', reason: 'blast-radius', until: NOW + 30 * SECOND },
  ],
];

const passes: readonly Case[] = [
  ['the pipeline runs', pauseSwitch, {}, undefined],
  ['the target is a living member', membership, {}, undefined],
  ['the exclusion tag says false', exclusion, { snapshot: { facts: { ...facts, tags: { SelfHealExclude: 'false' } } } }, undefined],
  [
    'the symptom is gone after an attempt, which is verified instead',
    recovery,
    { snapshot: { symptom: { kind: 'gone', why: 'OK' }, attempts: [anAttempt()] } },
    undefined,
  ],
  ['another policy is at it, which the lease judges', oneIncident, { snapshot: { lease: otherLease } }, undefined],
  ['its own incident holds the lease', targetLease, { snapshot: { lease: { ...otherLease, incident: 'a'.repeat(64) } } }, undefined],
  ["another's lease has lapsed", targetLease, { snapshot: { lease: { ...otherLease, expiresAt: NOW } } }, undefined],
  [
    'the last but one attempt was yesterday',
    attemptCap,
    { snapshot: { history: Array.from({ length: 5 }, () => anAttempt({ at: NOW - 24 * HOUR })) } },
    undefined,
  ],
  [
    'what was tried changed nothing',
    attemptCap,
    { snapshot: { history: Array.from({ length: 9 }, () => anAttempt({ acts: false })) } },
    undefined,
  ],
  ['the cooldown ends now', cooldown, { snapshot: { history: [anAttempt({ at: NOW - 3 * MINUTE })] } }, undefined],
  ['a wait-and-see was a moment ago', cooldown, { snapshot: { history: [anAttempt({ at: NOW - SECOND, acts: false })] } }, undefined],
  ['its own slot is the only one', blastRadius, { snapshot: { slots: { ['a'.repeat(64)]: aSlot(NOW + MINUTE) } } }, undefined],
  ["another's slot has lapsed", blastRadius, { snapshot: { slots: { other: aSlot(NOW) } } }, undefined],
  [
    'there is room for two',
    blastRadius,
    {
      policy: aPolicy({ guardrails: { blastRadius: { percent: 20, members: 5, zonePercent: 100 } } }),
      snapshot: { slots: { other: aSlot(NOW + MINUTE) } },
    },
    undefined,
  ],
];

describe('a guardrail', () => {
  it.each(vetoes)('vetoes when %s', (_, guardrail, given, veto) => {
    expect(guardrail(aQuestion(given))).toMatchObject(veto ?? {});
  });

  it.each(passes)('does not object when %s', (_, guardrail, given) => {
    expect(guardrail(aQuestion(given))).toBeUndefined();
  });

  it('names the target in its objection', () => {
    expect(membership(aQuestion({ snapshot: { facts: { ...facts, inGroup: false } } }))?.why).toContain(INSTANCE_ID);
  });

  it('of every file is on exactly one of the two lists', async () => {
    const names = globSync('lambdas/core/guardrails/*.ts').filter((file) => !/\/(guardrail|registry)\.ts$/.test(file));
    const files = await Promise.all(names.map((file) => import(`../../../${file}`)));
    const exported = files.flatMap((file) => Object.values(file)).filter((value) => typeof value === 'function');
    expect([...guardrails, ...actGuardrails]).toHaveLength(exported.length);
    expect(new Set([...guardrails, ...actGuardrails])).toEqual(new Set(exported));
  });
});
