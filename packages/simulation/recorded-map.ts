import type { Instant } from '../../lambdas/core/duration.ts';
import type { Change } from './history-of-story.ts';

/** A table of which every change is kept, so that what was the case at any instant can be told afterwards. */
export class RecordedMap<Value> extends Map<string, Value> {
  readonly changes: Change<Value>[] = [];
  readonly #now: () => Instant;

  constructor(now: () => Instant) {
    super();
    this.#now = now;
  }

  override set(key: string, value: Value): this {
    this.changes.push({ at: this.#now(), key, value });
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    if (this.has(key)) this.changes.push({ at: this.#now(), key });
    return super.delete(key);
  }
}
