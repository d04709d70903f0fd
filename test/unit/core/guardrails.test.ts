import { globSync } from 'node:fs';
import { anAttempt, aPolicy, aQuestion, aSlot, HOUR, MINUTE, NOW, SECOND, someFacts } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { actInFlight } from '../../../lambdas/core/guardrails/act-in-flight.ts';
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
type Case = [situation: string, guardrail: Guardrail, given: Given];

const passes: readonly Case[] = [
  ['the member is in service', putAside, { snapshot: { facts: { ...facts, lifecycle: 'InService' } } }],
  ['the instance is in no group', putAside, {}],
  ['the actions of the alarm are enabled', muting, {}],
  ['the symptom is seen', visibility, {}],
  ['the pipeline runs', pauseSwitch, {}],
  ['the target is a living member', membership, {}],
  ['the exclusion tag says false', exclusion, { snapshot: { facts: { ...facts, tags: { SelfHealExclude: 'false' } } } }],
  [
    'the symptom is gone after an attempt, which is verified instead',
    recovery,
    { snapshot: { symptom: { kind: 'gone', why: 'OK' }, attempts: [anAttempt()] } },
  ],
  ['another policy is at it, which the lease judges', oneIncident, { snapshot: { lease: otherLease } }],
  [
    'the same policy was at it, and its incident is over',
    oneIncident,
    { snapshot: { lease: { ...otherLease, policy: 'Web-memory', over: true } } },
  ],
  ['no act is under way', actInFlight, {}],
  ['its own incident holds the lease', targetLease, { snapshot: { lease: { ...otherLease, incident: 'a'.repeat(64) } } }],
  ["another's lease has lapsed", targetLease, { snapshot: { lease: { ...otherLease, expiresAt: NOW } } }],
  [
    'the last but one attempt was yesterday',
    attemptCap,
    { snapshot: { history: Array.from({ length: 5 }, () => anAttempt({ at: NOW - 24 * HOUR })) } },
  ],
  ['what was tried changed nothing', attemptCap, { snapshot: { history: Array.from({ length: 9 }, () => anAttempt({ acts: false })) } }],
  ['the cooldown ends now', cooldown, { snapshot: { history: [anAttempt({ at: NOW - 3 * MINUTE })] } }],
  ['a wait-and-see was a moment ago', cooldown, { snapshot: { history: [anAttempt({ at: NOW - SECOND, acts: false })] } }],
  ['its own slot is the only one', blastRadius, { snapshot: { slots: { ['a'.repeat(64)]: aSlot(NOW + MINUTE) } } }],
  ["another's slot has lapsed", blastRadius, { snapshot: { slots: { other: aSlot(NOW) } } }],
  [
    'there is room for two',
    blastRadius,
    {
      policy: aPolicy({ guardrails: { blastRadius: { percent: 20, members: 5, zonePercent: 100 } } }),
      snapshot: { slots: { other: aSlot(NOW + MINUTE) } },
    },
  ],
];

describe('a guardrail', () => {
  it.each(passes)('does not object when %s', (_, guardrail, given) => {
    expect(guardrail(aQuestion(given))).toBeUndefined();
  });

  it('of every file is on exactly one of the two lists', async () => {
    const names = globSync('lambdas/core/guardrails/*.ts').filter((file) => !/\/(guardrail|registry)\.ts$/.test(file));
    const files = await Promise.all(names.map((file) => import(`../../../${file}`)));
    const exported = files.flatMap((file) => Object.values(file)).filter((value) => typeof value === 'function');
    expect([...guardrails, ...actGuardrails]).toHaveLength(exported.length);
    expect(new Set([...guardrails, ...actGuardrails])).toEqual(new Set(exported));
  });
});
