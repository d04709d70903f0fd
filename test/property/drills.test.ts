import { aGroup, anInstance } from '@self-healing/simulation/accounts.ts';
import {
  ALARM_NAME,
  anAttempt,
  anIncident,
  aPolicy,
  aRung,
  aSlot,
  aState,
  HOUR,
  INSTANCE_ID,
  MINUTE,
  NOW,
  waitRung,
} from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOfDrill } from '../../lambdas/core/drill.ts';
import { inDrill } from '../../lambdas/core/in-drill.ts';
import type { AttemptResult } from '../../lambdas/core/incident.ts';
import { nextRung } from '../../lambdas/core/ladder.ts';
import { effectiveMode, isStillAllowed, type Mode, type ModeOverride, modes } from '../../lambdas/core/mode.ts';
import { conclude as concludeWith } from '../../lambdas/core/next.ts';
import { policySchema } from '../../lambdas/core/policy.ts';
import { endFor, type Reason, reasonNames } from '../../lambdas/core/reasons.ts';
import { timesHealed } from '../../lambdas/core/remedy-success.ts';
import { isDrillSignal, isRejection, parseSignal } from '../../lambdas/core/signal.ts';
import { targetKey } from '../../lambdas/core/target.ts';
import { withoutDrills } from '../../lambdas/core/without-drills.ts';
import { registry } from '../../lambdas/remediators/registry.ts';
import { conclude } from '../../lambdas/steps/conclude.ts';
import { inRealDrill } from '../../lambdas/steps/in-real-drill.ts';
import { aDrill, walked } from '../support/walked-drill.ts';

/** Ends the search for a smaller counterexample while the test's own time lasts. */
const LONGEST_MILLISECONDS = 30_000;

const rungs = [waitRung, aRung(), aRung({ remedy: 'clear-caches', params: {} }), aRung({ remedy: 'restart-instance', params: {} })];
const override = fc.option(
  fc.constantFrom(...modes).map((mode): ModeOverride => ({ mode, why: 'drill', at: NOW, by: 'anna' })),
  { nil: undefined },
);

const someDrill = fc.record({
  mode: fc.constantFrom(...modes),
  override,
  ladder: fc.array(fc.constantFrom(...rungs), { minLength: 1, maxLength: 5 }),
  isInFleet: fc.boolean(),
  alarm: fc.constantFrom('OK' as const, 'ALARM' as const, 'INSUFFICIENT_DATA' as const, undefined),
  agent: fc.constantFrom('online' as const, 'silent' as const),
  pause: fc.constantFrom(undefined, 'running', 'noon'),
  held: fc.constantFrom('nothing' as const, 'the target' as const, 'the slots' as const),
  times: fc.infiniteStream(fc.integer({ min: 1, max: 3 })),
});

type SomeDrill = typeof someDrill extends fc.Arbitrary<infer Given> ? Given : never;

describe('a drill of any policy in any mode, whatever the target, the alarm and others do, with steps that are run again', () => {
  it('ends, changes nothing, and leaves nothing that a real incident would find', async () => {
    await fc.assert(fc.asyncProperty(someDrill, hold), { numRuns: 300, interruptAfterTimeLimit: LONGEST_MILLISECONDS });
  });

  it('has no mode but shadow, whatever overrides it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...modes), override, fc.boolean(), (mode, set, approved) => {
        const own = inDrill(aPolicy({ mode })).mode;
        expect([effectiveMode(own, set), isStillAllowed(effectiveMode(own, set), approved)]).toEqual(['shadow', false]);
      }),
    );
  });
});

describe('an incident of any end in the time of a drill for real', () => {
  const ends = fc.constantFrom(...reasonNames).filter((reason) => reason !== 'drill');
  const results = fc.constantFrom<AttemptResult>('recovered', 'not-recovered', 'failed', 'not-applicable');

  it('teaches breaker, ladder, flapping, mode and counts nothing, and is told of', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(ends, results), { minLength: 1, maxLength: 6 }), fc.constantFrom(...modes), teachesNothing),
      { numRuns: 300, interruptAfterTimeLimit: LONGEST_MILLISECONDS },
    );
  });
});

describe('an incident under any ladder in the time of a drill for real', () => {
  it('has no rung whose deed nothing takes back, and is in shadow where nothing else is left', () => {
    const any = fc.constantFrom(
      ...Object.values(registry).map(({ name }) => aRung({ remedy: name, params: {} })),
      aRung({ remedy: 'of tomorrow' }),
    );
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 10 }), fc.constantFrom(...modes), (ladder, mode) => {
        const { policy, left } = inRealDrill(aPolicy({ ladder, mode }));
        const growing = policy.ladder.filter(({ remedy }) => /^(grow-|replace-)/.test(remedy));
        expect(growing.length === 0 || policy.mode === 'shadow').toBe(true);
        expect(policySchema.safeParse(policy).success).toBe(true);
        if (policy.mode !== 'shadow') expect(policy.ladder.length + left.length).toBe(ladder.length);
        if (left.length === 0) expect(policy).toEqual(aPolicy({ ladder, mode }));
      }),
    );
  });
});

