import type { AwsEvent, Upstream } from '../../gateway/service.ts';
import type { AlarmChange } from './alarm-book.ts';
import { contributorChangeEvent, stateChangeEvent } from './alarm-events.ts';
import { type AccountRegion, notifyTopic, topicsToNotify } from './alarm-notification.ts';

/** Tells EventBridge and SNS about changes, in order. A failed delivery is recorded; it never stops the evaluation. */
export class AlarmAnnouncer {
  readonly failures: string[] = [];
  readonly #place: AccountRegion;
  #delivery: Promise<void> = Promise.resolve();

  constructor(place: AccountRegion) {
    this.#place = place;
  }

  /** Resolves when these changes, and all before them, have been delivered or recorded as failed. */
  announce(changes: readonly AlarmChange[], upstream: Upstream): Promise<void> {
    if (changes.length === 0) return this.#delivery;
    // The events are made now: the records may change again before the delivery.
    const events = changes.map(eventOf);
    const notifications = changes.flatMap((change) => this.#notificationsOf(change, upstream));
    this.#delivery = this.#delivery.then(async () => {
      await this.#recordFailure('events', () => upstream.sendEvents(events));
      for (const [topic, notify] of notifications) await this.#recordFailure(topic, notify);
    });
    return this.#delivery;
  }

  /** An alarm with contributors notifies per contributor, every other alarm per state change. */
  #notificationsOf(change: AlarmChange, upstream: Upstream): (readonly [string, () => Promise<void>])[] {
    const { record } = change;
    if (change.kind === 'state') {
      if (record.kind === 'metric' && record.contributors.size > 0) return [];
      const snapshot = { ...record };
      return topicsToNotify(record, record.state.value).map((topic) => [
        topic,
        () => notifyTopic(upstream, topic, snapshot, change.previous, this.#place),
      ]);
    }
    const snapshot = { ...change.record };
    return topicsToNotify(record, change.contributor.value).map((topic) => [
      topic,
      () => notifyTopic(upstream, topic, snapshot, snapshot.state, this.#place, change.contributor),
    ]);
  }

  async #recordFailure(what: string, deliver: () => Promise<void>): Promise<void> {
    try {
      await deliver();
    } catch (error) {
      this.failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function eventOf(change: AlarmChange): AwsEvent {
  return change.kind === 'state'
    ? stateChangeEvent(change.record, change.previous)
    : contributorChangeEvent(change.record, change.contributor);
}
