import { ALARM_NAME, anAttempt, aPolicy, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptToken, type Incident } from '../../lambdas/core/incident.ts';
import { conclude as concludeWith } from '../../lambdas/core/next.ts';
import { endFor, isTakenBack, mayPass, type Reason, reasonNames, reasons } from '../../lambdas/core/reasons.ts';
import { sweptEvent } from '../../lambdas/core/standing-alarm.ts';
import { conclude } from '../../lambdas/steps/conclude.ts';
import { intake } from '../../lambdas/steps/intake.ts';

const policy = aPolicy();

/** What may happen next, and how many minutes later. */
const someStep = fc.record({
  minutes: fc.nat(50),
  what: fc.oneof(
    { weight: 5, arbitrary: fc.constant('sweep' as const) },
    { weight: 2, arbitrary: fc.constant('event' as const) },
    { weight: 3, arbitrary: fc.constant('triage' as const) },
    { weight: 3, arbitrary: fc.constant('end' as const) },
    { weight: 1, arbitrary: fc.constant('off and on' as const) },
  ),
  reason: fc.constantFrom(...reasonNames),
  changed: fc.boolean(),
  times: fc.integer({ min: 1, max: 3 }),
});

type Step = typeof someStep extends fc.Arbitrary<infer S> ? S : never;

interface Life {
  readonly incident: Incident;
  ended?: { readonly reason: Reason; readonly changed: boolean; readonly at: number };
}

/** One alarm on one target, its incidents, and the deliveries of CloudWatch and of the sweep. */
class Story {
  readonly world: World = fakePorts();
  readonly lives: Life[] = [];
  now = NOW;
  since = NOW;

  async take({ minutes, what, reason, changed, times }: Step): Promise<void> {
    this.now += minutes * MINUTE;
    if (what === 'off and on') this.offAndOn();
    else if (what === 'triage') await this.triage();
    else if (what === 'end') await this.end(reason, changed);
    else await this.deliver(what === 'sweep' ? 'self-healing.healing' : 'aws.cloudwatch', times);
  }

  /** The alarm is OK for a moment, then in ALARM anew. */
  offAndOn(): void {
    this.now += 2 * MINUTE;
    this.since = this.now;
  }

  async deliver(source: string, times: number): Promise<void> {
    this.world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '', since: this.since });
    const { detailType, detail } = sweptEvent({ alarmName: ALARM_NAME, since: this.since, reason: '' });
    const event = { id: 'e', source, 'detail-type': detailType, detail };
    await Promise.all(Array.from({ length: times }, () => intake({ policy, event }, this.world.ports, this.now)));
    for (const input of this.world.started.values()) {
      const { incident } = input as { incident: Incident };
      if (!this.lives.some((life) => life.incident.id === incident.id)) this.begin(incident);
    }
  }

  /** The invariant: within one state of the alarm nothing begins beside an open incident, or after one that a person has. */
  begin(incident: Incident): void {
    const same = this.lives.filter((life) => life.incident.openedAt === incident.openedAt);
    for (const { ended } of same) {
      expect(ended, 'one incident at a time').toBeDefined();
      expect(ended?.changed && !isTakenBack(ended.reason), 'nothing after an act, unless a person who is done interrupted it').toBe(false);
      expect(ended && mayPass(ended.reason), 'nothing after a hand-off').toBe(true);
    }
    this.lives.push({ incident });
  }

  async triage(): Promise<void> {
    for (const { incident } of this.lives) await this.world.ports.store.open(incident);
  }

  async end(reason: Reason, changed: boolean): Promise<void> {
    const life = this.lives.findLast(({ ended }) => !ended);
    if (!life) return;
    const { incident } = life;
    await this.world.ports.store.open(incident);
    const token = attemptToken(incident.id, 0);
    if (changed) this.world.items.attempts.set(token, anAttempt({ incident: incident.id, token, result: 'not-recovered' }));
    await conclude({ incident, policy, next: concludeWith(endFor(reason, '', changed ? 1 : 0)) }, this.world.ports, this.now);
    life.ended = { reason, changed, at: this.now };
    // What has recovered can only be in ALARM again.
    if (reasons[reason].outcome === 'recovered') this.offAndOn();
  }

  get isAnythingOpen(): boolean {
    return this.lives.some(({ ended }) => !ended);
  }

  /** Whether an incident that ended during this state of the alarm gave it to a person. */
  get hasAPerson(): boolean {
    return this.lives.some(
      ({ ended }) => ended && ended.at >= this.since && ((ended.changed && !isTakenBack(ended.reason)) || !mayPass(ended.reason)),
    );
  }
}

describe('sweeps and events in any order, lost, doubled and late', () => {
  it('never open an incident beside an open one, or after an act or a hand-off, and leave no alarm without one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someStep, { minLength: 1, maxLength: 25 }), async (steps) => {
        const story = new Story();
        for (const step of steps) await story.take(step);
        const before = story.lives.length;
        const expected = story.hasAPerson ? [0] : story.isAnythingOpen ? [0, 1] : [1];
        story.now += 31 * MINUTE;
        await story.deliver('self-healing.healing', 2);
        expect(expected, 'taken up if nobody has it').toContain(story.lives.length - before);
      }),
      { numRuns: runs(400) },
    );
  });
});