describe('an event of any form', () => {
  const someEvent = fc.record({
    id: fc.constant('event-1'),
    source: fc.constantFrom('aws.cloudwatch', 'aws.rds', 'self-healing.healing', 'self-healing-drill.healing', 'self-healing-drill.', 'x'),
    'detail-type': fc.constantFrom(
      ...['CloudWatch Alarm State Change', 'CloudWatch Alarm Contributor State Change', 'RDS DB Instance Event'],
      ...['EC2 Instance Status Check Failed', 'Self-Healing Drill'],
    ),
    time: fc.constant('2026-11-02T10:20:00Z'),
    detail: fc.record(
      {
        alarmName: fc.constant(ALARM_NAME),
        state: fc.constant({ value: 'ALARM', timestamp: '2026-11-02T10:19:40.989+0000' }),
        alarmContributor: fc.constant({ id: 'one', attributes: { InstanceId: INSTANCE_ID } }),
        SourceIdentifier: fc.constant('orders'),
        Date: fc.constant('2026-11-02T10:19:40Z'),
        Message: fc.constant('storage-full'),
        policy: fc.constant('Web-memory'),
        check: fc.constant('system'),
        instance: fc.constant(INSTANCE_ID),
        since: fc.constant('2026-11-02T10:19:40Z'),
        drill: fc.constantFrom('0123456789abcdef', 'x'),
        target: fc.constant(INSTANCE_ID),
      },
      { requiredKeys: [] },
    ),
  });

  it('is a drill from the source of drills alone, and from there nothing else', () => {
    fc.assert(
      fc.property(someEvent, (event) => {
        const signal = parseSignal(event);
        if (!isRejection(signal)) expect(isDrillSignal(signal)).toBe(isOfDrill(event.source));
      }),
      { numRuns: 2_000 },
    );
  });
});

async function hold({ mode, override: set, ladder, isInFleet, alarm, agent, pause, held, times }: SomeDrill): Promise<void> {
  const world = fakePorts();
  const { account, claims, approvals } = world;
  for (const id of [INSTANCE_ID, ...Array.from({ length: 19 }, (_, index) => `i-${String(index).padStart(8, '0')}`)])
    account.instances.set(id, anInstance({ id, ...(id === INSTANCE_ID && !isInFleet && { tags: {} }) }));
  account.groups.set('web', aGroup({ name: 'web' }));
  account.agents.set(INSTANCE_ID, agent);
  if (alarm) account.alarms.set(ALARM_NAME, { state: alarm, reason: '' });
  world.pause.text = pause;
  if (set) approvals.overrides.set('Web-memory', set);
  if (held === 'the target') claims.leases.set(`instance#${INSTANCE_ID}`, { incident: 'real', policy: 'Web-disk', expiresAt: NOW + HOUR });
  if (held === 'the slots') claims.slots.set('tagged#Web', { one: aSlot(NOW + HOUR), two: aSlot(NOW + HOUR) });
  const of = () => structuredClone({ account: { ...account }, claims: { ...claims }, approvals: { ...approvals } });
  const before = of();

  const { id, drill, target } = await walked(world, aPolicy({ mode, ladder }), aDrill(), () => times.next().value);

  expect(drill).toBe(aDrill().detail.drill);
  expect(of()).toEqual(before);
  expect([world.items.attempts.size, world.items.openings.size, world.items.pasts.size]).toEqual([0, 0, 0]);
  expect([world.outcomes, world.wouldAct, world.times]).toEqual([[], [], []]);
  expect(world.calls.filter((call) => call.startsWith('storms.') || call === 'claims.claim' || call === 'store.record')).toEqual([]);
  expect(world.items.endings.get(id)?.changed).toBe(false);
  expect(await world.ports.store.past('Web-memory', target, 0)).toEqual([]);
  expect(world.history.every((line) => line.drill === drill)).toBe(true);
  expect(world.notices.every((notice) => notice.drill && notice.severity === 'info')).toBe(true);
}

async function teachesNothing(lives: readonly (readonly [Reason, AttemptResult])[], mode: Mode): Promise<void> {
  const world = fakePorts();
  // A second rung: a ladder of one is climbed from its beginning, whatever it is remembered for.
  const ladder = [aRung(), aRung({ remedy: 'restart-instance', params: {} })];
  const policy = aPolicy({ ladder, mode, demoteAfter: 'failed-repair', guardrails: { passOver: { belowPercent: 90, tries: 3 } } });
  for (const [number, [reason, result]] of lives.entries()) {
    const incident = anIncident({ id: String(number).padStart(64, '0'), realDrill: aDrill().detail.drill });
    await world.ports.store.open(incident);
    const attempt = anAttempt({ incident: incident.id, result, drill: aDrill().detail.drill });
    world.items.attempts.set(attempt.token, attempt);
    world.items.histories.set(targetKey(incident.target), [...world.items.attempts.keys()]);
    const next = concludeWith(endFor(reason, 'so it went', 1));
    await conclude(aState({ incident, policy, next }), world.ports, NOW + number);
  }
  expect([...world.claims.breakers, ...world.claims.records, ...world.approvals.overrides]).toEqual([]);
  expect([world.outcomes, world.times, [...world.items.openings.values()]]).toEqual([[], [], []]);
  const { target } = anIncident();
  const { attempts } = await world.ports.store.history(target, 0);
  expect(attempts).toHaveLength(lives.length);
  expect(nextRung(policy, [], attempts, NOW + MINUTE).number).toBe(0);
  expect(timesHealed(await world.ports.store.past(policy.name, target, 0), 'later')).toBe(0);
  expect(withoutDrills(world.history)).toEqual([]);
  expect(world.notices.every((notice) => notice.brokenOnPurpose && !notice.drill)).toBe(true);
}
