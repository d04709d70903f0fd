// Longer than 250 lines: one table of all that the guardrails say.

import {
  ALARM_NAME,
  anAttempt,
  anIncident,
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
import { expect, it } from 'vitest';
import { actInFlight } from '../../../../lambdas/core/guardrails/act-in-flight.ts';
import { attemptCap } from '../../../../lambdas/core/guardrails/attempt-cap.ts';
import { blastRadius } from '../../../../lambdas/core/guardrails/blast-radius.ts';
import { breaker } from '../../../../lambdas/core/guardrails/breaker.ts';
import { budget } from '../../../../lambdas/core/guardrails/budget.ts';
import { containment } from '../../../../lambdas/core/guardrails/containment.ts';
import { cooldown } from '../../../../lambdas/core/guardrails/cooldown.ts';
import { exclusion } from '../../../../lambdas/core/guardrails/exclusion.ts';
import { flapping } from '../../../../lambdas/core/guardrails/flapping.ts';
import { fleetSize } from '../../../../lambdas/core/guardrails/fleet-size.ts';
import type { Guardrail, OtherGroup, Verdict } from '../../../../lambdas/core/guardrails/guardrail.ts';
import { healthyFloor } from '../../../../lambdas/core/guardrails/healthy-floor.ts';
import { membership } from '../../../../lambdas/core/guardrails/membership.ts';
import { muting } from '../../../../lambdas/core/guardrails/muting.ts';
import { oneIncident } from '../../../../lambdas/core/guardrails/one-incident.ts';
import { otherPipeline } from '../../../../lambdas/core/guardrails/other-pipeline.ts';
import { pauseSwitch } from '../../../../lambdas/core/guardrails/pause-switch.ts';
import { putAside } from '../../../../lambdas/core/guardrails/put-aside.ts';
import { recovery } from '../../../../lambdas/core/guardrails/recovery.ts';
import { targetLease } from '../../../../lambdas/core/guardrails/target-lease.ts';
import { visibility } from '../../../../lambdas/core/guardrails/visibility.ts';

type Given = NonNullable<Parameters<typeof aQuestion>[0]>;
type Snapshot = NonNullable<Given['snapshot']>;

const me = `instance ${INSTANCE_ID}`;
const own = anIncident().id;
const soon = NOW + 30 * SECOND;
const anotherLease = { incident: 'other', policy: 'Web-disk', expiresAt: NOW + 10 * MINUTE };
const group = { kind: 'auto-scaling-group', name: 'web' } as const;
const withFacts = (more: Partial<typeof someFacts>): Snapshot => ({ facts: { ...someFacts, ...more } });
const inTheGroupToo = (more: Partial<OtherGroup>): Snapshot => ({
  alongside: [
    {
      group,
      healthyFloor: { percent: 0 },
      blastRadius: { percent: 100, members: 100, zonePercent: 100 },
      facts: { ...someFacts, groupSize: 4, zoneSize: 2 },
      slots: {},
      ...more,
    },
  ],
});

/** What each guardrail says, whole: people read the words, and the incident ends or waits by the rest. */
const vetoes: readonly [situation: string, guardrail: Guardrail, given: Snapshot, veto: Verdict][] = [
  ['the switch is set', pauseSwitch, { pause: { kind: 'paused', why: 'noon' } }, { kind: 'end', reason: 'paused', why: 'noon' }],
  [
    'the target does not exist',
    membership,
    withFacts({ presence: 'absent' }),
    { kind: 'end', reason: 'target-gone', why: `${me} does not exist` },
  ],
  [
    'the target is being terminated',
    membership,
    withFacts({ presence: 'leaving' }),
    { kind: 'end', reason: 'target-gone', why: `${me} is stopped or being terminated` },
  ],
  [
    'the target is no member',
    membership,
    withFacts({ inGroup: false }),
    {
      kind: 'end',
      reason: 'not-in-fleet',
      why: `${me} is not a member of the protected group`,
      witness: { kind: 'person', id: 'whoever decides who belongs to tagged#Web' },
    },
  ],
  [
    'the group has no members',
    membership,
    withFacts({ groupSize: 0 }),
    { kind: 'end', reason: 'no-target', why: 'the group has no members' },
  ],
  [
    'the target has the tag',
    exclusion,
    withFacts({ tags: { SelfHealExclude: 'true' } }),
    { kind: 'end', reason: 'excluded', why: `${me} has the tag SelfHealExclude=true` },
  ],
  [
    'the tag is empty',
    exclusion,
    withFacts({ tags: { SelfHealExclude: '' } }),
    { kind: 'end', reason: 'excluded', why: `${me} has the tag SelfHealExclude=` },
  ],
  ...['Standby', 'Warmed:Running', 'Warmed:Pending', 'Warmed:Terminated'].map((lifecycle): (typeof vetoes)[number] => [
    `the member is ${lifecycle}`,
    putAside,
    withFacts({ lifecycle }),
    { kind: 'end', reason: 'put-aside', why: `the Auto Scaling group of ${me} has it in ${lifecycle}` },
  ]),
  ...['Pending', 'Pending:Wait', 'EnteringStandby', 'ReplacingRootVolume:Wait', 'RootVolumeReplaced'].map(
    (lifecycle): (typeof vetoes)[number] => [
      `the member is ${lifecycle}`,
      putAside,
      withFacts({ lifecycle }),
      { kind: 'wait', reason: 'put-aside', why: `the Auto Scaling group of ${me} has it in ${lifecycle}`, until: soon },
    ],
  ),
  ...['Terminating:Wait', 'Detaching', 'Detached'].map((lifecycle): (typeof vetoes)[number] => [
    `the member is ${lifecycle}`,
    putAside,
    withFacts({ lifecycle }),
    { kind: 'end', reason: 'target-gone', why: `the Auto Scaling group of ${me} has it in ${lifecycle}` },
  ]),
  [
    'the actions of the alarm are disabled',
    muting,
    { symptom: { kind: 'present', why: 'ALARM', disabled: true } },
    {
      kind: 'end',
      reason: 'muted',
      why: `the actions of alarm ${ALARM_NAME} are disabled`,
      witness: { kind: 'person', id: `whoever disabled the actions of alarm ${ALARM_NAME}` },
    },
  ],
  [
    'the symptom went away first',
    recovery,
    { symptom: { kind: 'gone', why: 'OK' } },
    { kind: 'end', reason: 'already-recovered', why: 'OK' },
  ],
  [
    'the symptom went away, and the target has not reported since',
    recovery,
    { symptom: { kind: 'gone', why: 'OK', reportedAt: NOW - 2 * MINUTE }, goneSince: NOW - MINUTE },
    {
      kind: 'wait',
      reason: 'symptom-unknown',
      why: 'OK; waits for it to report of after 2026-11-02T10:19:00.000Z',
      until: soon,
    },
  ],
  [
    'the symptom cannot be seen',
    visibility,
    { symptom: { kind: 'unknown', why: 'no data' } },
    { kind: 'wait', reason: 'symptom-unknown', why: 'no data', until: soon },
  ],
  [
    'the probe cannot look',
    visibility,
    { symptom: { kind: 'unknown', why: 'no key', observerAtFault: true } },
    { kind: 'end', reason: 'observer-at-fault', why: 'no key' },
  ],
  [
    'the same policy is at it already',
    oneIncident,
    { lease: { ...anotherLease, policy: 'Web-memory' } },
    {
      kind: 'end',
      reason: 'already-open',
      why: 'incident other of the same policy is open',
      witness: { kind: 'incident', id: 'other' },
    },
  ],
  [
    'another policy is at it',
    targetLease,
    { lease: anotherLease },
    { kind: 'wait', reason: 'target-busy', why: `policy Web-disk is working on ${me}`, until: soon },
  ],
  [
    'another policy is at it for a moment longer',
    targetLease,
    { lease: { ...anotherLease, expiresAt: NOW + SECOND } },
    { kind: 'wait', reason: 'target-busy', why: `policy Web-disk is working on ${me}`, until: NOW + SECOND },
  ],
  [
    'the act of an incident that is over lasts',
    targetLease,
    { lease: { ...anotherLease, over: true } },
    {
      kind: 'wait',
      reason: 'target-busy',
      why: `an act of policy Web-disk, whose incident is over, may still be under way on ${me}`,
      until: soon,
    },
  ],
  [
    'another pipeline comes first',
    otherPipeline,
    { protector: 'Alpha' },
    {
      kind: 'end',
      reason: 'other-pipeline',
      why: `the pipeline Alpha protects ${me}, too, and of several pipelines the one acts whose name comes first`,
    },
  ],
  [
    'somebody works on what contains it',
    containment,
    { container: { target: group, lease: { ...anotherLease, expiresAt: NOW + SECOND } } },
    {
      kind: 'wait',
      reason: 'target-busy',
      why: 'policy Web-disk is working on Auto Scaling group web, which contains it',
      until: NOW + SECOND,
    },
  ],
  [
    'somebody works on what it contains, beside itself',
    containment,
    { members: { [own]: aSlot(NOW + HOUR), bbbbbbbbbbbb: aSlot(NOW + HOUR) } },
    {
      kind: 'wait',
      reason: 'target-busy',
      why: 'incident bbbbbbbb is working on instance i-00000001, which it contains',
      until: soon,
    },
  ],
  [
    'an act may be under way',
    actInFlight,
    { history: [anAttempt({ at: NOW - MINUTE, longest: { minutes: 61 } })] },
    { kind: 'wait', reason: 'target-busy', why: `an act on ${me} may be under way until 2026-11-02T11:20:00.000Z`, until: soon },
  ],
  [
    'the target had all of its attempts',
    attemptCap,
    { history: Array.from({ length: 5 }, (_, hour) => anAttempt({ at: NOW - (hour + 1) * HOUR })) },
    { kind: 'end', reason: 'attempts-used-up', why: `${me} had 5 attempts in the last 24 h; 5 are allowed` },
  ],
  [
    'the target was acted on a moment ago',
    cooldown,
    { history: [anAttempt({ at: NOW - HOUR, result: 'recovered' }), anAttempt({ at: NOW - MINUTE })] },
    { kind: 'wait', reason: 'cooldown', why: `${me} was acted on 60 s ago`, until: NOW + 2 * MINUTE },
  ],
  [
    'the breaker is open',
    breaker,
    { breaker: { state: 'open', since: NOW, until: NOW + HOUR, why: 'three failed' } },
    {
      kind: 'wait',
      reason: 'breaker-open',
      why: 'the circuit breaker of policy Web-memory is open: three failed',
      until: NOW + HOUR,
    },
  ],
  [
    'one member of ten is being worked on',
    blastRadius,
    { slots: { other: aSlot(NOW + MINUTE) } },
    { kind: 'wait', reason: 'blast-radius', why: '1 of 10 members are in remediation; 1 are allowed at once', until: soon },
  ],
  [
    'another group that has it has as many of its zone in remediation as it allows, and more elsewhere',
    blastRadius,
    inTheGroupToo({
      blastRadius: { percent: 100, members: 4, zonePercent: 50 },
      slots: { one: aSlot(NOW + MINUTE), two: aSlot(NOW + MINUTE, { zone: 'eu-west-1b' }) },
    }),
    {
      kind: 'wait',
      reason: 'blast-radius',
      why: '1 of 2 members of Auto Scaling group web in eu-west-1a are in remediation; 1 are allowed at once',
      until: soon,
    },
  ],
  [
    'too few others serve',
    healthyFloor,
    withFacts({ healthyOthers: someFacts.healthyOthers.slice(0, 4) }),
    {
      kind: 'wait',
      reason: 'healthy-floor',
      why: '4 other members of 10 are healthy and not in remediation; 5 must be',
      until: soon,
    },
  ],
  [
    'too few others of another group that has it serve',
    healthyFloor,
    inTheGroupToo({ healthyFloor: { percent: 50 }, facts: { ...someFacts, groupSize: 4, healthyOthers: ['instance#i-00000001'] } }),
    {
      kind: 'wait',
      reason: 'healthy-floor',
      why: '1 other members of Auto Scaling group web, of 4 are healthy and not in remediation; 2 must be',
      until: soon,
    },
  ],
  [
    'the pipeline acted as often as it may',
    budget,
    { spending: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}`, NOW - 50 * MINUTE + index])) },
    {
      kind: 'wait',
      reason: 'budget-used-up',
      why: 'the pipeline acted 30 times in the last 60 min; 30 are allowed',
      until: NOW + 10 * MINUTE,
    },
  ],
  [
    'the alarm goes off again and again',
    flapping,
    {
      openings: Array.from({ length: 6 }, (_, turn) => ({
        incident: `${turn}`,
        policy: 'Web-memory',
        at: NOW - MINUTE - turn * 5 * MINUTE,
      })),
    },
    { kind: 'end', reason: 'flapping', why: `${me} had policy Web-memory's alarm 6 times within 60 min; more than 5 are flapping` },
  ],
];

it.each(vetoes)('says all of it when %s', (_, guardrail, snapshot, veto) => {
  expect(guardrail(aQuestion({ snapshot }))).toEqual(veto);
});

it('says how large the fleet is, and how large it was expected to be', () => {
  const policy = aPolicy({ guardrails: { largestFleet: 9 } });
  expect(fleetSize(aQuestion({ policy }))).toEqual({
    kind: 'end',
    reason: 'fleet-too-large',
    why: 'the fleet has 10 members; at most 9 are expected',
  });
});
