import type { Policy } from '../../lambdas/core/policy.ts';
import { type StandingAlarm, sweptEvent } from '../../lambdas/core/standing-alarm.ts';
import { sweepSource } from '../../lambdas/core/sweep-source.ts';
import { type Target, targetKey } from '../../lambdas/core/target.ts';
import type { Lambda } from './lambda.ts';
import { asText } from './state-machine/as-text.ts';
import type { SynthesizedStack } from './synthesized-stack.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** The simulated pipeline's name. */
const PIPELINE = 'healing';

/** Lambda waits so long before the first repetition of an event that its function failed on, and twice as long before the second. */
const FIRST_RETRY_MILLISECONDS = 60_000;

/** Brings events to intake as the rules do: each with its policy, and again when intake fails. */
export class EventBus {
  deliveries = 0;
  deadLetters = 0;
  readonly #lambda: Lambda;
  readonly #clock: VirtualClock;
  readonly #intake: SynthesizedStack['intake'];
  /** The policies as text makes them, each made once. */
  readonly #carried = new WeakMap<Policy, unknown>();

  constructor(lambda: Lambda, clock: VirtualClock, intake: SynthesizedStack['intake']) {
    this.#lambda = lambda;
    this.#clock = clock;
    this.#intake = intake;
  }

  #asCarried(policy: Policy): unknown {
    const carried = this.#carried.get(policy) ?? asText(policy);
    this.#carried.set(policy, carried);
    return carried;
  }

  /** Delivers an event as it was carried; one that intake fails on for good becomes a dead letter. */
  async deliver(policy: Policy, event: { readonly id: string }, delivery: number): Promise<void> {
    const until = this.#clock.now + this.#intake.withinSeconds * 1_000;
    const input = { policy: this.#asCarried(policy), event };
    for (let tries = 0; ; tries += 1) {
      this.deliveries += 1;
      try {
        await this.#lambda.invoke(this.#intake, input, `intake ${event.id} ${delivery}.${tries}`);
        return;
      } catch {
        const again = this.#clock.now + FIRST_RETRY_MILLISECONDS * (tries + 1);
        if (tries >= this.#intake.retries || again > until) break;
        await this.#clock.sleepUntil(again);
      }
    }
    this.deadLetters += 1;
  }
}

/** The event by which the sweep tells again of an alarm. */
export function sweptEventOf(alarm: StandingAlarm, now: number): { readonly id: string } {
  const { detailType, detail } = sweptEvent(alarm);
  const id = `swept ${alarm.alarmName} ${alarm.contributor?.id ?? ''} ${now}`;
  return carried({ id, source: sweepSource(PIPELINE), 'detail-type': detailType, time: new Date(now).toISOString(), detail });
}

/** The event of an alarm, or of its contributor, that entered ALARM now. */
export function alarmEvent(policy: Policy, target: Target, alarmName: string, now: number): { readonly id: string } {
  const id = `${policy.name} ${targetKey(target)} ${now}`;
  if (policy.targets.kind !== 'contributor') return wholeAlarmEvent(id, alarmName, now);
  const attributes = { [policy.targets.attribute]: target.kind === 'instance' ? target.id : '' };
  const alarmContributor = { id: targetKey(target), attributes };
  const detail = { alarmName, alarmContributor, state: stateAt(now) };
  return carried({ ...headOf(id, now), 'detail-type': 'CloudWatch Alarm Contributor State Change', detail });
}

/** The event that CloudWatch sends of an alarm as a whole, for one with contributors beside theirs. */
export function wholeAlarmEvent(id: string, alarmName: string, now: number): { readonly id: string } {
  const detail = { alarmName, state: stateAt(now) };
  return carried({ ...headOf(id, now), 'detail-type': 'CloudWatch Alarm State Change', detail });
}

/** The event as text makes it, once for all of its deliveries. */
function carried(event: { readonly id: string } & Readonly<Record<string, unknown>>): { readonly id: string } {
  return asText(event) as { readonly id: string };
}

function stateAt(now: number) {
  return { value: 'ALARM', reason: 'Threshold Crossed', timestamp: new Date(now).toISOString().replace('Z', '+0000') };
}

function headOf(id: string, now: number) {
  return { id, source: 'aws.cloudwatch', time: new Date(now).toISOString() };
}
